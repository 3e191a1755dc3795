import { parentPort, workerData } from 'node:worker_threads';
import { BANK_IMPORT_JOB, bankImportTask } from '../banking/index.ts';
import type { ImportThreadData } from './import-thread-data.ts';
import { assert } from '../kernel/assert.ts';
import { systemClock } from '../kernel/clock.ts';
import { Database } from '../platform/database/pool.ts';
import { openFileStore } from '../platform/files/file-store.ts';
import { doTasks } from '../platform/rendering/thread-work.ts';
import { SAF_T_IMPORT_JOB, safTImportTask } from '../saf-t-import/index.ts';

assert(parentPort, 'this program is a thread of another');
const { connection, limits, files, dataDir } = workerData as ImportThreadData;
const database = new Database({ ...connection, max: 3 }, limits);

doTasks(parentPort, {
  [SAF_T_IMPORT_JOB]: safTImportTask(database, systemClock),
  [BANK_IMPORT_JOB]: bankImportTask({
    database,
    clock: systemClock,
    files: openFileStore(files, dataDir, connection),
  }),
});
