import type { Language } from '../../platform/errors.ts';
import type { PrintFormat } from '../foundations/report-format.ts';

/** What a rendering thread is told of a report to be printed. */
export interface ReportPrinting {
  /** Its name in the list of printable reports. */
  report: string;
  question: unknown;
  language: Language;
  format: PrintFormat;
  printedAt: Date;
}

/** The rendering threads' name for it. */
export const REPORT_TASK = 'report';
