import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startEmbedded } from './database/embedded/embedded.ts';
import { migrate } from './database/migrate.ts';
import { StartFault, startFault } from './start-fault.ts';

async function faultOf(work: Promise<unknown>): Promise<string | undefined> {
  return startFault(await work.then(() => undefined).catch((error: unknown) => error));
}

async function listening(host: string, port: number) {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('a port that is taken', async () => {
  const first = await listening('127.0.0.1', 0);
  expect(await faultOf(listening('127.0.0.1', first.port))).toBe(
    `127.0.0.1:${first.port} is taken by another program; stop it, or set PORT to another port`,
  );
  first.close();
});

test('an address of another machine', async () => {
  // RFC 5737: never assigned.
  expect(await faultOf(listening('203.0.113.9', 0))).toBe(
    'This machine does not have the address 203.0.113.9; set HOST to one that it has',
  );
});

test('a data folder that cannot be made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-start-'));
  const dataDir = join(folder, 'file', 'data');
  writeFileSync(join(folder, 'file'), '');
  expect(await faultOf(startEmbedded({ dataDir }))).toBe(
    `${dataDir} cannot be used (ENOTDIR: not a directory, mkdir '${dataDir}'). The data folder is set by DATA_DIR`,
  );
  rmSync(folder, { recursive: true });
});

test('a database that does not answer is named without its password', async () => {
  const free = await listening('127.0.0.1', 0);
  free.close();
  const connectionString = `postgres://kari:hemmelig@localhost:${free.port}/regnskap`;
  const fault = await faultOf(migrate({ connectionString }));
  expect(fault).toMatch(/^The database of DATABASE_URL cannot be reached: connect ECONNREFUSED /);
  expect(fault).not.toContain('hemmelig');
});

test.each([
  ['28P01', 'password authentication failed for user "kari"'],
  ['3D000', 'database "regnskap" does not exist'],
  ['53300', 'sorry, too many clients already'],
])('a database that refuses (%s)', (code, message) => {
  const error = Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });
  expect(startFault(error)).toBe(`The database refuses: ${message}`);
});

test('a fault of ours is none, and keeps its stack', () => {
  expect(startFault(new Error('it should have been there'))).toBeUndefined();
  expect(startFault(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBeUndefined();
  expect(startFault(new StartFault('Start as another user.'))).toBe('Start as another user.');
});
