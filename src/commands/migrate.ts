import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config.ts';
import { migrate } from '../platform/database/migrate.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import type { Command } from './command.ts';
import { print } from './print.ts';

export const command: Command = {
  usage: 'migrate\n\nBrings the schema and the reference data of the database up to date. A start does this as well.',
  async run(args) {
    parseArgs({ args });
    const opened = await openConnection(readConfig(process.env));
    try {
      const applied = await migrate(opened.connection, print);
      print(applied.length > 0 ? `${applied.length} migrations applied` : 'The database is up to date');
    } finally {
      await opened.close();
    }
    return 0;
  },
};
