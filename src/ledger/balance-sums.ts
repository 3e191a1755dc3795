import { type LocalDate, startOfMonth } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';

/** What the lines of one account, month and dimension set come to. */
export interface BalanceSum {
  account: string;
  /** Its first day. */
  month: LocalDate;
  /** 0 for none. */
  set: number;
  debit: Ore;
  credit: Ore;
  lines: number;
}

interface SummedLine {
  account: string;
  debit: Ore;
  credit: Ore;
  dimensionSetId: number | null;
}

/** Sums the lines of one client account as its balances are kept: by account, month and dimension set. */
export class BalanceSums {
  /** In the order in which they first occurred. */
  readonly all: BalanceSum[] = [];
  /** By month, set and account: no text is made for a line. */
  readonly #months = new Map<LocalDate, Map<number, Map<string, BalanceSum>>>();

  add(date: LocalDate, lines: readonly SummedLine[]): void {
    const month = startOfMonth(date);
    let sets = this.#months.get(month);
    if (!sets) this.#months.set(month, (sets = new Map()));
    for (const { account, debit, credit, dimensionSetId } of lines) {
      const set = dimensionSetId ?? 0;
      let accounts = sets.get(set);
      if (!accounts) sets.set(set, (accounts = new Map()));
      let sum = accounts.get(account);
      if (!sum) {
        sum = { account, month, set, debit: 0n, credit: 0n, lines: 0 };
        accounts.set(account, sum);
        this.all.push(sum);
      }
      sum.debit += debit;
      sum.credit += credit;
      sum.lines++;
    }
  }
}
