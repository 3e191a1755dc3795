import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database/pool.ts';
import type { ThreadTask } from '../platform/rendering/thread-work.ts';
import { valueTask } from '../platform/rendering/value-work.ts';
import { importSafT, type SafTImportRequest } from './import-saf-t.ts';

/** The import on an import thread. Its result is returned as JSON. */
export function safTImportTask(database: Database, clock: Clock): ThreadTask {
  return valueTask(({ input }, progress) =>
    importSafT(database, clock, {
      ...(input as SafTImportRequest),
      progress: (bytes, of) => progress(bytes / Math.max(of, 1)),
    }),
  );
}
