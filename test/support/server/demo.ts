import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import sql from 'sql-template-tag';
import { createDemo } from '../../../src/demo/index.ts';
import { fixedClock } from '../../../src/kernel/clock.ts';
import { SCOPES } from '../../../src/platform/caller.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { migrate } from '../../../src/platform/database/migrate.ts';
import { Database } from '../../../src/platform/database/pool.ts';
import { openFileStore } from '../../../src/platform/files/file-store.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import { createAccessToken, forgetCallers } from '../../../src/tenancy/index.ts';
import { testOwnerConnection } from '../database/database.ts';
import type { BESIDE, OwnerConnection } from '../database/global-setup.ts';
import { newRendering } from './rendering.ts';

/** The demo as it stands on a fixed day, for tests that only read it. */
export interface Demo {
  platform: Platform;
  /** Lerkefjell Innredning AS, the largest of the clients. */
  clientAccountId: number;
  /** The token of its accountant, with every scope. */
  token: string;
}

const LOCK = 20_261_121;
let shared: Promise<Demo> | undefined;

/** Created once a run in a separate database, beside the one in which other tests create and remove demos. */
export function testDemo(): Promise<Demo> {
  return (shared ??= makeDemo());
}

async function makeDemo(): Promise<Demo> {
  const main = testOwnerConnection();
  const owner = new pg.Client(main);
  await owner.connect();
  // Another worker may need it too; the later one finds it created.
  await owner.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    const connection = await databaseBeside(owner, main, '_demo');
    const database = new Database({ ...connection, max: 6 });
    const data = { connection, publicUrl: 'https://regnskap.example', statementSeconds: 30 };
    const platform: Platform = {
      database,
      clock: fixedClock('2026-11-21T10:00:00Z'),
      log: { info() {}, warn() {}, error() {} },
      rendering: newRendering({ data, seconds: 120 }),
    };
    const { email } = await withFolder((folder) =>
      createDemo({ ...platform, files: openFileStore(readConfig({}), folder) }),
    );
    const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
      const user = await tx.one<{ id: number }>(sql`select id from users where email = ${email}`);
      const client = await tx.one<{ id: number }>(
        // The last step: an attempt that broke off may have left parts behind.
        sql`select id from client_accounts where display_name = 'Lerkefjell Innredning AS' order by id desc limit 1`,
      );
      const { token } = await createAccessToken(tx, { userId: user.id, name: 'test', scopes: [...SCOPES] });
      return { clientAccountId: client.id, token };
    });
    forgetCallers(database);
    return { platform, ...made };
  } finally {
    await owner.end();
  }
}

/** A separate, migrated database for a test that changes the demo. Its name is the main one’s with this suffix. */
export async function ownDatabase(suffix: (typeof BESIDE)[number]): Promise<OwnerConnection> {
  const main = testOwnerConnection();
  const owner = new pg.Client(main);
  await owner.connect();
  try {
    return await databaseBeside(owner, main, suffix);
  } finally {
    await owner.end();
  }
}

async function databaseBeside(
  owner: pg.Client,
  main: OwnerConnection,
  suffix: (typeof BESIDE)[number],
): Promise<OwnerConnection> {
  const { rows } = await owner.query<{ name: string }>('select current_database() || $1 as name', [suffix]);
  const name = rows[0]!.name;
  const { rowCount } = await owner.query('select from pg_database where datname = $1', [name]);
  if (rowCount === 0) await owner.query(`create database "${name}" encoding 'UTF8' locale 'C' template template0`);
  const connection = withDatabase(main, name);
  await migrate(connection);
  return connection;
}

/** For vouchers that are not read afterwards. */
async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-demo-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withDatabase(connection: OwnerConnection, database: string): OwnerConnection {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}
