import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { dropDatabase } from '../../../test/support/database/drop-database.ts';
import type { OwnerConnection } from '../../../test/support/database/global-setup.ts';
import { packageRoot } from '../package-root.ts';
import { startFault } from '../start-fault.ts';
import { migrate } from './migrate.ts';
import { readChart } from './reference-data.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function query<R>(connection: OwnerConnection, text: string): Promise<R[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const answers = [await client.query(text)].flat() as pg.QueryResult[];
    return answers.at(-1)!.rows as R[];
  } finally {
    await client.end();
  }
}

async function emptyDatabase(): Promise<OwnerConnection> {
  const name = `hovedbok_migrate_${randomBytes(6).toString('hex')}`;
  const owner = testOwnerConnection();
  await query(owner, `create database ${name}`);
  undo.push(() => dropDatabase((statement) => query(owner, statement), name));
  if (!owner.connectionString) return { ...owner, database: name };
  const url = new URL(owner.connectionString);
  url.pathname = `/${name}`;
  return { connectionString: url.href };
}

function packageCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hb-migrate-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  cpSync(join(packageRoot, 'db'), join(folder, 'db'), { recursive: true });
  return folder;
}

test('a migrated database has nothing to apply', async () => {
  expect(await migrate(testOwnerConnection())).toEqual([]);
});

test('nodes that start at once migrate once, and load the chart once', async () => {
  const connection = await emptyDatabase();
  const log: string[] = [];
  const applied = await Promise.all([1, 2, 3].map(() => migrate(connection, (line) => log.push(line))));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  expect(applied.flat().slice(0, 3)).toEqual(['0001_platform.sql', '0002_tenancy.sql', '0003_masters.sql']);
  expect(log.filter((line) => line === 'Loaded the chart of accounts')).toHaveLength(1);
});

test('an applied file that changed is refused, and so is a database of a newer version', async () => {
  const connection = await emptyDatabase();
  const folder = packageCopy();
  const file = join(folder, 'db/migrations/9998_more.sql');
  writeFileSync(file, 'create table more (n int);');
  expect((await migrate(connection, () => {}, folder)).at(-1)).toBe('9998_more.sql');
  writeFileSync(file, 'create table more (n bigint);');
  await expect(migrate(connection, () => {}, folder)).rejects.toThrow(
    'Applied migrations have changed since (9998_more.sql)',
  );
  await expect(migrate(connection)).rejects.toThrow('migrations this version does not know (9998_more.sql)');
});

test('the data of an earlier pre-release is told so with the way out, and nothing of it changes', async () => {
  const connection = await emptyDatabase();
  // What its schema_migrations begins with; its later names and the rest of its schema differ between pre-releases.
  await query(
    connection,
    `create table schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now());
     insert into schema_migrations (name, sha256)
       select unnest('{0001_platform.sql,0002_ledger.sql,0003_reference_data.sql,0240_claim_events.sql}'::text[]), 'of then'`,
  );
  const state = `
    select (select string_agg(relname, ',' order by relname) from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r') as tables,
      (select jsonb_agg(to_jsonb(m) order by name) from schema_migrations m) as applied`;
  const before = await query(connection, state);
  const fault = await migrate(connection).catch((error: unknown) => error);
  expect(startFault(fault)).toBe(
    'The database holds the data of an earlier pre-release, which this version cannot carry on; nothing was changed. ' +
      'Export the books as SAF-T with that version and import them into a new data folder or database, ' +
      'or begin with an empty one: docs/operations.md, "Upgrades".',
  );
  expect(await query(connection, state)).toEqual(before);
});

test('a migration that fails leaves nothing behind', async () => {
  const connection = await emptyDatabase();
  const folder = packageCopy();
  const file = join(folder, 'db/migrations/9999_bad.sql');
  writeFileSync(file, 'create table half (n int); select 1 / 0;');
  await expect(migrate(connection, () => {}, folder)).rejects.toThrow(
    'Migration 9999_bad.sql failed: division by zero',
  );
  expect(await query(connection, `select to_regclass('half') as half`)).toEqual([{ half: null }]);
  writeFileSync(file, 'create table half (n int);');
  expect(await migrate(connection, () => {}, folder)).toEqual(['9999_bad.sql']);
});

