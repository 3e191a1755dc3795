import type { Language } from '../../platform/errors.ts';
import type { PrintFormat } from '../foundations/report-format.ts';

/** The input of a report on a rendering thread. */
export interface ReportPrinting {
  /** Its name in the list of printable reports. */
  report: string;
  question: unknown;
  language: Language;
  format: PrintFormat;
  printedAt: Date;
}

/** The name of the rendering threads' task. */
export const REPORT_TASK = 'report';
