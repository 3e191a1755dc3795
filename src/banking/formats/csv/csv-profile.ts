import type { BankFileFormat } from '../bank-file.ts';

/** Content of a column. `in` and `out` are two columns for the sign, `amount` one. */
export type CsvColumn =
  | 'bookingDate'
  | 'valueDate'
  | 'text'
  | 'moreText'
  | 'amount'
  | 'in'
  | 'out'
  | 'currency'
  | 'fromAccount'
  | 'toAccount'
  | 'payerName'
  | 'payeeName'
  | 'counterpartyName'
  | 'type'
  | 'subtype'
  | 'status'
  | 'reference'
  | 'balance'
  | 'ignored';

/** The export format of one bank. One file for each bank. */
export interface CsvProfile {
  format: BankFileFormat;
  bank: string;
  /** Headers in lower case, with their column: every spelling that the bank has used, in bokmål, nynorsk and English. */
  columns: Readonly<Record<string, CsvColumn>>;
  /** Headers that distinguish this bank's export from others: one of each list is present. */
  marks: readonly (readonly string[])[];
}
