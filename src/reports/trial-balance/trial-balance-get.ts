import { readDraftFigures } from '../figures/draft-figures.ts';
import { readKnownAt } from '../figures/known-at.ts';
import { readFigures } from '../figures/ledger-figures.ts';
import { entityNames } from '../trail/related-entities.ts';
import { type ReportContext, reportOperation } from '../printed/report-operation.ts';
import { readChart } from '../printed/report-chart.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import { type ReportRange, requireRange } from '../foundations/report-range.ts';
import { readReportSubject, type ReportSubject } from '../foundations/report-subject.ts';
import { relatedIdsOf, type TrialBalance, trialBalance } from './trial-balance.ts';

export interface TrialBalanceQuestion {
  range: ReportRange;
  filter: ReportFilter;
  includeDrafts: boolean;
  /** The time of knowledge of the books; null: now. */
  asOf: Date | null;
  /** Also return the company, for a printed report. */
  withSubject: boolean;
}

export interface TrialBalanceReport extends TrialBalanceQuestion {
  clientAccountId: number;
  balance: TrialBalance;
  subject: ReportSubject | null;
  /** Names of the related entities; for a printed report also of the dimensions in the filter. */
  names: ReadonlyMap<number, string>;
  printedAt: Date;
}

/** The trial balance of a client account for a range of days. Throws 422 for an impossible range. */
export const getTrialBalance = reportOperation('report.trial-balance', readTrialBalance);

export async function readTrialBalance(
  { tx, database, clientAccountId, now }: ReportContext,
  question: TrialBalanceQuestion,
): Promise<TrialBalanceReport> {
  const { range, filter, includeDrafts, asOf, withSubject } = question;
  requireRange(range);
  const known = await readKnownAt(tx, clientAccountId, asOf, now);
  const figures = await readFigures(tx, database, clientAccountId, range, filter, known);
  if (includeDrafts) figures.push(...(await readDraftFigures(tx, clientAccountId, range, filter)));
  const chart = await readChart(tx, database, clientAccountId, range.to, known);
  const ids = relatedIdsOf(figures, chart);
  if (withSubject) for (const dimension of filter.dimensions) for (const id of dimension.ids) ids.add(id);
  const names = await entityNames(tx, clientAccountId, ids, known);
  return {
    ...question,
    clientAccountId,
    balance: trialBalance(figures, chart, names),
    subject: withSubject ? await readReportSubject(tx, clientAccountId, known) : null,
    names,
    printedAt: now,
  };
}
