import { catalogue } from '../platform/errors.ts';

export const eventErrors = catalogue('events', {
  position_gone: {
    status: 400,
    nb: 'Hendelser etter posisjon {after} er ikke lenger lagret; den eldste som er igjen, har posisjon {oldest}',
    en: 'Events after position {after} are no longer kept; the oldest one left has position {oldest}',
  },
  too_many_webhooks: {
    status: 400,
    nb: 'Klientkontoen har allerede {most} webhooks, som er det meste',
    en: 'The client account already has {most} webhooks, which is the most',
  },
  no_encryption: {
    status: 503,
    nb: 'Installasjonen har ingen nøkler å kryptere hemmeligheter med (ENCRYPTION_KEYS)',
    en: 'The installation has no keys to encrypt secrets with (ENCRYPTION_KEYS)',
  },
});
