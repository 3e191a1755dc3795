import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../kernel/clock.ts';
import { backup } from '../platform/backup/backup.ts';
import { readConfig } from '../platform/config.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import type { Command } from './command.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `backup FILE

Writes the embedded database and the uploaded files to FILE, a gzipped tar archive, also while the server runs. The
archive holds all that was committed when it ends. FILE is replaced only by a complete archive.
A server of DATABASE_URL is backed up with PostgreSQL's own tools: docs/operations.md.`,
  async run(args) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) {
      printError('hovedbok backup: expected one FILE');
      return 2;
    }
    const config = readConfig(process.env);
    if (config.databaseUrl) {
      printError('hovedbok backup is for the embedded database. For DATABASE_URL see docs/operations.md.');
      return 2;
    }
    const opened = await openConnection(config);
    try {
      await backup(opened.connection, resolve(file), systemClock.now());
    } catch (error) {
      printError(`hovedbok backup: ${(error as Error).message}`);
      return 1;
    } finally {
      await opened.close();
    }
    print(`Wrote ${resolve(file)}`);
    return 0;
  },
};
