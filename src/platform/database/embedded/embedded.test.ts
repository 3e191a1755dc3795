import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../package-root.ts';
import { AlreadyServing, servingNode } from './data-lock.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

const started: Embedded[] = [];
const children: ChildProcess[] = [];
const folders: string[] = [];
const program = join(packageRoot, '.tmp', `embedded-${process.pid}.mjs`);

beforeAll(async () => {
  await build({
    stdin: {
      contents: `
        import { startEmbedded } from './src/platform/database/embedded/embedded.ts';
        const embedded = await startEmbedded({ dataDir: process.argv[2], ephemeral: true }).catch((error) => {
          console.log(error.name);
          process.exit(3);
        });
        embedded.announce('http://127.0.0.1:4000');
        console.log(embedded.pid);`,
      resolveDir: packageRoot,
      loader: 'ts',
    },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map((embedded) => embedded.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

afterAll(() => rmSync(program, { force: true }));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hb-embedded-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** A killed process loses no data that the operating system has, so only the first test waits for the disk. */
async function start(dataDir: string, ephemeral = true): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, ephemeral });
  started.push(embedded);
  return embedded;
}

/** Another node process that starts the database and keeps running; returns the first line it printed. */
async function startElsewhere(dataDir: string): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, line };
}

async function query<R>(embedded: Embedded, text: string): Promise<R[]> {
  const client = new pg.Client(embedded.connection);
  await client.connect();
  try {
    return (await client.query(text)).rows as R[];
  } finally {
    await client.end();
  }
}

test('a first start makes the cluster, a second keeps its data', { timeout: 240_000 }, async () => {
  const dataDir = join(newFolder(), 'data');
  const first = await start(dataDir, false);
  await query(first, 'create table kept as select 42 as answer');
  const settings = await query<{ name: string; setting: string }>(
    first,
    `select name, setting from pg_settings where name in
      ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_encoding', 'data_checksums') order by name`,
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
  });
  expect(statSync(first.connection.host).mode & 0o777).toBe(0o700);
  await first.stop();
  expect(await first.ended).toBeUndefined();
  expect(servingNode(dataDir)).toBeUndefined();

  const second = await start(dataDir, false);
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a start that was cut off during initialization begins again', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'postgres.initializing'));
  writeFileSync(join(dataDir, 'postgres.initializing', 'PG_VERSION'), '18');
  const embedded = await start(dataDir);
  expect(await query(embedded, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(existsSync(join(dataDir, 'postgres.initializing'))).toBe(false);
});

test('a long path gets its socket in a short folder', async () => {
  const dataDir = join(newFolder(), 'a'.repeat(90));
  const embedded = await start(dataDir);
  folders.push(embedded.connection.host);
  expect(embedded.connection.host.length).toBeLessThan(80);
  expect(statSync(embedded.connection.host).mode & 0o777).toBe(0o700);
});

test.skipIf(process.getuid?.() !== 0)('root is told which folder closes the way to its data', async () => {
  const closed = newFolder();
  chmodSync(closed, 0o700);
  await expect(startEmbedded({ dataDir: join(closed, 'data') })).rejects.toThrow(`may not enter ${closed} on the way`);
});

test('a second starter learns who serves; after kill -9 it takes over with every commit', async () => {
  const dataDir = newFolder();
  const { child, line } = await startElsewhere(dataDir);
  const serverPid = Number(line);
  const serving = { pid: child.pid, startedAt: expect.any(String), address: 'http://127.0.0.1:4000' };
  await expect.poll(() => servingNode(dataDir)).toEqual(serving);
  const refusal = await startEmbedded({ dataDir }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AlreadyServing);
  expect((refusal as Error).message).toContain('Already running at http://127.0.0.1:4000');

  const writer = new pg.Client({ host: join(dataDir, 'socket'), user: 'hovedbok_owner', database: 'hovedbok' });
  await writer.connect();
  writer.on('error', () => {});
  await writer.query('create table kept (n int)');
  await writer.query('insert into kept values (1)');
  await writer.query('begin; insert into kept values (2)');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => process.kill(serverPid, 0)).not.toThrow();

  const taken = await start(dataDir);
  expect(taken.pid).not.toBe(serverPid);
  expect(await query(taken, 'select n from kept')).toEqual([{ n: 1 }]);
});

test.each(['at work', 'half made'])(
  'after kill -9 of both processes at once the next start has every commit (%s)',
  async (how) => {
    const dataDir = newFolder();
    const { child, line } = await startElsewhere(dataDir);
    const writer = new pg.Client({ host: join(dataDir, 'socket'), user: 'hovedbok_owner', database: 'hovedbok' });
    await writer.connect();
    writer.on('error', () => {});
    // The tests' server acknowledges a commit before it has written it.
    await writer.query('set synchronous_commit = on');
    await writer.query('create table kept as select 1 as n');
    child.kill('SIGKILL');
    process.kill(Number(line), 'SIGKILL');
    await once(child, 'exit');
    if (how === 'half made') {
      // The file as a crash of the machine may leave it.
      writeFileSync(join(dataDir, 'serving.json'), '');
      writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), '');
    }
    const taken = await start(dataDir);
    expect(await query(taken, 'select n from kept')).toEqual([{ n: 1 }]);
  },
);

test('of three that start at once on new data, one serves', async () => {
  const dataDir = newFolder();
  const all = await Promise.all([1, 2, 3].map(() => startElsewhere(dataDir)));
  const lines = all.map(({ line }) => line);
  expect(lines.filter((line) => line === 'AlreadyServing')).toHaveLength(2);
  expect(lines.filter((line) => Number(line) > 0)).toHaveLength(1);
  expect(servingNode(dataDir)?.pid).toBe(all.find(({ line }) => Number(line) > 0)?.child.pid);
  const winner = all.find(({ line }) => Number(line) > 0)!;
  winner.child.kill('SIGKILL');
  await once(winner.child, 'exit');
  await start(dataDir);
});

test('a server that dies is reported', async () => {
  const embedded = await start(newFolder());
  process.kill(embedded.pid, 'SIGQUIT');
  expect((await embedded.ended)?.message).toMatch('PostgreSQL ended unexpectedly');
});
