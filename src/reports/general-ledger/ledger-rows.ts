import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { draftLine, type LedgerLine, type LineNames, postedLine } from './ledger-line.ts';
import { placeOf } from './line-place.ts';
import {
  type LineKey,
  type LineRow,
  type LineScope,
  type Start,
  type Statement,
  type Stretch,
  stretchesStatement,
  stretchStatement,
} from './lines-statement.ts';
import type { Section } from './sections.ts';
import { rowsOf } from './sections.ts';

/**
 * A row of the general ledger. `opening` and `closing`: the balance around the lines of a section. `total`: an account
 * over several fiscal years.
 */
export type LedgerRow =
  | { section: Section; kind: 'opening' | 'closing' | 'total' }
  | { section: Section; line: LedgerLine };

/** A part of a section: a range of its rows. */
interface Part {
  section: Section;
  /** Index in the section's rows, from 0 (the opening row); `end` is exclusive. */
  start: number;
  end: number;
}

/** Sections shorter than this are read together. */
const LONG = 500;

/** Reads rows of a general ledger in batches of a given size, all from one transaction's snapshot. */
export class LedgerReader {
  readonly #tx: Transaction;
  readonly #scope: LineScope;
  readonly #names: LineNames;
  readonly #batch: number;

  constructor(tx: Transaction, scope: LineScope, names: LineNames, batch: number) {
    this.#tx = tx;
    this.#scope = scope;
    this.#names = names;
    this.#batch = batch;
  }

  /** The rows from `first` up to `end`, exclusive, counted over all sections. */
  async *rows(sections: readonly Section[], first: number, end: number): AsyncGenerator<LedgerRow[]> {
    let together: Part[] = [];
    let lines = 0;
    for (const part of partsBetween(sections, first, end)) {
      const isWhole = part.start === 0 && part.end === rowsOf(part.section);
      if (isWhole && part.section.lines <= LONG) {
        together.push(part);
        lines += part.section.lines + part.section.drafts.length + 3;
        if (lines < this.#batch) continue;
      }
      if (together.length > 0) yield await this.#short(together);
      [together, lines] = [[], 0];
      if (!(isWhole && part.section.lines <= LONG)) yield* this.#long(part);
    }
    if (together.length > 0) yield await this.#short(together);
  }

  /** Whole short sections, in one statement. */
  async #short(parts: readonly Part[]): Promise<LedgerRow[]> {
    const filled = parts.filter(({ section }) => section.lines > 0);
    const found = filled.length === 0 ? [] : await this.#read(stretchesStatement(this.#scope, filled.map(stretchOf)));
    const drafts = parts.flatMap(({ section }) => section.drafts);
    await this.#names.learn(this.#tx, found, drafts);
    const rows: LedgerRow[] = [];
    let [at, place] = [0, 0];
    for (const { section } of parts) {
      rows.push({ section, kind: 'opening' });
      let balance = section.opening;
      if (section.lines > 0) place++;
      for (; at < found.length && found[at]![15] === place; at++) {
        balance = this.#push(rows, section, found[at]!, balance);
      }
      this.#pushRest(rows, section, 0, rowsOf(section) - 1 - section.lines);
    }
    return rows;
  }

  /** Part of a section, or all of a long one, in pieces. */
  async *#long({ section, start, end }: Part): AsyncGenerator<LedgerRow[]> {
    const stretch = stretchOf({ section });
    const first = Math.max(start - 1, 0);
    const last = Math.min(end - 1, section.lines);
    let rows: LedgerRow[] = start === 0 ? [{ section, kind: 'opening' }] : [];
    if (first < last) {
      const isEnd = last === section.lines;
      if (isEnd && first > 0 && last - first <= this.#batch) {
        const found = await this.#read(stretchStatement(this.#scope, stretch, { direction: 'backward' }, last - first));
        if (found.length < last - first) throw tooFew(stretch);
        found.reverse();
        let balance = section.posted;
        for (const row of found) balance -= movement(row);
        await this.#names.learn(this.#tx, found);
        this.#fill(rows, section, found, balance);
      } else {
        const pieces = this.#pieces(section, first, last);
        for await (const { found, balance } of pieces) {
          this.#fill(rows, section, found, balance);
          if (rows.length < this.#batch) continue;
          yield rows;
          rows = [];
        }
      }
    }
    const restStart = Math.max(start - 1 - section.lines, 0);
    const restEnd = end - 1 - section.lines;
    if (restEnd > restStart) {
      await this.#names.learn(this.#tx, [], section.drafts);
      this.#pushRest(rows, section, restStart, restEnd);
    }
    yield rows;
  }

