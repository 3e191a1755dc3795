import type { Text } from '../../platform/errors.ts';
import type { ConsumerState } from './consumer-agreement.ts';

/** Why a consumer in this state gets no eFaktura. */
export const CONSUMER_STATE_WORDS: Readonly<Record<Exclude<ConsumerState, 'ACTIVE'>, Text>> = {
  NEW: { nb: 'forbrukeren er ikke funnet hos eFaktura ennå', en: 'the consumer has not been found at eFaktura yet' },
  REQUEST_SENT: {
    nb: 'forbrukeren er spurt og har ikke svart',
    en: 'the consumer has been asked and has not answered',
  },
  ACCEPTED: { nb: 'forbrukerens ja er ikke bekreftet ennå', en: 'the consumer’s yes is not confirmed yet' },
  REJECTED: { nb: 'forbrukeren vil ikke ha eFaktura', en: 'the consumer does not want eFaktura' },
  DELETED: { nb: 'forbrukerens avtale er slutt', en: 'the consumer’s agreement has ended' },
  ERROR: { nb: 'forbrukeren kunne ikke finnes entydig', en: 'the consumer could not be found for certain' },
};
