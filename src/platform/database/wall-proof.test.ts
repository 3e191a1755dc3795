import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { ownerIsSuperuser } from '../../../test/support/books/people.ts';
import { openBooks } from '../../../test/support/books/books.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Database } from './pool.ts';
import { proveSessions, proveWall } from './wall-proof.ts';

const owner = testOwnerConnection();
/** On an external server the owner is not a superuser, and cannot cause some of the faults. */
const isSuperuser = await ownerIsSuperuser();

/** The test run's database as a URL, with additional parameters. */
function address(more: Record<string, string>): string {
  const url = new URL(owner.connectionString ?? `postgres://${owner.user}@localhost/${owner.database}`);
  if (owner.host) url.searchParams.set('host', owner.host);
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url.href;
}

const STANDING = sql`
  select current_user::text as role, current_setting('row_security') as row_security, current_setting('search_path') as path,
    current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement, current_setting('TimeZone') as zone`;
const BEHIND_THE_WALL = {
  role: 'hovedbok_app',
  row_security: 'on',
  path: 'pg_catalog, public, pg_temp',
  lock: '10s',
  statement: '1min',
  zone: 'UTC',
};

async function standing(connection: pg.PoolConfig) {
  const database = new Database({ ...connection, max: 2 });
  try {
    await database.prove();
    return await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) => tx.one(STANDING));
  } finally {
    await database.close();
  }
}

test.each([
  '-c role=none',
  '-c row_security=off -c search_path=pg_catalog -c statement_timeout=0 -c lock_timeout=0',
  '-c timezone=Asia/Tokyo',
])('options of the address remove nothing: %s', async (options) => {
  expect(await standing({ connectionString: address({ options }) })).toEqual(BEHIND_THE_WALL);
});

test('nor does a pooler that drops all start-up options', async () => {
  const pooler = createServer((client) => void forwardWithoutOptions(client));
  pooler.listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  const { port } = pooler.address() as AddressInfo;
  const url = new URL(owner.connectionString ?? `postgres://${owner.user}@localhost/${owner.database}`);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.searchParams.delete('host');
  url.searchParams.set('options', '-c role=hovedbok_app');
  try {
    expect(await standing({ connectionString: url.href })).toEqual(BEHIND_THE_WALL);
  } finally {
    pooler.close();
  }
});

/** Forwards the start-up message with user and database only, and everything after it unchanged. */
async function forwardWithoutOptions(client: Socket): Promise<void> {
  const [startup] = (await once(client, 'data')) as [Buffer];
  const length = startup.readInt32BE(0);
  const words = startup
    .subarray(8, length - 2)
    .toString()
    .split('\0');
  const kept = ['user', 'database'].flatMap((name) => [name, words[words.indexOf(name) + 1]!]);
  const body = Buffer.concat([startup.subarray(4, 8), Buffer.from(`${kept.join('\0')}\0\0`)]);
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  const url = owner.connectionString ? new URL(owner.connectionString) : undefined;
  const folder = owner.host ?? url?.searchParams.get('host');
  const server = folder ? connect(join(folder, '.s.PGSQL.5432')) : connect(Number(url!.port || 5432), url!.hostname);
  server.write(Buffer.concat([head, body, startup.subarray(length)]));
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}

/** Tries the proof on a connection of the owner after the preparation, which is rolled back. */
async function proofAfter(preparation: string): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(preparation);
    await proveWall(client, DEFAULT_LIMITS);
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

test.each([
  ['alter table saf_t_imports no force row level security', 'not forced on saf_t_imports'],
  ['alter table saf_t_imports disable row level security', 'not forced on saf_t_imports'],
])('a start that cannot prove the wall says why: %s', async (preparation, why) => {
  await expect(proofAfter(preparation)).rejects.toThrow(why);
});

test.runIf(isSuperuser).each([
  [
    'create role hovedbok_stranger_of_test; set local session authorization hovedbok_stranger_of_test',
    'cannot act as hovedbok_app',
  ],
  ['alter role hovedbok_app bypassrls', 'exempt from row level security'],
  [`set local session_replication_role = 'replica'`, 'session_replication_role is replica'],
])('a start that cannot prove the wall says why: %s', async (preparation, why) => {
  await expect(proofAfter(preparation)).rejects.toThrow(why);
});

test('a pooler that shares connections between transactions is refused, one that keeps sessions is not', async () => {
  const connection = (session: Map<string, string>) => ({
    async query(text: string) {
      if (text.startsWith('set ')) session.set('kept', 'one');
      return { rows: text.startsWith('select') ? [{ kept: session.get('kept') }] : [] };
    },
  });
  const shared = new Map<string, string>();
  await expect(proveSessions(connection(shared), connection(shared))).rejects.toThrow('pool_mode = session');
  await proveSessions(connection(new Map()), connection(new Map()));
});

test.runIf(!isSuperuser)('the owner sees nothing of the books unless it says that it works as the owner', async () => {
  const client = new pg.Client({ ...owner, options: '' });
  await client.connect();
  try {
    const count = async () => (await client.query('select count(*)::int as n from tax_codes')).rows[0].n;
    await openBooks();
    await expect(count()).rejects.toMatchObject({ code: '42704' });
    await client.query(`set hovedbok.owner_works = 'on'`);
    expect(await count()).toBeGreaterThan(0);
  } finally {
    await client.end();
  }
});

test.runIf(isSuperuser)('another owner of a table sees nothing of it', async () => {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`create role hovedbok_owner_of_test; grant all on schema public to hovedbok_owner_of_test;
      grant all on all tables in schema public to hovedbok_owner_of_test;
      alter table client_account_heads owner to hovedbok_owner_of_test; set local role hovedbok_owner_of_test`);
    const count = async () => (await client.query('select count(*)::int as n from client_account_heads')).rows[0].n;
    expect(await count()).toBe(0);
  } finally {
    await client.query('rollback');
    await client.end();
  }
});
