import type { CsvColumn } from './csv-profile.ts';

/** In the column of the status any of these words; the text of a booked row may hold one of them alone. */
const STATUS = /reserv|pending|ikke bokf|ikkje bokf|not booked|under behandling|under handsaming|venter|ventar/i;
const TEXT =
  /reservert (?:transaksjon|bel[øo]p|kjøp)|reserved (?:transaction|amount)|pending transaction|ikk?j?e bokf[øo]rt/i;

/** Whether the bank says that a row is not booked yet: in its status, in the place of its date, or anywhere in its text. */
export function isPending(cell: (column: CsvColumn) => string): boolean {
  if (STATUS.test(cell('status')) || STATUS.test(cell('bookingDate'))) return true;
  return (['text', 'moreText', 'type', 'subtype', 'reference'] as const).some((column) => TEXT.test(cell(column)));
}