  /** The lines of a section from `first` up to `last`, exclusive, with the balance before them. */
  async *#pieces(section: Section, first: number, last: number): AsyncGenerator<{ found: LineRow[]; balance: Ore }> {
    const stretch = stretchOf({ section });
    const whole = { lines: section.lines, amount: section.posted - section.opening };
    const { moved, ...place } = await placeOf(this.#tx, this.#scope, stretch, first, whole);
    let left = last - first;
    let balance = section.opening + moved;
    const read = (from: Start) => {
      const reading = this.#read(stretchStatement(this.#scope, stretch, from, Math.min(left, this.#batch)));
      // If the report is abandoned, no code awaits this promise.
      reading.catch(() => {});
      return reading;
    };
    for (let reading: Promise<LineRow[]> | null = read({ direction: 'forward', ...place }); reading;) {
      const found: LineRow[] = await reading;
      if (found.length < Math.min(left, this.#batch)) throw tooFew(stretch);
      left -= found.length;
      await this.#names.learn(this.#tx, found);
      // The database reads the next piece while this one is rendered.
      reading = left > 0 ? read({ direction: 'forward', after: keyOf(found.at(-1)!) }) : null;
      yield { found, balance };
      for (const row of found) balance += movement(row);
    }
  }

  #fill(rows: LedgerRow[], section: Section, found: readonly LineRow[], balance: Ore): void {
    let after = balance;
    for (const row of found) after = this.#push(rows, section, row, after);
  }

  #push(rows: LedgerRow[], section: Section, row: LineRow, balance: Ore): Ore {
    const after = balance + movement(row);
    rows.push({ section, line: postedLine(row, after, this.#names) });
    return after;
  }

  /** The rows after the posted lines: drafts, closing row, total. */
  #pushRest(rows: LedgerRow[], section: Section, start: number, end: number): void {
    let balance = section.posted;
    const { drafts } = section;
    for (let i = 0; i < Math.min(end, drafts.length); i++) {
      balance += drafts[i]!.debit - drafts[i]!.credit;
      if (i >= start) rows.push({ section, line: draftLine(drafts[i]!, balance, this.#names) });
    }
    if (start <= drafts.length && end > drafts.length) rows.push({ section, kind: 'closing' });
    if (section.total && end > drafts.length + 1) rows.push({ section, kind: 'total' });
  }

  async #read({ name, text, values }: Statement): Promise<LineRow[]> {
    const answer = await this.#tx.client.query({ name, text, values, rowMode: 'array' });
    return answer.rows as unknown as LineRow[];
  }
}

/** The parts of sections in a window of rows. */
function* partsBetween(sections: readonly Section[], first: number, end: number): Generator<Part> {
  for (let i = sectionAt(sections, first); i < sections.length; i++) {
    const section = sections[i]!;
    if (section.first >= end) return;
    const start = Math.max(first - section.first, 0);
    const part = { section, start, end: Math.min(end - section.first, rowsOf(section)) };
    if (part.start < part.end) yield part;
  }
}

/** The section that contains a row, by binary search. */
function sectionAt(sections: readonly Section[], row: number): number {
  let [low, high] = [0, sections.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const section = sections[middle]!;
    if (section.first + rowsOf(section) <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Balances and lines are written together; `verify` finds differences. */
function tooFew({ accountCode }: Stretch): Error {
  return new Error(`account ${accountCode} has fewer lines than its balances say`);
}

function stretchOf({ section }: { section: Section }): Stretch {
  return { accountCode: section.account.code, from: section.from, to: section.to };
}

function movement(row: LineRow): Ore {
  return ore(row[3]) - ore(row[4]);
}

function keyOf(row: LineRow): LineKey {
  return { date: row[0], entryId: row[1], lineNo: row[2] };
}
