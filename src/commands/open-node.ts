import type pg from 'pg';
import { consumerChannels } from '../consumer-invoicing/index.ts';
import { openEhfThreads } from '../ehf-threads/ehf-threads.ts';
import { openImportThreads } from '../import-threads/import-threads.ts';
import { openIntegrations } from '../integrations/index.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Config } from '../platform/config.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import type { Database } from '../platform/database/pool.ts';
import { openColumnKeys } from '../platform/encryption/read-column-keys.ts';
import { openFileStore } from '../platform/files/file-store.ts';
import type { Log, Platform } from '../platform/operation.ts';
import { openRendering } from '../rendering-threads/rendering.ts';

interface NodeParts {
  database: Database;
  /** The connection under the application's role, for the threads. */
  application: pg.PoolConfig;
  log: Log;
  publicUrl: string;
  /** Settings of the parties, if stand-ins take their place. */
  standIns?: Partial<Config> | undefined;
}

/** The parts of a server or worker process: threads, parties, files and keys. `close` ends what it has opened. */
export function openNode(config: Config, { database, application, log, publicUrl, standIns }: NodeParts) {
  const rendering = openRendering(config, { connection: application, publicUrl, log });
  const imports = openImportThreads(config, { connection: application, log });
  const ehf = openEhfThreads({ log });
  const files = openFileStore(config, dataFolder(config.dataDir), application);
  const outside = {
    ...openIntegrations({ ...config, ...standIns }, { clock: systemClock, log, publicUrl, database }),
    consumerChannels,
  };
  const columnKeys = openColumnKeys(config, dataFolder(config.dataDir));
  const clock = systemClock;
  const platform: Platform = { database, clock, log, files, publicUrl, rendering, imports, ehf, outside, columnKeys };
  return {
    platform,
    close: () => [rendering.close(), imports.close(), ehf.close(), files.storage.close?.()],
  };
}
