import type { PrintFormat } from '../report-format.ts';
import { excelRenderer } from './excel/excel-renderer.ts';
import { htmlRenderer } from './html-renderer.ts';
import type { ReportRenderer } from './report-renderer.ts';

/** A renderer for each format of a printed report. */
export const renderers: Partial<Record<PrintFormat, ReportRenderer>> = {
  excel: excelRenderer,
  html: htmlRenderer,
};
