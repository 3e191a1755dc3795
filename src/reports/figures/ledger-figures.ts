import {
  addDays,
  addMonths,
  endOfMonth,
  dayOf,
  type LocalDate,
  startOfMonth,
  yearOf,
} from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { type Edge, figuresStatement } from './figures-statement.ts';
import type { KnownAt } from './known-at.ts';
import { knownBy, knownLinesStatement } from './known-figures.ts';
import { readRelatedIds, type RelatedIds } from '../trail/related-ids.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import type { ReportRange } from '../foundations/report-range.ts';

/**
 * Figures of one account and related entity; several rows with the same key add up. Balances are debit − credit; debit
 * and credit are those of the range.
 */
export interface Figure extends RelatedIds {
  accountCode: string;
  /** Balance on the day before the fiscal year in which the range begins. */
  earlier: Ore;
  /** Change from there to the day before the range. */
  incoming: Ore;
  debit: Ore;
  credit: Ore;
}

interface FigureRow {
  account_code: string;
  dimension_set_id: number;
  bucket: 0 | 1 | 2;
  debit: number;
  credit: number;
}

/** First day of the fiscal year of a day. */
export async function fiscalYearStart(tx: Transaction, clientAccountId: number, day: LocalDate): Promise<LocalDate> {
  return (await readFiscalCalendar(tx, clientAccountId)).yearAt(day).from;
}

/**
 * Figures of posted entries, from month balances and the lines of at most two half months. `known`: only entries posted
 * by then, for which lines of at most half the entries are read.
 */
export async function readFigures(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  range: ReportRange,
  filter: ReportFilter,
  known: KnownAt | null = null,
): Promise<Figure[]> {
  const rows: FigureRow[] = [];
  const yearStart = await fiscalYearStart(tx, clientAccountId, range.from);
  if (known === null || knownBy(known) === 'less') {
    const before = cutAt(range.from, { before: 1, within: -1 });
    const within = cutAfter(range.to, { before: 0, within: 1 });
    const { name, text, values } = figuresStatement({
      clientAccountId,
      yearStart,
      rangeStart: before.months,
      rangeEnd: within.months,
      edges: [...before.edges, ...within.edges],
      filter,
    });
    rows.push(...(await tx.named<FigureRow>(name, text, values)));
  }
  if (known !== null) rows.push(...(await readKnownRows(tx, clientAccountId, { ...range, yearStart }, filter, known)));
  const setIds = rows.map((row) => row.dimension_set_id);
  const relatedOf = await readRelatedIds(tx, database, clientAccountId, setIds);
  return rows.map((row) => figureOf(row, relatedOf(row.dimension_set_id)));
}

/** Amounts of the lines posted until the time, or the negated ones of those posted since. */
async function readKnownRows(
  tx: Transaction,
  clientAccountId: number,
  range: ReportRange & { yearStart: LocalDate },
  filter: ReportFilter,
  known: KnownAt,
): Promise<FigureRow[]> {
  const { name, text, values } = knownLinesStatement({
    clientAccountId,
    known,
    to: range.to,
    filter,
    columns: [
      { name: 'account_code', expression: () => 'l.account_code' },
      { name: 'dimension_set_id', expression: () => 'coalesce(l.dimension_set_id, 0)' },
      {
        name: 'bucket',
        expression: (value) =>
          `case when l.entry_date < ${value(range.yearStart)}::date then 0
            when l.entry_date < ${value(range.from)}::date then 1 else 2 end`,
      },
    ],
  });
  const rows = await tx.named<FigureRow>(name, text, values);
  if (knownBy(known) === 'only') return rows;
  return rows.map((row) => ({ ...row, debit: -row.debit, credit: -row.credit }));
}

function figureOf(row: FigureRow, related: RelatedIds): Figure {
  const [debit, credit] = [ore(row.debit), ore(row.credit)];
  return {
    accountCode: row.account_code,
    bankAccountId: related.bankAccountId,
    businessPartnerId: related.businessPartnerId,
    assetId: related.assetId,
    earlier: row.bucket === 0 ? debit - credit : 0n,
    incoming: row.bucket === 1 ? debit - credit : 0n,
    debit: row.bucket === 2 ? debit : 0n,
    credit: row.bucket === 2 ? credit : 0n,
  };
}

/** Everything before a day: whole months before `months`, and lines to add or subtract, whichever covers fewer days. */
export function cutAt(
  day: LocalDate,
  factors: { before: number; within: number },
): { months: LocalDate; edges: Edge[] } {
  const month = startOfMonth(day);
  if (day === month) return { months: month, edges: [] };
  const last = endOfMonth(day);
  if (dayOf(day) - 1 <= dayOf(last) / 2) {
    return { months: month, edges: [{ month, first: month, last: addDays(day, -1), ...factors }] };
  }
  const taken = { before: -factors.before, within: -factors.within };
  return { months: nextMonth(month), edges: [{ month, first: day, last, ...taken }] };
}

/** The calendar ends with the year 9999: everything is before the day after it. */
export function cutAfter(day: LocalDate, factors: { before: number; within: number }): ReturnType<typeof cutAt> {
  return day === '9999-12-31' ? { months: day, edges: [] } : cutAt(addDays(day, 1), factors);
}

function nextMonth(month: LocalDate): LocalDate {
  return yearOf(month) === 9999 && month.slice(5, 7) === '12' ? '9999-12-31' : addMonths(month, 1);
}
