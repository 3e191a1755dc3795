export { safTExportJob } from './export-job.ts';
export { SAF_T_EXPORT_TASK } from './export-printing.ts';
export { openSafTExport, type SafTExport, type SafTExportRequest } from './export-saf-t.ts';
export { safTExportTask } from './export-task.ts';
export { SAF_T_VERSIONS } from './saf-t-version.ts';
export { safTExportRoutes } from './saf-t-export.routes.ts';
