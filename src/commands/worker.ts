import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startBackground } from '../background.ts';
import { startJobs } from '../background-jobs.ts';
import { systemClock } from '../kernel/clock.ts';
import { readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { Database } from '../platform/database/pool.ts';
import type { Command } from './command.ts';

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
    const database = new Database({
      ...(await applicationConnection(opened.connection)),
      max: config.databasePoolSize,
    });
    const platform = { database, clock: systemClock, log };
    const background = startBackground(platform, config);
    const jobs = await startJobs(platform, config, opened.connection);
    console.log('Hovedbok works in the background');
    await asked;
    await jobs.stop();
    await background.stop();
    await database.close();
    await opened.close();
    return 0;
  },
};
