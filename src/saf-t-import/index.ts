export { type Fault, faultLine } from './fault.ts';
export { importSafT, type SafTImportOutcome, type SafTImportRequest, type SafTImportResult } from './import-saf-t.ts';
export { resultTable } from './result-table.ts';
