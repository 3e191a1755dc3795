import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restore } from '../platform/backup/restore.ts';
import { readConfig } from '../platform/config.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import type { Command } from './command.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `restore FILE

Makes the data folder (DATA_DIR) from an archive that "hovedbok backup" wrote. The folder must be empty or missing.`,
  async run(args) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) {
      printError('hovedbok restore: expected one FILE');
      return 2;
    }
    const config = readConfig(process.env);
    if (config.databaseUrl) {
      printError('hovedbok restore is for the embedded database. For DATABASE_URL see docs/operations.md.');
      return 2;
    }
    const dataDir = dataFolder(config.dataDir);
    try {
      const { createdAt } = await restore(resolve(file), dataDir);
      print(`Restored ${dataDir} as it was on ${createdAt}. Start with: npm start`);
      return 0;
    } catch (error) {
      printError(`hovedbok restore: ${(error as Error).message}`);
      return 1;
    }
  },
};
