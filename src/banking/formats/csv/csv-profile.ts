import type { BankFileFormat } from '../bank-file.ts';

/** What a column holds. `in` and `out` are two columns for the sign, `amount` one. */
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

/** How one bank writes its export. One file for each bank. */
export interface CsvProfile {
  format: BankFileFormat;
  bank: string;
  /** Header in lower case to what it holds; every spelling the bank has used, in bokmål, nynorsk and English. */
  columns: Readonly<Record<string, CsvColumn>>;
  /** What tells this bank's export from the others': of each list one header stands in it. */
  marks: readonly (readonly string[])[];
}
