import { join } from 'node:path';
import type pg from 'pg';
import type { ImportThreadData } from './import-thread-data.ts';
import type { Config } from '../platform/config.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import { limitsOf } from '../platform/database/limits.ts';
import { fileStoreConfig } from '../platform/files/file-store.ts';
import { importThreadErrors } from '../platform/jobs/errors.ts';
import type { Log } from '../platform/operation.ts';
import { packageRoot } from '../platform/package-root.ts';
import { RenderingThreads } from '../platform/rendering/rendering-threads.ts';

/** Jobs wait in their own queue: only those with a free worker get here. */
const QUEUE = 1_000;

/**
 * The threads that read and check imported files, one per worker: a file of any size takes no time from requests
 * (docs/decisions/0017). `connection`: with the application's role, like the server's own.
 */
export function openImportThreads(
  config: Config,
  { connection, log }: { connection: pg.ClientConfig; log: Log },
): RenderingThreads {
  const data: ImportThreadData = {
    connection,
    limits: limitsOf(config),
    files: fileStoreConfig(config),
    dataDir: dataFolder(config.dataDir),
  };
  return new RenderingThreads({
    file: join(packageRoot, 'dist', 'import-thread.js'),
    data,
    threads: Math.max(1, config.workers),
    queue: QUEUE,
    seconds: config.importSeconds,
    backgroundSeconds: config.importSeconds,
    memoryMegabytes: config.importMemoryMb,
    errors: importThreadErrors,
    log,
  });
}
