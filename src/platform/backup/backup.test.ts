import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../database/embedded/embedded.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hb-backup-'));
  chmodSync(folder, 0o755);
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, ephemeral: true });
  undo.push(() => embedded.stop());
  return embedded;
}

async function connect(embedded: Embedded): Promise<pg.Client> {
  const client = new pg.Client(embedded.connection);
  await client.connect();
  undo.push(() => client.end());
  return client;
}

/** Moves øre between two accounts and records each transfer until it is stopped: the sum stays 0. */
async function writeTransfers(client: pg.Client, signal: AbortSignal): Promise<number> {
  let transfers = 0;
  while (!signal.aborted) {
    await client.query(`
      begin;
      update balances set amount = amount - 7 where account = 'a';
      update balances set amount = amount + 7 where account = 'b';
      insert into transfers (filler) select repeat('x', 1000) from generate_series(1, 20);
      commit`);
    transfers++;
  }
  return transfers;
}

test(
  'a backup taken while writing restores elsewhere to one consistent moment, with the files',
  { timeout: 240_000 },
  async () => {
    const folder = newFolder();
    const original = await start(join(folder, 'original'));
    const client = await connect(original);
    await client.query(`
    create table balances (account text primary key, amount bigint not null);
    insert into balances values ('a', 0), ('b', 0);
    create table transfers (id bigint generated always as identity primary key, filler text)`);
    mkdirSync(join(folder, 'original/files/ab'), { recursive: true });
    writeFileSync(join(folder, 'original/files/ab/voucher'), Buffer.alloc(3000, 'bilag'));

    const writer = await connect(original);
    const stopWriting = new AbortController();
    const writing = writeTransfers(writer, stopWriting.signal);
    const count = async (from: pg.Client) =>
      Number((await from.query('select count(*) as n from transfers')).rows[0].n) / 20;
    await expect.poll(() => count(client)).toBeGreaterThan(5);
    const before = await count(client);
    const archive = join(folder, 'books.tar.gz');
    await backup(original.connection, archive, new Date('2026-01-02T03:04:05Z'));
    const after = await count(client);
    stopWriting.abort();
    await writing;

    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['books.tar.gz', 'original']);
    const slots = await client.query('select slot_name from pg_replication_slots where slot_name like $1', [
      'hovedbok%',
    ]);
    expect(slots.rows).toEqual([]);

    // Files first: the copied database may still refer to a file that is deleted meanwhile.
    const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n');
    expect(names.indexOf('files/ab/voucher')).toBeLessThan(names.findIndex((name) => name.startsWith('postgres/')));
    expect(names.filter((name) => name === 'files/ab/voucher')).toHaveLength(1);

    const target = join(folder, 'restored');
    expect(await restore(archive, target)).toEqual({
      format: 'hovedbok-backup-1',
      createdAt: '2026-01-02T03:04:05.000Z',
      postgres: 18,
    });
    const restored = await connect(await start(target));
    const { rows } = await restored.query('select sum(amount)::int as sum, max(amount)::int as moved from balances');
    const transfers = await count(restored);
    expect(rows).toEqual([{ sum: 0, moved: transfers * 7 }]);
    expect(transfers).toBeGreaterThanOrEqual(before);
    expect(transfers).toBeLessThanOrEqual(after);
    expect(readFileSync(join(target, 'files/ab/voucher'))).toEqual(Buffer.alloc(3000, 'bilag'));
    await restored.query(`insert into transfers (filler) values ('and it goes on')`);

    await expect(restore(archive, target)).rejects.toThrow(`${target} is not empty`);

    const damaged = readFileSync(archive);
    damaged[damaged.length >> 1]! ^= 0xff;
    writeFileSync(archive, damaged);
    await expect(restore(archive, join(folder, 'damaged'))).rejects.toThrow('Nothing was restored');
    writeFileSync(archive, damaged.subarray(0, 5000));
    await expect(restore(archive, join(folder, 'damaged'))).rejects.toThrow('Nothing was restored');
    expect(readdirSync(join(folder, 'damaged'))).toEqual([]);
  },
);