test('balances that were not folded before an upgrade are there after it', async () => {
  const connection = await emptyDatabase();
  const folder = packageCopy();
  const later = readdirSync(join(folder, 'db/migrations')).filter((name) => name >= '0015');
  for (const name of later) rmSync(join(folder, 'db/migrations', name));
  await migrate(connection, () => {}, folder);
  await query(
    connection,
    `set hovedbok.owner_works = 'on';
     insert into balance_deltas (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
     values (7, '1920', '2026-01-01', 0, 12500, 0, 1), (7, '3000', '2026-01-01', 4, 0, 12500, 2), (8, '1920', '2026-02-01', 0, 1, 1, 2)`,
  );
  expect(await migrate(connection)).toEqual(later);
  expect(
    await query(
      connection,
      `set hovedbok.owner_works = 'on';
       select client_account_id, account_code, month::text, dimension_set_id, debit, credit, line_count from balance_deltas
       order by 1, 2`,
    ),
  ).toEqual([
    {
      client_account_id: '7',
      account_code: '1920',
      month: '2026-01-01',
      dimension_set_id: 0,
      debit: '12500',
      credit: '0',
      line_count: 1,
    },
    {
      client_account_id: '7',
      account_code: '3000',
      month: '2026-01-01',
      dimension_set_id: 4,
      debit: '0',
      credit: '12500',
      line_count: 2,
    },
    {
      client_account_id: '8',
      account_code: '1920',
      month: '2026-02-01',
      dimension_set_id: 0,
      debit: '1',
      credit: '1',
      line_count: 2,
    },
  ]);
});

test('the chart follows its file: changed, new, and gone but kept inactive', async () => {
  const connection = await emptyDatabase();
  const folder = packageCopy();
  await migrate(connection, () => {}, folder);
  const file = join(folder, 'db/data/chart-of-accounts.csv');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const gone = lines.findIndex((line) => line.startsWith('1005;'));
  lines.splice(gone, 1);
  const changed = lines.findIndex((line) => line.startsWith('1000;'));
  lines.push(lines[changed]!.replace('1000;Utvikling', '1001;Annen utvikling'));
  lines[changed] = lines[changed]!.replace('1000;Utvikling', '1000;Videreutvikling');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const log: string[] = [];
  await migrate(connection, (line) => log.push(line), folder);
  await migrate(connection, (line) => log.push(line), folder);
  expect(log).toEqual(['Loaded the chart of accounts']);
  expect(
    await query(
      connection,
      `select id, name_nb, is_active from gl_accounts where id between 1000 and 1005 order by id`,
    ),
  ).toEqual([
    { id: 1000, name_nb: 'Videreutvikling, kjøpt', is_active: true },
    { id: 1001, name_nb: 'Annen utvikling, kjøpt', is_active: true },
    { id: 1005, name_nb: 'Utvikling, utført i egen regi', is_active: false },
  ]);
});

test('the chart: groups of three levels, flags and the dimensions they ask for', async () => {
  const chart = readChart(readFileSync(join(packageRoot, 'db/data/chart-of-accounts.csv'), 'utf8'));
  const byCode = new Map(chart.accounts.map((account) => [account.account_code, account]));
  expect(byCode.get('1000')).toMatchObject({ flags: ['asset'], mandatory_dimensions: ['asset'], group_code: '1110' });
  expect(byCode.get('1500')).toMatchObject({ flags: ['customer'], mandatory_dimensions: ['business_partner'] });
  expect(byCode.get('1920')?.mandatory_dimensions).toEqual([]);
  const codes = new Set(chart.groups.map((group) => group.code));
  expect(codes.size).toBe(chart.groups.length);
  expect(chart.groups.filter((group) => group.parent_code !== null && !codes.has(group.parent_code))).toEqual([]);
  expect(
    await query(testOwnerConnection(), 'select count(*)::int as accounts from gl_accounts where is_active'),
  ).toEqual([{ accounts: chart.accounts.length }]);
});

test('a broken line of the chart is refused with its number', () => {
  expect(() => readChart('account_code;name_nb\n1000;Utvikling;kjøpt\n')).toThrow(
    'line 2: expected 2 unquoted fields, found 3',
  );
});
