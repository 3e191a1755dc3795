import { parentPort, workerData } from 'node:worker_threads';
import { printableAssetRegister, printableDepreciation } from '../assets/index.ts';
import { printableBankReconciliation } from '../banking/index.ts';
import { printableAgedPayables, printableAgedReceivables } from '../invoices/index.ts';
import { assert } from '../kernel/assert.ts';
import { Database } from '../platform/database/pool.ts';
import { doTasks } from '../platform/rendering/thread-work.ts';
import type { RenderingThreadData } from './rendering-thread-data.ts';
import { FORM_TASK, formTask } from '../reports/delivery/form-task.ts';
import { reportTask } from '../reports/delivery/report-task.ts';
import { REPORT_TASK } from '../reports/delivery/report-printing.ts';
import { printableReports } from '../reports/printed/printable-reports.ts';
import { SAF_T_EXPORT_TASK, safTExportTask } from '../saf-t-export/index.ts';

assert(parentPort, 'this program is a thread of another');
const { connection, publicUrl, statementSeconds } = workerData as RenderingThreadData;
const database = new Database({ ...connection, max: 3 }, { statementSeconds, lastingSeconds: statementSeconds });

doTasks(parentPort, {
  [REPORT_TASK]: reportTask(database, publicUrl, [
    ...printableReports,
    printableAssetRegister,
    printableDepreciation,
    printableBankReconciliation,
    printableAgedReceivables,
    printableAgedPayables,
  ]),
  [FORM_TASK]: formTask,
  [SAF_T_EXPORT_TASK]: safTExportTask(database),
});
