import type { PrintableReport } from '../printable-report.ts';
import { requireRange } from '../report-range.ts';
import { readVatReport, readVatSubject, type VatQuestion } from './vat-get.ts';
import { vatModel } from './vat-model.ts';

export const printableVat: PrintableReport<VatQuestion> = {
  name: 'vat',
  check: ({ range }) => requireRange(range),
  async open(context, question) {
    const report = await readVatReport(context, question);
    return vatModel(report, await readVatSubject(context, question), context.language);
  },
};
