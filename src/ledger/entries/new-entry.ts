import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { FieldProblem } from '../../platform/errors.ts';

/** An amount in another currency and its rate, exact: the amount in 10^-8, kroner for one unit in 10^-18. */
export interface CurrencyAmount {
  code: string;
  /** Not negative: the side follows from the amount in kroner. */
  amount: bigint;
  rate: bigint;
}

export const CURRENCY_DECIMALS = 8;
export const RATE_DECIMALS = 18;

/** Of an amount in hundredths of the currency, either sign; the rate in 10^-18. */
export function currencyOfOre(code: string, amount: bigint, rate: bigint): CurrencyAmount {
  return { code, amount: (amount < 0n ? -amount : amount) * 10n ** BigInt(CURRENCY_DECIMALS - 2), rate };
}

/** A line as domain code builds it. With a VAT code it is a base line. */
export interface NewLine {
  /** By code or by id. Null if neither could be read, see `faults` of the entry. */
  account: string | number | null;
  /** Debit positive, credit negative; never zero. Null if it could not be read, see `faults` of the entry. */
  amount: Ore | null;
  taxCode?: string | null;
  /** Whether the amount of a base line includes its VAT; `net` if not given. */
  amountBasis?: 'net' | 'gross';
  /** VAT of a net base line, on its side, as rounded on a document; computed from the amount if absent. */
  vatAmount?: Ore | null;
  /** In an entry with `vat` "given": the number (from 1) of the line that this VAT line belongs to. */
  baseLineNumber?: number | null;
  dimensions?: readonly { type: string; id: number }[];
  /** Set on a line that removes a balance posted without the dimensions that the account now requires. */
  lacksDimensions?: true;
  businessPartnerId?: number | null;
  currency?: CurrencyAmount | null;
  dueDate?: LocalDate | null;
  paymentReference?: string | null;
  documentReference?: string | null;
  memo?: string | null;
}

/** An entry to be posted, in the ledger's types: øre, dates, ids. `readEntry` reads user input into it. */
export interface NewEntry {
  entryDate: LocalDate;
  memo?: string;
  series?: string;
  voucherId?: number | null;
  relationType?: string | null;
  relationId?: number | null;
  documentReference?: string | null;
  vatTerm?: LocalDate | null;
  vat?: 'computed' | 'given';
  lines: readonly NewLine[];
  /** Input that could not be read; reported together with all other faults. Absent where code built the entry. */
  faults?: readonly FieldProblem[];
}
