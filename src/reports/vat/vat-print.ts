import type { PrintableReport } from '../printed/printable-report.ts';
import { FROM_TO_DATE, requireRange } from '../foundations/report-range.ts';
import { readVatReport, readVatSubject, type VatQuestion } from './vat-get.ts';
import { vatModel } from './vat-model.ts';

export const printableVat: PrintableReport<VatQuestion> = {
  name: 'vat',
  check: ({ range }) => requireRange(range, FROM_TO_DATE),
  async open(context, question) {
    const report = await readVatReport(context, question);
    return vatModel(report, await readVatSubject(context, question), context.language);
  },
};
