import { READERS } from '../platform/caller.ts';
import { readOperation } from '../platform/operation.ts';
import { readDraftFigures } from './draft-figures.ts';
import { readFigures } from './ledger-figures.ts';
import { entityNames } from './related-entities.ts';
import { readChart } from './report-chart.ts';
import type { ReportFilter } from './report-filter.ts';
import { type ReportRange, requireRange } from './report-range.ts';
import { readReportSubject, type ReportSubject } from './report-subject.ts';
import { relatedIdsOf, type TrialBalance, trialBalance } from './trial-balance.ts';

export interface TrialBalanceQuestion {
  range: ReportRange;
  filter: ReportFilter;
  includeDrafts: boolean;
  /** Also say whose books these are, for a printed report. */
  withSubject: boolean;
}

export interface TrialBalanceReport extends TrialBalanceQuestion {
  clientAccountId: number;
  balance: TrialBalance;
  subject: ReportSubject | null;
  printedAt: Date;
}

/** The trial balance of a client account for a range of days. Throws 422 for an impossible range. */
export const getTrialBalance = readOperation({
  name: 'report.trial-balance',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, tx, clientAccountId, now }, question: TrialBalanceQuestion): Promise<TrialBalanceReport> {
    const { range, filter, includeDrafts, withSubject } = question;
    requireRange(range);
    const figures = await readFigures(tx, clientAccountId, range, filter);
    if (includeDrafts) figures.push(...(await readDraftFigures(tx, clientAccountId, range, filter)));
    const chart = await readChart(tx, platform.database, clientAccountId, range.to);
    const names = await entityNames(tx, clientAccountId, relatedIdsOf(figures, chart));
    return {
      ...question,
      clientAccountId,
      balance: trialBalance(figures, chart, names),
      subject: withSubject ? await readReportSubject(tx, clientAccountId) : null,
      printedAt: now,
    };
  },
});
