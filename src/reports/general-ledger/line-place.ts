import { endOfMonth, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import {
  countStatement,
  type LineKey,
  type LineScope,
  type MonthRow,
  monthsStatement,
  type SkipRow,
  skipStatement,
  type Stretch,
} from './lines-statement.ts';

/** A position among the lines of a stretch: at the beginning, at the line with a key, or after it. */
export interface LinePlace {
  from?: LineKey;
  after?: LineKey;
  /** Movement of the lines before it, debit − credit. */
  moved: Ore;
}

interface Counted {
  lines: number;
  /** debit − credit */
  amount: Ore;
}

interface Month extends Counted {
  from: LocalDate;
  to: LocalDate;
}

/**
 * The position after the first `position` lines of a stretch with more than `position` lines, `whole`. Whole months are
 * skipped by their counts; within one, at most half of its index entries are read.
 */
export async function placeOf(
  tx: Transaction,
  scope: LineScope,
  stretch: Stretch,
  position: number,
  whole: Counted,
): Promise<LinePlace> {
  if (position === 0) return { moved: 0n };
  let [skip, moved] = [position, 0n];
  for (const month of await monthsOf(tx, scope, stretch, whole)) {
    if (skip < month.lines) {
      const within = { ...stretch, from: month.from, to: month.to };
      if (skip * 2 <= month.lines) {
        if (skip === 0) return { from: { date: month.from, entryId: 0, lineNo: 0 }, moved };
        const last = await skipped(tx, scope, within, 'forward', skip);
        return { after: last.key, moved: moved + last.amount };
      }
      const next = await skipped(tx, scope, within, 'backward', month.lines - skip);
      return { from: next.key, moved: moved + month.amount - next.amount };
    }
    skip -= month.lines;
    moved += month.amount;
  }
  throw new Error(`account ${stretch.accountCode} has fewer lines than its balances say`);
}

/** The months of a stretch that have lines. */
async function monthsOf(tx: Transaction, scope: LineScope, stretch: Stretch, whole: Counted): Promise<Month[]> {
  const { name, text, values } = monthsStatement(scope, { ...stretch, from: startOfMonth(stretch.from) });
  const rows = await tx.named<MonthRow>(name, text, values);
  const months = rows.map(({ month, lines, amount }) => ({
    from: month < stretch.from ? stretch.from : month,
    to: endOfMonth(month) > stretch.to ? stretch.to : endOfMonth(month),
    lines,
    amount: ore(amount),
  }));
  const isCut = ({ from, to }: Month) => from !== startOfMonth(from) || to !== endOfMonth(to);
  const [first, second] = months.filter(isCut);
  if (!first) return months;
  // The amounts of a cut month within the stretch are the total minus those of the other months.
  if (second) Object.assign(second, await countOf(tx, scope, { ...stretch, from: second.from, to: second.to }));
  const rest = { ...whole };
  for (const month of months) {
    if (month === first) continue;
    rest.lines -= month.lines;
    rest.amount -= month.amount;
  }
  Object.assign(first, rest);
  return months.filter(({ lines }) => lines > 0);
}

async function countOf(tx: Transaction, scope: LineScope, stretch: Stretch): Promise<Counted> {
  const { name, text, values } = countStatement(scope, stretch);
  const [row] = await tx.named<{ lines: number; amount: number }>(name, text, values);
  return { lines: row!.lines, amount: ore(row!.amount) };
}

/** The last of the skipped lines, counted from the beginning or the end, and their movement. */
async function skipped(
  tx: Transaction,
  scope: LineScope,
  stretch: Stretch,
  direction: 'forward' | 'backward',
  lines: number,
): Promise<{ key: LineKey; amount: Ore }> {
  const { name, text, values } = skipStatement(scope, stretch, direction, lines);
  const [row] = await tx.named<SkipRow>(name, text, values);
  return { key: { date: row!.entry_date, entryId: row!.entry_id, lineNo: row!.line_no }, amount: ore(row!.moved) };
}
