import type { PrintableReport } from '../printed/printable-report.ts';
import { entityNames } from '../trail/related-entities.ts';
import { requireRange } from '../foundations/report-range.ts';
import { readReportSubject } from '../foundations/report-subject.ts';
import { type IncomeStatementQuestion, readIncomeStatement } from './income-statement-get.ts';
import { incomeStatementModel } from './income-statement-model.ts';

export const printableIncomeStatement: PrintableReport<IncomeStatementQuestion> = {
  name: 'income-statement',
  check: ({ range }) => requireRange(range),
  async open(context, question) {
    const { tx, clientAccountId, language } = context;
    const report = await readIncomeStatement(context, question);
    const ids = new Set(question.filter.dimensions.flatMap((dimension) => dimension.ids));
    return incomeStatementModel(
      {
        ...report,
        subject: await readReportSubject(tx, clientAccountId, report.known),
        names: await entityNames(tx, clientAccountId, ids, report.known),
      },
      language,
    );
  },
};
