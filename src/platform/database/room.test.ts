import pg from 'pg';
import { expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { readConfig } from '../config.ts';
import { connectionsOf, requireRoom } from './room.ts';

const EMBEDDED = 60 - 3;
const URL = 'postgres://owner@host/hovedbok';

const sumOf = (env: NodeJS.ProcessEnv) => connectionsOf(readConfig(env)).reduce((sum, { count }) => sum + count, 0);

test.each([
  ['the defaults', {}, 28],
  ['the defaults on a server', { DATABASE_URL: URL }, 32],
  ['the smallest', { DATABASE_URL: URL, DATABASE_POOL_SIZE: '4', WORKERS: '0', RENDERING_THREADS: '1' }, 23],
  ['files elsewhere', { DATABASE_URL: URL, FILE_STORAGE: 'disk' }, 28],
])('the connections of a process, %s', (_, env, sum) => {
  expect(sumOf(env)).toBe(sum);
  expect(sum).toBeLessThanOrEqual(EMBEDDED);
});

async function serverRoom(): Promise<number> {
  const client = new pg.Client(testOwnerConnection());
  await client.connect();
  try {
    const { rows } = await client.query<{ room: number }>(
      `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as room`,
    );
    return rows[0]!.room;
  } finally {
    await client.end();
  }
}

async function started(pool: number): Promise<string[]> {
  const warnings: string[] = [];
  const log = { info() {}, error() {}, warn: (_: object, message = '') => void warnings.push(message) };
  const config = readConfig({ DATABASE_URL: URL, DATABASE_POOL_SIZE: String(pool) });
  await requireRoom(testOwnerConnection(), config, log);
  return warnings;
}

test('a process that cannot fit does not start; one that leaves no room for another is told of', async () => {
  const room = await serverRoom();
  const beside = 22;
  await expect(started(room - beside + 1)).rejects.toThrow(
    `The database gives ${room} connections and this process may need ${room + 1} (DATABASE_POOL_SIZE ${room - beside + 1}, `,
  );
  expect(await started(room - beside)).toEqual([expect.stringContaining(`gives ${room} connections; a second node`)]);
  expect(await started(Math.floor(room / 2) - beside)).toEqual([]);
});
