import type { Text } from '../platform/errors.ts';

/** Reasons why a file of a mailbox is not imported. */
export interface FileProblem extends Text {
  code: string;
}

export const PROBLEMS = {
  growing: { nb: 'Filen vokser ennå', en: 'The file is still growing' },
  cut_off: { nb: 'Filen slutter midt i; resten ventes', en: 'The file breaks off; the rest is waited for' },
  unreadable: { nb: 'Filen kan ikke leses', en: 'The file cannot be read' },
  unknown_account: {
    nb: 'Filen gjelder en konto som ingen klientkonto med slått på bankintegrasjon har',
    en: 'The file is about an account that no client account with an active bank integration has',
  },
  refused: { nb: 'Importen avviste alt i filen', en: 'The import refused all of the file' },
  unknown_order: {
    nb: 'Svaret gjelder ingen betalingsordre herfra',
    en: 'The report is about no payment order of ours',
  },
  not_divisible: {
    nb: 'Filen er for flere klientkontoer i et format som ikke kan deles',
    en: 'The file is for several client accounts, in a format that cannot be divided',
  },
  failed: { nb: 'Filen kunne ikke tas inn; det prøves igjen', en: 'The file could not be taken in; it is tried again' },
} as const satisfies Record<string, Text>;

export function fileProblem(code: keyof typeof PROBLEMS): FileProblem {
  return { code, ...PROBLEMS[code] };
}
