import type { Text } from '../../../platform/errors.ts';

/** Why a document is not claimed, or why a claim is in its state. */
export const CLAIM_REASONS = {
  not_a_claim: { nb: 'bare fakturaer kan kreves med AvtaleGiro', en: 'only invoices can be claimed by AvtaleGiro' },
  not_posted: { nb: 'dokumentet er ikke bokført', en: 'the document is not posted' },
  not_kroner: { nb: 'beløpet er ikke i kroner', en: 'the amount is not in kroner' },
  no_agreement: {
    nb: 'kontoen det skal betales til, har ingen AvtaleGiro-avtale',
    en: 'the account to be paid to has no AvtaleGiro agreement',
  },
  no_kid: {
    nb: 'dokumentet har ingen KID som passer til avtalen',
    en: 'the document has no KID that fits the agreement',
  },
  no_mandate: { nb: 'betaleren har ingen aktiv fullmakt', en: 'the payer has no active mandate' },
  no_due_date: { nb: 'dokumentet har ingen forfallsdato', en: 'the document has no due date' },
  nothing_left: { nb: 'det er ikke noe igjen å betale', en: 'nothing is left to pay' },
  too_late: { nb: 'fristen for å sende kravet er ute', en: 'the deadline for sending the claim has passed' },
  too_early: {
    nb: 'forfallet er mer enn tolv måneder frem i tid',
    en: 'the due date is more than twelve months ahead',
  },
  mandate_ended: {
    nb: 'fullmakten tok slutt før kravet ble sendt',
    en: 'the mandate ended before the claim was sent',
  },
  document_cancelled: {
    nb: 'dokumentet ble annullert før kravet ble sendt',
    en: 'the document was cancelled before the claim was sent',
  },
  stopped_by_user: { nb: 'stanset av en bruker', en: 'stopped by a user' },
  stopped_too_late: {
    nb: 'slettemeldingen rakk ikke frem innen fristen; kravet står',
    en: 'the cancellation missed its deadline; the claim stands',
  },
  perhaps_sent: {
    nb: 'banken bekreftet ikke filen før fristen, og den sendes ikke igjen; om kravet kom frem, viser forfallet',
    en: 'the bank did not confirm the file before the deadline, and it is not sent again; the due date shows whether it arrived',
  },
  no_payment: {
    nb: 'forfallet er passert, og ingen betaling er kommet: for lite penger, for lav beløpsgrense, eller stanset av betaleren',
    en: 'the due date has passed and no payment came: no funds, a limit too low, or stopped by the payer',
  },
} as const satisfies Record<string, Text>;
export type ClaimReason = keyof typeof CLAIM_REASONS;
