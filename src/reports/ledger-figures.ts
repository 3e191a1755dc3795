import { addDays, addMonths, endOfMonth, dayOf, type LocalDate, startOfMonth, yearOf } from '../kernel/local-date.ts';
import { type Ore, ore } from '../kernel/money.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { type Edge, figuresStatement } from './figures-statement.ts';
import { chartOf, type OwnAccountRow, type ReportChart } from './report-chart.ts';
import type { ReportFilter } from './report-filter.ts';
import type { ReportRange } from './report-range.ts';

/** What an amount on an account belongs to, as its dimension set tells. */
export interface RelatedIds {
  bankAccountId: number | null;
  businessPartnerId: number | null;
  assetId: number | null;
}

/**
 * Figures of one account and related entity; there may be several for one, which add up. Balances are debit − credit;
 * debit and credit are of the range.
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

/** Account, bucket, debit, credit, bank account, business partner, asset. */
type FigureRow = [string, 0 | 1 | 2, string, string, number | null, number | null, number | null];

interface LedgerRow {
  figures: FigureRow[] | null;
  own_accounts: OwnAccountRow[] | null;
  names: [number, string][] | null;
}

/** What a report is made from. */
export interface LedgerFigures {
  figures: Figure[];
  /** Accounts as they were named on the last day of the range. */
  chart: ReportChart;
  /** Of the related entities. */
  names: Map<number, string>;
}

/** The fiscal year is the calendar year. */
export function fiscalYearStart(date: LocalDate): LocalDate {
  return `${date.slice(0, 4)}-01-01`;
}

/** Figures of posted entries, from month balances and at most two half months of lines. */
export async function readFigures(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  range: ReportRange,
  filter: ReportFilter,
): Promise<LedgerFigures> {
  const before = cutAt(range.from, { before: 1, within: -1 });
  const within = cutAfter(range.to, { before: 0, within: 1 });
  const { name, text, values } = figuresStatement({
    clientAccountId,
    yearStart: fiscalYearStart(range.from),
    rangeStart: before.months,
    rangeEnd: within.months,
    lastMonth: startOfMonth(range.to),
    namedOn: range.to,
    edges: [...before.edges, ...within.edges],
    filter,
  });
  const [row] = await tx.named<LedgerRow>(name, text, values);
  return {
    figures: (row!.figures ?? []).map(figureOf),
    chart: await chartOf(tx, database, row!.own_accounts ?? []),
    names: new Map(row!.names),
  };
}

function figureOf([
  accountCode,
  bucket,
  debitText,
  creditText,
  bankAccountId,
  businessPartnerId,
  assetId,
]: FigureRow): Figure {
  const [debit, credit] = [ore(debitText), ore(creditText)];
  return {
    accountCode,
    bankAccountId,
    businessPartnerId,
    assetId,
    earlier: bucket === 0 ? debit - credit : 0n,
    incoming: bucket === 1 ? debit - credit : 0n,
    debit: bucket === 2 ? debit : 0n,
    credit: bucket === 2 ? credit : 0n,
  };
}

/**
 * All before a day as whole months before `months`, and lines that are added to them or taken from them, whichever are
 * fewer days.
 */
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
function cutAfter(day: LocalDate, factors: { before: number; within: number }): ReturnType<typeof cutAt> {
  return day === '9999-12-31' ? { months: day, edges: [] } : cutAt(addDays(day, 1), factors);
}

function nextMonth(month: LocalDate): LocalDate {
  return yearOf(month) === 9999 && month.slice(5, 7) === '12' ? '9999-12-31' : addMonths(month, 1);
}
