import { entityNames } from '../trail/related-entities.ts';
import type { PrintableReport } from '../printed/printable-report.ts';
import { requireRange, START_END_DATE } from '../foundations/report-range.ts';
import { readReportSubject } from '../foundations/report-subject.ts';
import { generalLedgerStream } from './general-ledger-model.ts';
import { type GeneralLedgerQuestion, openGeneralLedger } from './general-ledger-read.ts';

/** The printed general ledger: every line of the range, read through the transaction while it is rendered. */
export const printableGeneralLedger: PrintableReport<GeneralLedgerQuestion> = {
  name: 'general-ledger',
  long: true,
  check: ({ range }) => requireRange(range, START_END_DATE),
  async open(context, question) {
    const { tx, clientAccountId, language, now } = context;
    const opened = await openGeneralLedger(context, question);
    const ids = new Set(question.filter.dimensions.flatMap((dimension) => dimension.ids));
    const source = {
      ...question,
      ...opened,
      clientAccountId,
      subject: await readReportSubject(tx, clientAccountId, opened.known),
      filterNames: await entityNames(tx, clientAccountId, ids, opened.known),
      printedAt: now,
    };
    return generalLedgerStream(source, language);
  },
};
