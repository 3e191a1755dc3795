import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openBackground } from '../background/background.ts';
import { openEhfThreads } from '../ehf-threads/ehf-threads.ts';
import { openImportThreads } from '../import-threads/import-threads.ts';
import { consumerChannels } from '../consumer-invoicing/index.ts';
import { openIntegrations } from '../integrations/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import { limitsOf } from '../platform/database/limits.ts';
import { requireRoom } from '../platform/database/room.ts';
import { Database } from '../platform/database/pool.ts';
import { openColumnKeys } from '../platform/encryption/read-column-keys.ts';
import { openFileStore } from '../platform/files/file-store.ts';
import type { Platform } from '../platform/operation.ts';
import { openRendering } from '../rendering-threads/rendering.ts';
import type { Command } from './command.ts';
import { CLOSE_WITHIN_MS, END_WITHIN_MS, endWithin } from './end-within.ts';
import { print } from './print.ts';

export const command: Command = {
  usage: `worker

Runs the background work (balances, hash chain, mails, jobs) without serving requests. Any number of workers may run; the
servers then take WORKERS=0.`,
  async run(args) {
    parseArgs({ args });
    const config = readConfig(process.env);
    const log = pino(
      { level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 2, sync: true }),
    );
    const asked = new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, resolve);
    });
    const opened = await openConnection(config);
    await requireRoom(opened.connection, config, log);
    const application = await applicationConnection(opened.connection);
    const database = new Database({ ...application, max: config.databasePoolSize }, limitsOf(config));
    await database.prove();
    const publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
    const rendering = openRendering(config, { connection: application, publicUrl, log });
    const imports = openImportThreads(config, { connection: application, log });
    const ehf = openEhfThreads({ log });
    const files = openFileStore(config, dataFolder(config.dataDir), application);
    const outside = {
      ...openIntegrations(config, { clock: systemClock, log, publicUrl, database }),
      consumerChannels,
    };
    const columnKeys = openColumnKeys(config, dataFolder(config.dataDir));
    const platform: Platform = {
      database,
      clock: systemClock,
      log,
      files,
      publicUrl,
      rendering,
      imports,
      ehf,
      outside,
      columnKeys,
    };
    const background = await openBackground(platform, config, opened.connection);
    platform.jobs = background.jobs;
    platform.tasks = background.tasks;
    await background.start();
    print('Hovedbok works in the background');
    await asked;
    await endWithin(END_WITHIN_MS, [background.stop(END_WITHIN_MS - 5_000)]);
    await endWithin(CLOSE_WITHIN_MS, [
      rendering.close(),
      imports.close(),
      ehf.close(),
      files.storage.close?.(),
      database.close(),
    ]);
    await opened.close();
    return 0;
  },
};
