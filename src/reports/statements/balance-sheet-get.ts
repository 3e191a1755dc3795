import type { LocalDate } from '../../kernel/local-date.ts';
import { fiscalYearStart } from '../figures/ledger-figures.ts';
import { readKnownAt, type KnownAt } from '../figures/known-at.ts';
import { type ReportContext, reportOperation } from '../printed/report-operation.ts';
import { type AccountGroup, readChart, type ReportChart } from '../printed/report-chart.ts';
import type { ReportOptions } from '../foundations/report-query.ts';
import { readAccountAmounts } from './account-amounts.ts';
import { balanceSheet, type BalanceSheet, RESULT_ACCOUNT, RETAINED } from './balance-sheet.ts';

export interface BalanceSheetQuestion extends ReportOptions {
  date: LocalDate;
}

export interface BalanceSheetReport extends BalanceSheetQuestion {
  clientAccountId: number;
  sheet: BalanceSheet;
  /** The groups above the unappropriated result. */
  resultGroups: readonly [AccountGroup, AccountGroup, AccountGroup];
  resultAccount: string;
  /** Of the fiscal year of the day. */
  yearStart: LocalDate;
  known: KnownAt | null;
  printedAt: Date;
}

/** The balance sheet of a client account at the end of a day. */
export const getBalanceSheet = reportOperation('report.balance-sheet', readBalanceSheet);

export async function readBalanceSheet(
  { tx, database, clientAccountId, now }: ReportContext,
  question: BalanceSheetQuestion,
): Promise<BalanceSheetReport> {
  const { date, filter, includeDrafts, asOf } = question;
  const known = await readKnownAt(tx, clientAccountId, asOf, now);
  const chart = await readChart(tx, database, clientAccountId, date, known);
  const amounts = await readAccountAmounts(tx, {
    clientAccountId,
    from: null,
    to: date,
    by: 'account',
    filter,
    accountCodes: null,
    includeDrafts,
    known,
  });
  return {
    ...question,
    clientAccountId,
    sheet: balanceSheet(amounts, chart),
    resultGroups: groupsOfResult(chart),
    resultAccount: accountOfResult(chart),
    yearStart: await fiscalYearStart(tx, clientAccountId, date),
    known,
    printedAt: now,
  };
}

/** The account through which the result will be transferred (8800). */
function accountOfResult(chart: ReportChart): string {
  const accounts = chart.accounts().filter(({ flags }) => flags.includes('result'));
  const account = accounts.find(({ code }) => code === RESULT_ACCOUNT) ?? accounts[0];
  if (!account) throw new Error('the chart has no account of the result');
  return account.code;
}

function groupsOfResult(chart: ReportChart): ReturnType<ReportChart>['groups'] {
  const groups = chart.groups(RETAINED);
  if (!groups) throw new Error(`the chart has no group ${RETAINED}`);
  return groups;
}
