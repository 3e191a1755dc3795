import type { PrintFormat } from '../foundations/report-format.ts';
import { excelRenderer } from './excel/excel-renderer.ts';
import { htmlRenderer } from './html-renderer.ts';
import { pdfRenderer } from './pdf-renderer.ts';
import type { ReportRenderer } from './report-renderer.ts';

/** A renderer for each format of a printed report. */
export const renderers: Record<PrintFormat, ReportRenderer> = {
  excel: excelRenderer,
  html: htmlRenderer,
  pdf: pdfRenderer,
};
