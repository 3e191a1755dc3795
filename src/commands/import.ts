import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../kernel/clock.ts';
import { readConfig } from '../platform/config.ts';
import { migrate } from '../platform/database/migrate.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { commandLimitsOf } from '../platform/database/limits.ts';
import { Database } from '../platform/database/pool.ts';
import { importAssets } from './import-assets.ts';
import { importBank } from './import-bank.ts';
import { importer, progressLine } from './importer.ts';
import { faultLine, importSafT, resultTable, type SafTImportOutcome } from '../saf-t-import/index.ts';
import type { Command } from './command.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `import saf-t FILE [--client-account ID | --new] [--user EMAIL]
       import assets FILE --client-account ID [--date DAY] [--user EMAIL]
       import bank FILE --client-account ID [--bank-account ID] [--accept-suspicious] [--user EMAIL]

Takes in the books of a SAF-T Financial file (1.20, 1.30 or 1.40; the XML or a ZIP of it): accounts, partners, VAT codes,
dimensions, opening balances and vouchers, all or nothing. Into a client account, or into a new one made from the file
(the default). --user is who does it and owns the new client account: otherwise the owner of the client account, or the
first user. Works beside a running server. Exit code 1 if the file is refused; every fault is listed.

assets: puts what imported books have on accounts of fixed assets onto assets, from a list with the columns
name;asset_class;acquisition_date;cost_account;cost;accumulated_account;accumulated_depreciation. Assets are made where there
is none of the name; accounts left empty are those of the class. --date is the day, otherwise the last one that was imported.

bank: takes in a bank file (camt.053, camt.054, OCR giro, MT940, CSV of DNB, SpareBank 1, Nordea, Handelsbanken; plain or
in a ZIP), known by its content. What the books have is recognised. --bank-account is the account of a file that names
none; --accept-suspicious takes in what is probably known from another kind of source too. Exit code 1 if a statement of it
is refused.`,
  async run(args) {
    if (args[0] === 'bank') return importBank(args.slice(1));
    if (args[0] === 'assets') return importAssets(args.slice(1));
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'client-account': { type: 'string' }, new: { type: 'boolean' }, user: { type: 'string' } },
    });
    const [format, file, ...more] = positionals;
    const wanted = values['client-account'];
    const faults = [
      ...(format === 'saf-t' && file && more.length === 0 ? [] : ['expected: saf-t FILE, bank FILE or assets FILE']),
      ...(wanted === undefined || /^[1-9]\d{0,6}$/.test(wanted) ? [] : ['--client-account takes an id']),
      ...(wanted !== undefined && values.new ? ['--client-account and --new exclude each other'] : []),
    ];
    if (faults.length > 0) {
      for (const fault of faults) printError(`hovedbok import: ${fault}`);
      return 2;
    }
    const config = readConfig(process.env);
    const opened = await openConnection(config);
    try {
      await migrate(opened.connection);
      const database = new Database(await applicationConnection(opened.connection), commandLimitsOf(config));
      try {
        return await run(database, resolve(file!), wanted === undefined ? null : Number(wanted), values.user);
      } finally {
        await database.close();
      }
    } finally {
      await opened.close();
    }
  },
};

async function run(
  database: Database,
  path: string,
  clientAccountId: number | null,
  email: string | undefined,
): Promise<number> {
  const importedBy = await importer(database, clientAccountId, email);
  if (typeof importedBy === 'string') {
    printError(`hovedbok import: ${importedBy}`);
    return 2;
  }
  const start = performance.now();
  const progress = progressLine(start);
  let outcome: SafTImportOutcome;
  try {
    outcome = await importSafT(database, systemClock, {
      path,
      fileName: basename(path),
      clientAccountId,
      userId: importedBy.userId,
      reachable: importedBy.clientAccounts,
      progress: progress.show,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    printError(`hovedbok import: there is no file ${path}`);
    return 2;
  } finally {
    progress.end();
  }
  if (outcome.status === 'refused') {
    for (const fault of outcome.errors) printError(faultLine(fault));
    const beyond = outcome.errorCount - outcome.errors.length;
    printError(
      `\nRefused: ${outcome.errorCount} faults${beyond > 0 ? `, ${beyond} of them not listed` : ''}. Nothing was imported.`,
    );
    return 1;
  }
  const { result } = outcome;
  for (const warning of result.warnings) printError(`warning ${faultLine(warning)}`);
  if (result.already_imported)
    print(`Client account ${result.client_account_id} has these books already. Nothing was changed.\n`);
  print(resultTable(result));
  if (!result.already_imported)
    print(
      `\nImported into client account ${result.client_account_id} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
  return 0;
}
