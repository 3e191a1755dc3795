import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { Evidence } from '../proposals/evidence.ts';

/** What a difference between the bank's amount and what it settles may be. */
export const DIFFERENCE_KINDS = ['currency', 'rounding', 'fee', 'discount', 'interest', 'on_account'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface WishedTransaction {
  transactionId: number;
  /** One payment of a batch. */
  detailId: number | null;
  /** In the account's currency, signed as the transaction; null: all that is open of it. */
  amount: Ore | null;
}

export interface WishedItem {
  entryId: number;
  lineNo: number;
  /** In kroner, with the sign of the line; null: all that is open, or what a smaller payment covers of a single one. */
  amount: Ore | null;
}

/** A line for what is no open item: an expense, income, another balance account. */
export interface WishedPosting {
  accountCode: string;
  /** In kroner with VAT, signed as on the bank: negative is paid. */
  amount: Ore;
  taxCode: string | null;
  businessPartnerId: number | null;
  dimensions: { type: string; id: number }[];
  memo: string | null;
}

/** What bank transactions are said to be. */
export interface MatchWish {
  transactions: WishedTransaction[];
  items: WishedItem[];
  /** Lines that stand on the bank's ledger account already. */
  lines: { entryId: number; lineNo: number }[];
  postings: WishedPosting[];
  difference: { kind: DifferenceKind; accountCode: string | null } | null;
  /** Between two own accounts, through the transit account. */
  transfer: boolean;
  /** Settled outside these books. */
  external: boolean;
  /** Kroner for one unit of the transaction's currency, where the bank gave none. */
  exchangeRate: string | null;
  /** Instead of the bank's booking date, where that is locked. */
  entryDate: LocalDate | null;
  memo: string | null;
  evidence: Evidence[];
  score: number;
  ruleId: number | null;
  isAutomatic: boolean;
}

export const EMPTY_WISH: MatchWish = {
  transactions: [],
  items: [],
  lines: [],
  postings: [],
  difference: null,
  transfer: false,
  external: false,
  exchangeRate: null,
  entryDate: null,
  memo: null,
  evidence: [],
  score: 0,
  ruleId: null,
  isAutomatic: false,
};
