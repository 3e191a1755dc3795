import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { Evidence } from '../proposals/evidence.ts';

/** Kinds of a difference between the bank's amount and the settled amount. */
export const DIFFERENCE_KINDS = ['currency', 'rounding', 'fee', 'discount', 'interest', 'on_account'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface WishedTransaction {
  transactionId: number;
  /** One payment of a batch. */
  detailId: number | null;
  /** In the account's currency, signed as the transaction; null: its whole open amount. */
  amount: Ore | null;
}

export interface WishedItem {
  entryId: number;
  lineNo: number;
  /**
   * In kroner, with the sign of the line; null: its whole open amount, or the part that a smaller payment of a single item
   * covers.
   */
  amount: Ore | null;
}

/** A line that is not an open item: an expense, income, another balance account. */
export interface WishedPosting {
  accountCode: string;
  /** In kroner with VAT, signed as on the bank: negative is paid. */
  amount: Ore;
  taxCode: string | null;
  businessPartnerId: number | null;
  dimensions: { type: string; id: number }[];
  memo: string | null;
}

/** A request to match bank transactions. */
export interface MatchWish {
  transactions: WishedTransaction[];
  items: WishedItem[];
  /** Existing lines on the bank's ledger account. */
  lines: { entryId: number; lineNo: number }[];
  postings: WishedPosting[];
  difference: { kind: DifferenceKind; accountCode: string | null } | null;
  /** Between two own accounts, through the transit account. */
  transfer: boolean;
  /** Settled outside these books. */
  external: boolean;
  /** Kroner for one unit of the transaction's currency, if the bank gave none. */
  exchangeRate: string | null;
  /** Replaces the bank's booking date, if that is locked. */
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
