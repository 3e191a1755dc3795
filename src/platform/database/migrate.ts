import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import sql from 'sql-template-tag';
import { packageRoot } from '../package-root.ts';
import { StartFault } from '../start-fault.ts';
import { sqlState } from './pool.ts';
import { loadReferenceData } from './reference-data.ts';

/** Any number, the same in every node: those that start at once migrate one after another. */
const advisoryLock = 4_837_016_352;

/** For a table that a running node uses, or for another node's migration. */
const LOCK_SECONDS = 60;

/** The second migration of every pre-release before the schema was written anew as a few files. */
const EARLIER_PRE_RELEASE = '0002_ledger.sql';

/**
 * Brings the schema and the reference data up to date; forward only, each migration in one transaction. The connection
 * is the schema owner's.
 *
 * @returns the names of the migrations applied now.
 * @throws StartFault, and changes nothing, when an applied migration's file has changed, when the database has migrations
 *   this version does not know, and when it is one of an earlier pre-release.
 */
export async function migrate(
  connection: pg.ClientConfig,
  log: (line: string) => void = () => {},
  folder = packageRoot,
): Promise<string[]> {
  const migrations = await readMigrations(join(folder, 'db/migrations'));
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(`set lock_timeout = '${LOCK_SECONDS}s'; set hovedbok.owner_works = 'on'`);
    await takeTurn(client);
    await client.query(`
      create table if not exists schema_migrations (
        name text primary key,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )`);
    const { rows: applied } = await client.query<{ name: string; sha256: string }>(
      sql`select name, sha256 from schema_migrations`,
    );
    const pending = pendingMigrations(migrations, applied);
    for (const migration of pending) {
      await apply(client, migration);
      log(`Applied migration ${migration.name}`);
    }
    if (await loadReferenceData(client, folder)) log('Loaded the chart of accounts');
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

async function takeTurn(client: pg.Client): Promise<void> {
  try {
    await client.query(sql`select pg_advisory_lock(${advisoryLock})`);
  } catch (error) {
    if (sqlState(error) !== '55P03') throw error;
    throw new Error(
      `Another node has been migrating the database for ${LOCK_SECONDS} seconds: start again when it is done`,
      {
        cause: error,
      },
    );
  }
}

interface Migration {
  name: string;
  sha256: string;
  text: string;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

function pendingMigrations(known: Migration[], applied: { name: string; sha256: string }[]): Migration[] {
  if (applied.some(({ name }) => name === EARLIER_PRE_RELEASE)) {
    throw new StartFault(
      'The database holds the data of an earlier pre-release, which this version cannot carry on; nothing was changed. ' +
        'Export the books as SAF-T with that version and import them into a new data folder or database, ' +
        'or begin with an empty one: docs/operations.md, "Upgrades".',
    );
  }
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  const unknown = applied.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (unknown.length > 0) {
    throw new StartFault(
      `The database has migrations this version does not know (${unknown.toSorted().join(', ')}): ` +
        'it was used by a newer version. Start that version or a later one.',
    );
  }
  const changed = applied.filter(({ name, sha256 }) => byName.get(name)!.sha256 !== sha256).map(({ name }) => name);
  if (changed.length > 0) {
    throw new StartFault(
      `Applied migrations have changed since (${changed.toSorted().join(', ')}): ` +
        'restore the files as they were, and put the change in a new migration.',
    );
  }
  const done = new Set(applied.map(({ name }) => name));
  return known.filter(({ name }) => !done.has(name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.text);
    await client.query(
      sql`insert into schema_migrations (name, sha256) values (${migration.name}, ${migration.sha256})`,
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}
