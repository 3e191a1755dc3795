import type { Ore } from '../../../kernel/money.ts';
import type { ReportRow } from '../../foundations/report-model.ts';

/** A balance carried to the next page: its column and amount. */
export interface Carried {
  column: number;
  amount: Ore;
}

/**
 * Detects the column of running balances between opening and closing balances: its last amount always equals the
 * closing balance. If no column does, nothing is carried.
 */
export class RunningBalance {
  #columns: Set<number> | null = null;
  #confirmed = false;
  #last: ReportRow | null = null;

  follow(row: ReportRow): void {
    if (row.kind === 'opening') {
      const holding = new Set([...row.cells.keys()].filter((at) => amountOf(row, at) !== null));
      this.#columns = this.#columns ? new Set([...this.#columns].filter((at) => holding.has(at))) : holding;
      this.#last = row;
    } else if (row.kind === 'line') {
      if (this.#last) this.#last = row;
    } else if (row.kind === 'closing' && this.#last) {
      for (const at of this.#columns ?? []) {
        if (amountOf(row, at) !== amountOf(this.#last, at)) this.#columns!.delete(at);
        else if (this.#last.kind === 'line') this.#confirmed = true;
      }
      this.#last = null;
    } else this.#last = null;
  }

  /** Over all rows so far: the column of running balances. */
  column(): number | null {
    return this.#confirmed && this.#columns?.size === 1 ? [...this.#columns][0]! : null;
  }

  /** The balance carried if the page ends before `next`. */
  carried(next: ReportRow): Carried | null {
    if (!this.#last || (next.kind !== 'line' && next.kind !== 'closing')) return null;
    const column = this.#columns?.size === 1 ? [...this.#columns][0]! : null;
    const amount = column === null ? null : amountOf(this.#last, column);
    return amount === null ? null : { column: column!, amount };
  }
}

function amountOf(row: ReportRow, at: number): Ore | null {
  const cell = row.cells[at];
  return cell && 'amount' in cell ? cell.amount : null;
}
