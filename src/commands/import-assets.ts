import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type AssetChanges, assignOpenings, createAsset, listAssets } from '../assets/index.ts';
import { CsvBroken, CsvSplitter } from '../banking/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { isLocalDate } from '../kernel/local-date.ts';
import { type Ore, parseAmount } from '../kernel/money.ts';
import { SCOPES } from '../platform/caller.ts';
import type { Database } from '../platform/database/pool.ts';
import { AppError } from '../platform/errors.ts';
import type { Operation, Platform } from '../platform/operation.ts';
import { callerOfUser } from '../tenancy/index.ts';
import { importer } from './importer.ts';
import { print, printError } from './print.ts';
import { withDatabase } from './with-database.ts';

const COLUMNS = [
  'name',
  'asset_class',
  'acquisition_date',
  'cost_account',
  'cost',
  'accumulated_account',
  'accumulated_depreciation',
] as const;
const LARGEST_BYTES = 10_000_000;
const MOST_ASSETS = 500;

interface AssetRow {
  line: number;
  name: string;
  assetClass: string | null;
  acquired: string | null;
  costAccount: string | null;
  cost: Ore;
  accumulatedAccount: string | null;
  accumulated: Ore;
}

/**
 * `import assets FILE`: the guided step after an import. Creates the assets of a file that do not exist yet, by name,
 * and assigns the balances of their accounts to them. Exit code 0, 1 if refused, 2 for wrong usage.
 */
export async function importAssets(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'client-account': { type: 'string' }, date: { type: 'string' }, user: { type: 'string' } },
  });
  const [file, ...more] = positionals;
  const { 'client-account': client, date, user } = values;
  const faults = [
    ...(file && more.length === 0 ? [] : ['expected: assets FILE']),
    ...(client !== undefined && /^[1-9]\d{0,6}$/.test(client) ? [] : ['--client-account ID is required']),
    ...(date === undefined || isLocalDate(date) ? [] : ['--date takes a day, as 2024-12-31']),
  ];
  for (const fault of faults) printError(`hovedbok import: ${fault}`);
  if (faults.length > 0) return 2;
  return withDatabase((database) =>
    assignFromFile(database, Number(client), { path: resolve(file!), date: date ?? null, email: user }),
  );
}

export async function assignFromFile(
  database: Database,
  clientAccountId: number,
  { path, ...how }: { path: string; date: string | null; email: string | undefined },
): Promise<number> {
  const rows = await readRows(path);
  if (typeof rows !== 'string') return run(database, clientAccountId, { rows, ...how });
  printError(`hovedbok import: ${rows}`);
  return 2;
}

async function readRows(path: string): Promise<AssetRow[] | string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return `there is no file ${path}`;
  }
  if (text.length > LARGEST_BYTES) return `${path} is larger than a list of assets can be`;
  const splitter = new CsvSplitter(';');
  try {
    const [head, ...rest] = [
      ...splitter.write(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')),
      ...splitter.end(),
    ];
    if (head?.cells.map((cell) => cell.trim()).join(';') !== COLUMNS.join(';'))
      return `the first line must be ${COLUMNS.join(';')}`;
    const filled = rest.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
    if (filled.length === 0 || filled.length > MOST_ASSETS) return `expected 1 to ${MOST_ASSETS} assets`;
    const read = filled.map(({ line, cells }) =>
      assetRow(
        line,
        cells.map((cell) => cell.trim()),
      ),
    );
    const wrong = read.filter((row) => typeof row === 'string');
    return wrong.length > 0 ? wrong.join('; ') : (read as AssetRow[]);
  } catch (error) {
    if (!(error instanceof CsvBroken)) throw error;
    return `line ${error.line}: ${error.code}`;
  }
}

function assetRow(line: number, cells: string[]): AssetRow | string {
  const [name = '', assetClass = '', acquired = '', costAccount = '', cost = '', account = '', accumulated = ''] =
    cells;
  const amounts = [cost, accumulated || '0'].map((text) =>
    parseAmount(text.replace(/[\s\u00a0]/g, '').replace(',', '.')),
  );
  if (name === '') return `line ${line}: a name is required`;
  if (acquired !== '' && !isLocalDate(acquired)) return `line ${line}: acquisition_date is no day, as 2024-12-31`;
  if (amounts[0] == null || amounts[0] <= 0n || amounts[1] == null || amounts[1] < 0n)
    return `line ${line}: cost must be an amount above 0, accumulated_depreciation one of at least 0`;
  return {
    line,
    name,
    assetClass: assetClass || null,
    acquired: acquired || null,
    costAccount: costAccount || null,
    cost: amounts[0],
    accumulatedAccount: account || null,
    accumulated: amounts[1],
  };
}

async function run(
  database: Database,
  clientAccountId: number,
  { rows, date, email }: { rows: AssetRow[]; date: string | null; email: string | undefined },
): Promise<number> {
  const importedBy = await importer(database, clientAccountId, email);
  const caller =
    typeof importedBy === 'string' ? null : await callerOfUser(database, importedBy.userId, SCOPES, systemClock.now());
  if (typeof importedBy === 'string' || !caller) {
    printError(`hovedbok import: ${typeof importedBy === 'string' ? importedBy : 'the user is gone'}`);
    return 2;
  }
  const log = { info() {}, warn() {}, error() {} };
  const platform = { database, clock: systemClock, log } as unknown as Platform;
  const call = async <I, O>(operation: Operation<I, O>, input: I): Promise<O> =>
    (await operation.call(platform, { caller, clientAccountId }, input)).value;
  try {
    const known = new Map<string, number>();
    for (let page = 1; ; page++) {
      const { data, meta } = await call(listAssets, { page, perPage: 100, isActive: true, with: new Set<string>() });
      for (const { name, id } of data) known.set(name, id);
      if (page >= meta.pages) break;
    }
    const assets = [];
    for (const row of rows) {
      const { name, assetClass, acquired, costAccount, cost, accumulatedAccount, accumulated } = row;
      const register = {
        name,
        asset_class: assetClass as AssetChanges['asset_class'] & string,
        acquisition_date: acquired,
      };
      const assetId = known.get(name) ?? (await call(createAsset, register)).id;
      known.set(name, assetId);
      assets.push({ assetId, costAccount, cost, accumulatedAccount, accumulated });
    }
    const { journal_entry_id, entry_date } = await call(assignOpenings, { entryDate: date, assets });
    print(`${assets.length} assets have their opening balances on ${entry_date}, entry ${journal_entry_id}`);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    printError(`hovedbok import: ${error.sentence('en')}`);
    for (const { path, problem } of error.fields) printError(`  ${path}: ${problem.en}`);
    return 1;
  }
}
