import type { ReportRow } from '../../foundations/report-model.ts';
import type { LaidRow } from './rows/row-layout.ts';
import { RunningBalance, type Carried } from './running-balance.ts';

/** An open heading above a row. */
export interface Above {
  id: string;
  title: string;
}

export interface Placed {
  laid: LaidRow;
  above: readonly Above[];
  /** Top edge on the page, in points. */
  y: number;
}

/** One page of the table. */
export interface PagePlan {
  /** 1 is the table's first. */
  number: number;
  rows: Placed[];
  /** The headings that the page continues. */
  continued: readonly Above[];
  /** The running balance from the previous page. */
  carriedIn: Carried | null;
  /** The running balance carried to the next page. */
  carriedOut: Carried | null;
  /** Where the last row ends. */
  bottom: number;
  /** Whether the block after the table is on this page. */
  last: boolean;
}

/** Space for rows. Points from the page's top. */
export interface PageRoom {
  firstTop: number;
  top: number;
  bottom: number;
  /** Height of a line for continued headings or a carried balance. */
  continuation: number;
  /** Height of the block after the table. */
  after: number;
}

interface Waiting {
  laid: LaidRow;
  above: readonly Above[];
}

/** Rows that stay together. */
interface Block {
  rows: Waiting[];
  height: number;
}

/** Fewest rows on the last page. */
const FEWEST_LAST = 3;

/**
 * Divides rows into pages. A heading stays with the first two rows below it, a sum with the row before it, and the last
 * three rows with each other, so that none is separated; only chains longer than half a page are divided regardless.
 */
export class Pagination {
  readonly #room: PageRoom;
  /** Whether a line is reserved for carried balances. */
  readonly #carries: boolean;
  readonly balance = new RunningBalance();
  /** Blocks that may be the last. */
  #waiting: Block[] = [];
  #block: Waiting[] = [];
  #blockHeight = 0;
  #open: readonly Above[] = [];
  #page: PagePlan | null = null;
  #pages = 0;
  #ready: PagePlan[] = [];

  constructor(room: PageRoom, carries: boolean) {
    this.#room = room;
    this.#carries = carries;
  }

  /** Takes a row; returns the pages that it completed. */
  add(laid: LaidRow): PagePlan[] {
    this.#ready = [];
    const { row } = laid;
    const waiting = { laid, above: this.#aboveOf(row) };
    if (this.#block.length > 0 && (this.#mayBreakBefore(row) || this.#isTooLong())) this.#endBlock();
    this.#block.push(waiting);
    this.#blockHeight += laid.before + laid.height;
    return this.#ready;
  }

  /** The remaining pages, the last with space for the block after the table. */
  end(): PagePlan[] {
    this.#ready = [];
    this.#endBlock(true);
    const last = this.#waiting.splice(0);
    const rows = last.flatMap((block) => block.rows);
    this.#placeBlock({ rows, height: last.reduce((sum, { height }) => sum + height, 0) }, this.#room.after);
    const page = this.#page ?? this.#start([]);
    page.last = true;
    this.#ready.push(page);
    return this.#ready;
  }

  #aboveOf(row: ReportRow): readonly Above[] {
    const open = this.#open;
    let depth = 0;
    while (depth < open.length && row.within[depth] === open[depth]!.id) depth += 1;
    const above = depth === open.length ? open : open.slice(0, depth);
    this.#open =
      row.id === null ? above : [...above, { id: row.id, title: [row.code, row.label].filter(Boolean).join(' ') }];
    return above;
  }

  #mayBreakBefore(row: ReportRow): boolean {
    if (row.kind === 'subtotal' || row.kind === 'closing' || row.kind === 'total' || row.kind === 'computed')
      return false;
    const last = this.#block.at(-1)!.laid.row;
    if (isHeading(last, row)) return false;
    const before = this.#block.at(-2)?.laid.row;
    // The second row below a heading stays with the first.
    return !(before && isHeading(before, last) && row.level >= last.level && row.kind !== 'group');
  }

  #isTooLong(): boolean {
    return this.#blockHeight > (this.#room.bottom - this.#room.top) / 2;
  }

  /** Blocks are placed as soon as enough following rows are known. */
  #endBlock(isLast = false): void {
    this.#waiting.push({ rows: this.#block, height: this.#blockHeight });
    this.#block = [];
    this.#blockHeight = 0;
    let rowsAfter = this.#waiting.reduce((sum, { rows }) => sum + rows.length, 0);
    while (this.#waiting.length > 0) {
      rowsAfter -= this.#waiting[0]!.rows.length;
      // The row that ended the block also follows it, unless it is the last.
      if (rowsAfter + (isLast ? 0 : 1) < FEWEST_LAST) return;
      this.#placeBlock(this.#waiting.shift()!, 0);
    }
  }

  #placeBlock({ rows: block, height: blockHeight }: Block, after: number): void {
    const height = blockHeight + after;
    const page = this.#page;
    if (page && page.rows.length > 0 && page.bottom + height > this.#limit()) {
      // A block higher than a whole page first fills this one.
      if (height < this.#limit() - this.#room.top) this.#turn(block[0]);
    }
    for (const waiting of block) {
      const { laid } = waiting;
      const open = this.#page;
      if (open && open.rows.length > 0 && open.bottom + laid.before + laid.height > this.#limit()) this.#turn(waiting);
      this.#place(waiting);
    }
    // The block after a table whose last rows had to be divided.
    if (after > 0 && this.#page && this.#page.bottom + after > this.#room.bottom && this.#page.rows.length > 0) {
      this.#turn(undefined);
    }
  }

  #limit(): number {
    return this.#room.bottom - (this.#carries ? this.#room.continuation : 0);
  }

  #place({ laid, above }: Waiting): void {
    const page = (this.#page ??= this.#start([]));
    const y = page.bottom + (page.rows.length === 0 ? 0 : laid.before);
    page.rows.push({ laid, above, y });
    page.bottom = y + laid.height;
    this.balance.follow(laid.row);
  }

  #turn(next: Waiting | undefined): void {
    const page = this.#page!;
    page.carriedOut = next && this.#carries ? this.balance.carried(next.laid.row) : null;
    this.#ready.push(page);
    this.#page = this.#start(next?.above ?? [], page.carriedOut);
  }

  #start(continued: readonly Above[], carriedIn: Carried | null = null): PagePlan {
    this.#pages += 1;
    const { firstTop, top, continuation } = this.#room;
    const isContinued = continued.length > 0 || carriedIn !== null;
    const start = this.#pages === 1 ? firstTop : top + (isContinued ? continuation : 0);
    return { number: this.#pages, rows: [], continued, carriedIn, carriedOut: null, bottom: start, last: false };
  }
}

/** Whether a row is the heading of the one after it. */
export function isHeading(row: ReportRow, next: ReportRow | undefined): boolean {
  if (!next) return false;
  if (row.kind === 'opening') return next.kind === 'line';
  if (row.kind !== 'group' && row.kind !== 'account') return false;
  return next.level > row.level || next.kind === 'opening' || (row.id !== null && next.within.includes(row.id));
}
