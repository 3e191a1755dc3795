import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';

/** A line as it will be stored. Amounts in øre, one of debit and credit zero. */
export interface PreparedLine {
  lineNo: number;
  /** Index of the input line it came from; null for computed lines. */
  sourceIndex: number | null;
  account: string;
  debit: Ore;
  credit: Ore;
  /** `type:id,...` sorted; empty for none. */
  dimensionKey: string;
  dimensionSetId: number | null;
  businessPartnerId: number | null;
  taxCode: string | null;
  taxRate: string | null;
  taxDeduction: string | null;
  taxAmount: Ore | null;
  baseLineNo: number | null;
  currencyCode: string | null;
  currencyAmount: string | null;
  exchangeRate: string | null;
  dueDate: LocalDate | null;
  paymentReference: string | null;
  documentReference: string | null;
  memo: string | null;
}

/** An entry that has passed all rules; from here it must succeed. */
export interface PreparedEntry {
  entryDate: LocalDate;
  series: string;
  fiscalYear: number;
  period: number;
  memo: string;
  source: string;
  voucherId: number | null;
  relationType: string | null;
  relationId: number | null;
  documentReference: string | null;
  /** A day of the VAT term that a late entry's VAT belongs to; null means the term of the entry date. */
  vatTerm: LocalDate | null;
  cancelsEntryId: number | null;
  cancellationReason: string | null;
  total: Ore;
  lines: PreparedLine[];
}
