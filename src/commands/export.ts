import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../archive/index.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Command } from './command.ts';
import { exportHledgerFile, HLEDGER_USAGE } from './export-hledger-file.ts';
import { exportSafTFile, SAF_T_USAGE } from './export-saf-t-file.ts';
import { withDatabase } from './with-database.ts';
import { writeWhole } from './write-whole.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `export --client-account ID FILE

Writes everything kept of a client account to FILE, a ZIP: entries, masters, drafts, locks, log, hash chain and the
uploaded files, with a description of how they are read. Works beside a running server, and for a deactivated client
account. FILE is replaced only by a complete archive. Exit code 1 if a file is missing from it.

${SAF_T_USAGE}

${HLEDGER_USAGE}`,
  async run(args) {
    if (args[0] === 'hledger') return exportHledgerFile(args.slice(1));
    if (args[0] === 'saf-t') return exportSafTFile(args.slice(1));
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'client-account': { type: 'string' } },
    });
    const [file, ...more] = positionals;
    const wanted = values['client-account'];
    if (!file || more.length > 0 || wanted === undefined || !/^[1-9]\d{0,6}$/.test(wanted)) {
      printError('hovedbok export: expected --client-account ID and one FILE');
      return 2;
    }
    return withDatabase(async (database, _config, files) => {
      const archive = await openArchive({
        database,
        storage: files.storage,
        clientAccountId: Number(wanted),
        now: systemClock.now(),
      });
      if (!archive) {
        printError(`hovedbok export: there is no client account ${wanted}`);
        return 2;
      }
      await writeWhole(archive.stream, resolve(file));
      const faults = await archive.faults;
      for (const fault of faults) printError(`hovedbok export: ${fault}`);
      print(`Wrote ${resolve(file)}`);
      return faults.length === 0 ? 0 : 1;
    });
  },
};
