import type { PrintableReport } from '../printed/printable-report.ts';
import { entityNames } from '../trail/related-entities.ts';
import { readReportSubject } from '../foundations/report-subject.ts';
import { type BalanceSheetQuestion, readBalanceSheet } from './balance-sheet-get.ts';
import { balanceSheetModel } from './balance-sheet-model.ts';

export const printableBalanceSheet: PrintableReport<BalanceSheetQuestion> = {
  name: 'balance-sheet',
  async open(context, question) {
    const { tx, clientAccountId, language } = context;
    const report = await readBalanceSheet(context, question);
    const ids = new Set(question.filter.dimensions.flatMap((dimension) => dimension.ids));
    return balanceSheetModel(
      {
        ...report,
        subject: await readReportSubject(tx, clientAccountId, report.known),
        names: await entityNames(tx, clientAccountId, ids, report.known),
      },
      language,
    );
  },
};
