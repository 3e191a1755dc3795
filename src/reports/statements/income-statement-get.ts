import type { FiscalYear } from '../../kernel/fiscal-year.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import { readKnownAt, type KnownAt } from '../figures/known-at.ts';
import { type ReportContext, reportOperation } from '../printed/report-operation.ts';
import { carriesForward, readChart } from '../printed/report-chart.ts';
import type { ReportOptions } from '../foundations/report-query.ts';
import { type ReportRange, requireRange } from '../foundations/report-range.ts';
import { readAccountAmounts } from './account-amounts.ts';
import { type IncomeStatement, incomeStatement } from './income-statement.ts';
import { periodsOf, type ReportPeriod, yearEarlier } from './report-periods.ts';

export interface IncomeStatementQuestion extends ReportOptions {
  range: ReportRange;
  /** With the same range a year earlier. */
  compare: boolean;
}

export interface IncomeStatementReport extends IncomeStatementQuestion {
  clientAccountId: number;
  statement: IncomeStatement;
  periods: ReportPeriod[];
  /** Those that overlap the range, ascending. */
  fiscalYears: FiscalYear[];
  /** The range a year earlier and its periods, aligned by index; null if not requested. */
  compared: { range: ReportRange; periods: ReportPeriod[] } | null;
  known: KnownAt | null;
  printedAt: Date;
}

/** The income statement of a client account for a range of days, by month. Throws 422 for an impossible range. */
export const getIncomeStatement = reportOperation('report.income-statement', readIncomeStatement);

export async function readIncomeStatement(
  { tx, database, clientAccountId, now }: ReportContext,
  question: IncomeStatementQuestion,
): Promise<IncomeStatementReport> {
  const { range, filter, includeDrafts, asOf, compare } = question;
  requireRange(range);
  const known = await readKnownAt(tx, clientAccountId, asOf, now);
  const chart = await readChart(tx, database, clientAccountId, range.to, known);
  const accountCodes = chart.accounts().flatMap((account) => (carriesForward(account) ? [] : [account.code]));
  const read = ({ from, to }: ReportRange) =>
    readAccountAmounts(tx, {
      clientAccountId,
      from,
      to,
      by: 'month',
      filter,
      accountCodes,
      includeDrafts,
      known,
    });
  const periods = periodsOf(range);
  const earlier = compare ? yearEarlier(range) : null;
  const compared = earlier && { range: earlier, periods: periodsOf(earlier) };
  const amounts = await read(range);
  const statement = incomeStatement(amounts, compared && (await read(compared.range)), chart, {
    months: periods.map(({ month }) => month),
    compared: compared && compared.periods.map(({ month }) => month),
  });
  const fiscalYears = (await readFiscalCalendar(tx, clientAccountId)).yearsIn(range);
  return { ...question, clientAccountId, statement, periods, fiscalYears, compared, known, printedAt: now };
}
