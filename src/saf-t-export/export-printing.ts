import type { Language } from '../platform/errors.ts';
import type { SafTExportRequest } from './export-saf-t.ts';

/** What a rendering thread is told of an export. */
export interface ExportPrinting {
  request: SafTExportRequest;
  language: Language;
  now: Date;
}

/** The rendering threads' name for it. */
export const SAF_T_EXPORT_TASK = 'saf-t-export';
