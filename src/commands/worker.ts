import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openBackground } from '../background/background.ts';
import { readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { limitsOf } from '../platform/database/limits.ts';
import { requireRoom } from '../platform/database/room.ts';
import { Database } from '../platform/database/pool.ts';
import type { Command } from './command.ts';
import { CLOSE_WITHIN_MS, END_WITHIN_MS, endWithin } from './end-within.ts';
import { openNode } from './open-node.ts';
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
    const node = openNode(config, { database, application, log, publicUrl });
    const { platform } = node;
    const background = await openBackground(platform, config, opened.connection);
    platform.jobs = background.jobs;
    platform.tasks = background.tasks;
    await background.start();
    print('Hovedbok works in the background');
    await asked;
    await endWithin(END_WITHIN_MS, [background.stop(END_WITHIN_MS - 5_000)]);
    await endWithin(CLOSE_WITHIN_MS, [...node.close(), database.close()]);
    await opened.close();
    return 0;
  },
};
