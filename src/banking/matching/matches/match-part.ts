import type { Ore } from '../../../kernel/money.ts';
import type { WishedPosting } from './match-wish.ts';
import type { OpenItem } from '../items/open-items.ts';
import type { StandingTransaction } from '../standing-books.ts';

/** A part of a transaction that a match uses. */
export interface PlannedPart {
  transaction: StandingTransaction;
  detailId: number | null;
  counterpartyName: string | null;
  counterpartyAccount: string | null;
  /** In the account's currency. */
  amount: Ore;
  /** In kroner. */
  ore: Ore;
  rate: string | null;
}

/** A target that a part pays: an item (or some of it), or a line that is posted. Signed as on the bank, in kroner. */
export interface Target {
  amount: Ore;
  item: OpenItem | null;
  /** Open amount of the item before. */
  remaining: Ore;
  posting: WishedPosting | null;
}
