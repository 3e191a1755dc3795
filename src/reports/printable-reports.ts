import type { PrintableReport } from './printable-report.ts';
import { printableTrialBalance } from './trial-balance-print.ts';

/** Every report that can be printed; a rendering thread finds them here by name. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const printableReports: readonly PrintableReport<any>[] = [printableTrialBalance];
