import type { ModelLine } from './model-entry.ts';
import type { Fault } from './steps.ts';

export interface ModelEntry {
  id: number;
  date: string;
  series: string;
  number: number;
  lines: ModelLine[];
  cancels: number | null;
}

export interface ModelDraft {
  id: number;
  date: string;
  series: string;
  memo: string;
  lines: ModelLine[];
  fault: Fault | null;
}

/** The books as on paper: entries, drafts, a lock date. */
export class ModelBooks {
  readonly entries = new Map<number, ModelEntry>();
  readonly drafts = new Map<number, ModelDraft>();
  readonly cancelledBy = new Map<number, number>();
  lockedUntil = '';
  /** Writes that were answered as done: each adds a row to the log. */
  writes = 0;

  post(entry: ModelEntry): void {
    if (this.entries.has(entry.id)) throw new Error(`entry ${entry.id} was posted twice`);
    if (entry.cancels !== null) {
      if (this.cancelledBy.has(entry.cancels)) throw new Error(`entry ${entry.cancels} was cancelled twice`);
      this.cancelledBy.set(entry.cancels, entry.id);
    }
    this.entries.set(entry.id, entry);
  }

  /** Debit and credit in øre by `account month set`; months and sets without movement are absent. */
  balances(): Record<string, { debit: bigint; credit: bigint }> {
    const sums: Record<string, { debit: bigint; credit: bigint }> = {};
    for (const entry of this.entries.values()) {
      for (const line of entry.lines) {
        const sum = (sums[`${line.account} ${entry.date.slice(0, 7)} ${line.set}`] ??= { debit: 0n, credit: 0n });
        if (line.amount > 0n) sum.debit += line.amount;
        else sum.credit -= line.amount;
      }
    }
    return sums;
  }

  /** Numbers per series and year, ascending. */
  numbers(): Record<string, number[]> {
    const series: Record<string, number[]> = {};
    for (const entry of this.entries.values())
      (series[`${entry.series} ${entry.date.slice(0, 4)}`] ??= []).push(entry.number);
    for (const list of Object.values(series)) list.sort((a, b) => a - b);
    return series;
  }
}
