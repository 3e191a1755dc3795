import type { ReportRenderer } from '../report-renderer.ts';
import { excelReport } from './excel-report.ts';

export const excelRenderer: ReportRenderer = {
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: 'xlsx',
  inline: false,
  passes: 1,
  render: (report, options) => ({ body: excelReport(report, options) }),
};
