import type { Language } from '../platform/errors.ts';
import type { SafTExportRequest } from './export-saf-t.ts';

/** The input of an export on a rendering thread. */
export interface ExportPrinting {
  request: SafTExportRequest;
  language: Language;
  now: Date;
}

/** The name of the rendering threads' task. */
export const SAF_T_EXPORT_TASK = 'saf-t-export';
