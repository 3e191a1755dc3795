import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BankImportOutcome, type BankImportResult, bankFaultLine, importBankFile } from '../banking/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { type Config, readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { migrate } from '../platform/database/migrate.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { commandLimitsOf } from '../platform/database/limits.ts';
import { Database } from '../platform/database/pool.ts';
import { type FileStore, openFileStore } from '../platform/files/file-store.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import { importer, progressLine } from './importer.ts';
import { print, printError } from './print.ts';

interface Wanted {
  path: string;
  clientAccountId: number;
  bankAccountId: number | null;
  acceptSuspicious: boolean;
  email: string | undefined;
}

/** `import bank FILE`. Exit code 0, 1 if the file or one of its statements is refused, 2 for wrong usage. */
export async function importBank(args: string[]): Promise<number> {
  const wanted = read(args);
  if (Array.isArray(wanted)) {
    for (const fault of wanted) printError(`hovedbok import: ${fault}`);
    return 2;
  }
  const config = readConfig(process.env);
  const opened = await openConnection(config);
  try {
    await migrate(opened.connection);
    const application = await applicationConnection(opened.connection);
    const database = new Database(application, commandLimitsOf(config));
    const files = openFileStore(config, dataFolder(config.dataDir), application);
    try {
      return await run(database, config, files, wanted);
    } finally {
      await files.storage.close?.();
      await database.close();
    }
  } finally {
    await opened.close();
  }
}

function read(args: string[]): Wanted | string[] {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'client-account': { type: 'string' },
      'bank-account': { type: 'string' },
      'accept-suspicious': { type: 'boolean' },
      user: { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  const { 'client-account': client, 'bank-account': account } = values;
  const faults = [
    ...(file && more.length === 0 ? [] : ['expected: bank FILE']),
    ...(client !== undefined && /^[1-9]\d{0,6}$/.test(client) ? [] : ['--client-account ID is required']),
    ...(account === undefined || /^[1-9]\d{0,15}$/.test(account) ? [] : ['--bank-account takes an id']),
  ];
  if (faults.length > 0) return faults;
  return {
    path: resolve(file!),
    clientAccountId: Number(client),
    bankAccountId: account === undefined ? null : Number(account),
    acceptSuspicious: values['accept-suspicious'] ?? false,
    email: values.user,
  };
}

async function run(database: Database, config: Config, files: FileStore, wanted: Wanted): Promise<number> {
  const importedBy = await importer(database, wanted.clientAccountId, wanted.email);
  if (typeof importedBy === 'string') {
    printError(`hovedbok import: ${importedBy}`);
    return 2;
  }
  const start = performance.now();
  const progress = progressLine(start);
  let outcome: BankImportOutcome;
  try {
    const file = await files.stage(createReadStream(wanted.path), config.maxImportBytes);
    file.name = basename(wanted.path);
    try {
      const { clientAccountId, bankAccountId, acceptSuspicious } = wanted;
      outcome = await importBankFile(
        { database, clock: systemClock, files },
        { file, clientAccountId, bankAccountId, acceptSuspicious, userId: importedBy.userId, progress: progress.show },
      );
    } finally {
      await file.discard();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    printError(`hovedbok import: there is no file ${wanted.path}`);
    return 2;
  } finally {
    progress.end();
  }
  if (outcome.status === 'refused') {
    for (const fault of outcome.errors) printError(bankFaultLine(fault));
    printError(`\nRefused: ${outcome.errorCount} faults. Nothing was imported.`);
    return 1;
  }
  tell(outcome.result);
  return outcome.result.counts.refused > 0 ? 1 : 0;
}

function tell(result: BankImportResult): void {
  for (const warning of result.warnings) printError(`warning ${bankFaultLine(warning)}`);
  for (const error of result.errors) printError(`refused ${bankFaultLine(error)}`);
  for (const one of result.suspicious)
    printError(
      `suspicious line ${one.line}: ${one.booking_date} ${one.amount} ${one.text ?? ''}: ${one.reason_en} (${one.known_transaction_id})`,
    );
  for (const one of result.statements) {
    const period = one.from_date ? `${one.from_date} - ${one.to_date}` : 'no period';
    const counts = (['imported', 'already_known', 'enriched', 'waiting', 'suspicious', 'pending'] as const)
      .filter((name) => one[name] > 0)
      .map((name) => `${one[name]} ${name.replace('_', ' ')}`);
    print(`${one.account ?? 'no account'}  ${period}  ${one.status}${counts.length ? `: ${counts.join(', ')}` : ''}`);
  }
  if (result.already_imported) print('The very same file was imported before. Nothing was changed.');
}
