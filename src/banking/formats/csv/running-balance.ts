import type { Ore } from '../../../kernel/money.ts';
import type { BankEntry, BankStatement } from '../bank-file.ts';

/**
 * Follows a balance column in both directions, because banks write newest first or last; reports which direction is
 * consistent.
 */
export class RunningBalance {
  #first: BankEntry | null = null;
  #last: BankEntry | null = null;
  #newestFirst = true;
  #oldestFirst = true;
  /** Rows without a balance interrupt the proof. */
  #gap = false;
  /** The row at which neither direction was consistent. */
  brokenAt: BankEntry | null = null;

  add(entry: BankEntry): void {
    const before = this.#last;
    this.#last = entry;
    this.#first ??= entry;
    if (entry.balanceAfter === null) this.#gap = true;
    if (before === null || before.balanceAfter === null || entry.balanceAfter === null) return;
    if (before.balanceAfter - before.amount !== entry.balanceAfter) this.#newestFirst = false;
    if (before.balanceAfter + entry.amount !== entry.balanceAfter) this.#oldestFirst = false;
    if (!this.#newestFirst && !this.#oldestFirst) this.brokenAt ??= entry;
  }

  /** Opening and closing follow from the rows if every row has a balance. */
  settle(statement: BankStatement): void {
    const [first, last] = [this.#first, this.#last];
    if (this.#gap || !first || !last || this.brokenAt) return;
    const [oldest, newest] = this.#newestFirst ? [last, first] : [first, last];
    const before = (entry: BankEntry): Ore => entry.balanceAfter! - entry.amount;
    statement.opening = { amount: before(oldest), date: oldest.bookingDate };
    statement.closing = { amount: newest.balanceAfter!, date: newest.bookingDate };
  }
}
