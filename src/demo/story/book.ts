import { assert } from '../../kernel/assert.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { standardVatOfLine } from './standard-vat.ts';

/** A line before ids are known. Amount in øre, debit positive, credit negative. */
export interface StoryLine {
  account: string;
  amount: Ore;
  taxCode?: string;
  /** The amount includes the VAT. */
  gross?: boolean;
  /** Keys of the story's masters. */
  partner?: string;
  department?: string;
  project?: string;
  asset?: string;
  currency?: { code: string; amount: Ore; rate: string };
  dueDate?: LocalDate;
  kid?: string;
  document?: string;
  memo?: string;
}

/** The document of an entry, as the demo renders it. */
export interface StoryDocument {
  fileName: string;
  title: string;
  lines: string[];
}

export interface StoryEntry {
  date: LocalDate;
  series: string;
  memo: string;
  document?: string;
  lines: StoryLine[];
  voucher?: StoryDocument;
  /** Posted, and then cancelled on the same date for this reason. */
  cancelledBecause?: string;
}

/** A draft may be unfinished: it need not balance. */
export interface StoryDraft {
  date: LocalDate;
  memo: string;
  lines: StoryLine[];
}

interface Movement {
  account: string;
  date: LocalDate;
  amount: Ore;
}

export type LineFacts = Omit<StoryLine, 'account' | 'amount'>;

export function debit(account: string, amount: Ore, facts: LineFacts = {}): StoryLine {
  assert(amount > 0n, `debit of ${amount} on ${account}`);
  return { account, amount, ...facts };
}

export function credit(account: string, amount: Ore, facts: LineFacts = {}): StoryLine {
  assert(amount > 0n, `credit of ${amount} on ${account}`);
  return { account, amount: -amount, ...facts };
}

/**
 * The books while the story is generated: the entries so far, with the VAT lines that the ledger will compute, so that
 * settlements and year-ends can be derived from balances. Dates after `today` are left out.
 */
export class Book {
  readonly today: LocalDate;
  readonly entries: StoryEntry[] = [];
  readonly drafts: StoryDraft[] = [];
  readonly #movements: Movement[] = [];

  constructor(today: LocalDate) {
    this.today = today;
  }

  /** True if the entry's day has come and it was entered. */
  enter(entry: StoryEntry): boolean {
    if (entry.date > this.today) return false;
    const movements = movementsOf(entry.lines, entry.date);
    const difference = sum(movements);
    assert(difference === 0n, `${entry.date} ${entry.memo}: debit exceeds credit by ${difference} øre`);
    this.entries.push(entry);
    if (!entry.cancelledBecause) this.#movements.push(...movements);
    return true;
  }

  /** Debit less credit of the account, or of all accounts that begin with it, over these days. */
  balance(account: string, until: LocalDate, from: LocalDate = '0001-01-01'): Ore {
    return sum(this.#movements.filter((m) => m.account.startsWith(account) && m.date >= from && m.date <= until));
  }

  /** Accounts with a balance on the day, in order. */
  balances(until: LocalDate): Map<string, Ore> {
    const totals = new Map<string, Ore>();
    for (const { account, amount, date } of this.#movements)
      if (date <= until) totals.set(account, (totals.get(account) ?? 0n) + amount);
    return new Map([...totals].filter(([, total]) => total !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The entries in a bookkeeper's order: day by day. */
  inOrder(): StoryEntry[] {
    return this.entries
      .map((entry, index) => ({ entry, index }))
      .sort((a, b) => (a.entry.date === b.entry.date ? a.index - b.index : a.entry.date < b.entry.date ? -1 : 1))
      .map(({ entry }) => entry);
  }
}

/** The sum of the lines, VAT included, which the counterpart must equal. */
export function totalOf(lines: readonly StoryLine[], date: LocalDate): Ore {
  return sum(movementsOf(lines, date));
}

function movementsOf(lines: readonly StoryLine[], date: LocalDate): Movement[] {
  return lines.flatMap(({ account, amount, taxCode, gross }) => {
    if (!taxCode) return [{ account, date, amount }];
    const vat = standardVatOfLine(taxCode, account, amount, gross ? 'gross' : 'net', date);
    return [
      { account, date, amount: vat.base },
      ...vat.lines.map((line) => ({ account: line.account, date, amount: line.amount })),
    ];
  });
}

function sum(movements: readonly Movement[]): Ore {
  let total = 0n;
  for (const { amount } of movements) total += amount;
  return total;
}
