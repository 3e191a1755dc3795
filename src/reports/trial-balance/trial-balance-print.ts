import type { PrintableReport } from '../printed/printable-report.ts';
import { requireRange } from '../foundations/report-range.ts';
import { readReportSubject } from '../foundations/report-subject.ts';
import { readTrialBalance, type TrialBalanceQuestion } from './trial-balance-get.ts';
import { trialBalanceModel } from './trial-balance-model.ts';

export const printableTrialBalance: PrintableReport<TrialBalanceQuestion> = {
  name: 'trial-balance',
  check: ({ range }) => requireRange(range),
  async open(context, question) {
    const report = await readTrialBalance(context, { ...question, withSubject: true });
    const subject = report.subject ?? (await readReportSubject(context.tx, context.clientAccountId));
    return trialBalanceModel({ ...report, subject }, context.language);
  },
};
