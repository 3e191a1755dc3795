import type { CsvColumn } from './csv-profile.ts';

/** Any of these words in the status column; the text of a booked row may be equal to one of them. */
const STATUS = /reserv|pending|ikke bokf|ikkje bokf|not booked|under behandling|under handsaming|venter|ventar/i;
const TEXT =
  /reservert (?:transaksjon|bel[øo]p|kjøp)|reserved (?:transaction|amount)|pending transaction|ikk?j?e bokf[øo]rt/i;

/** Whether the bank marks a row as not booked: in its status, instead of its date, or anywhere in its text. */
export function isPending(cell: (column: CsvColumn) => string): boolean {
  if (STATUS.test(cell('status')) || STATUS.test(cell('bookingDate'))) return true;
  return (['text', 'moreText', 'type', 'subtype', 'reference'] as const).some((column) => TEXT.test(cell(column)));
}
