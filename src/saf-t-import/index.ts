export { type Fault, faultLine } from './checks/fault.ts';
export { importSafT, type SafTImportOutcome, type SafTImportRequest, type SafTImportResult } from './import-saf-t.ts';
export { resultTable } from './result-table.ts';
export { importJob, SAF_T_IMPORT_JOB } from './import-job.ts';
export { safTImportTask } from './import-task.ts';
export { safTImportRoutes } from './saf-t-import.routes.ts';
