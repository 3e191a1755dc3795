import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { Database } from '../database/pool.ts';
import { DatabaseStorage } from './database-storage.ts';
import { storageKey } from './file-storage.ts';
import { LayeredStorage } from './layered-storage.ts';

const NOW = '2026-03-15T10:00:00Z';
const people = new People();
const { files } = withFiles(people.platform);
const database = new Database({ ...testOwnerConnection(), max: 2 });
const storage = new DatabaseStorage(database, fixedClock(NOW));
let account: number;

beforeAll(async () => {
  account = await people.clientAccount((await people.user()).id);
});
afterAll(async () => {
  await storage.close();
  await people.close();
});

/** Bytes that differ everywhere, so that a piece in a wrong place is seen. */
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 2_654_435_761) >>> 24));
const stage = (content: Buffer) => files.stage(Readable.from([content]), 10_000_000);

test.each([0, 1, 524_287, 524_288, 524_289, 1_300_000])('%d bytes come back as they were', async (size) => {
  const content = bytes(size);
  const file = await stage(content);
  const key = storageKey(account, file.sha256);
  expect(await storage.has(key)).toBe(false);
  await storage.put(key, file);
  expect(await storage.has(key)).toBe(true);
  expect((await buffer(await storage.read(key))).equals(content)).toBe(true);
  await storage.remove(key);
  await expect(storage.read(key)).rejects.toMatchObject({ code: 'files.content_missing' });
});

test('a part of it, within a chunk and over several', async () => {
  const content = bytes(1_300_000);
  const file = await stage(content);
  const key = storageKey(account, file.sha256);
  await storage.put(key, file);
  for (const [first, last] of [
    [0, 0],
    [10, 20],
    [524_287, 524_288],
    [500_000, 1_299_999],
    [1_200_000, 9_999_999],
  ] as const)
    expect((await buffer(await storage.read(key, { first, last }))).equals(content.subarray(first, last + 1))).toBe(
      true,
    );
});

test('the same content twice, also at once, is kept once', async () => {
  const file = await stage(bytes(700_001));
  const key = storageKey(account, file.sha256);
  await Promise.all([storage.put(key, file), storage.put(key, file), storage.put(key, file)]);
  await storage.put(key, file);
  const { rows } = await asOwner(
    `select count(*)::int as contents from file_contents where client_account_id = $1 and size_bytes = 700001`,
    [account],
  );
  expect(rows).toEqual([{ contents: 1 }]);
});

test('a reader who takes his time holds no connection and little memory', async () => {
  const file = await stage(bytes(5_000_000));
  const key = storageKey(account, file.sha256);
  await storage.put(key, file);
  const readers = await Promise.all(Array.from({ length: 10 }, () => storage.read(key)));
  for (const reader of readers) await new Promise((resolve) => reader.once('readable', resolve));
  expect(database.load.waiting).toBe(0);
  for (const reader of readers) expect(reader.readableLength).toBeLessThanOrEqual(2 * 524_288);
  for (const reader of readers) reader.destroy();
});

test('stands behind the wall of the client account', async () => {
  const file = await stage(bytes(100));
  await storage.put(storageKey(account, file.sha256), file);
  const other = await people.clientAccount((await people.user()).id);
  const seen = await people.platform.database.transaction({ clientAccounts: [other], mode: 'read' }, (tx) =>
    tx.one<{ count: number }>(sql`select count(*) as count from file_chunks where client_account_id = ${account}`),
  );
  expect(seen.count).toBe(0);
});

test('can be called while the caller holds the only connection of its pool', async () => {
  const narrow = new Database({ ...testOwnerConnection(), max: 1 });
  const file = await stage(bytes(1_000));
  const key = storageKey(account, file.sha256);
  await narrow.transaction({ clientAccounts: [account], mode: 'write' }, async () => {
    await storage.put(key, file);
    expect((await buffer(await storage.read(key))).length).toBe(1_000);
  });
  await narrow.close();
});

test('what a writer left half is removed after its time, and nothing else', async () => {
  const file = await stage(bytes(2_000));
  const key = storageKey(account, file.sha256);
  await storage.put(key, file);
  await asOwner(
    `insert into file_contents (client_account_id, id, size_bytes, created_at) values ($1, gen_random_uuid(), 9, $2)`,
    [account, '2026-03-13T10:00:00Z'],
  );
  expect(await storage.tidy(new Date('2026-03-13T09:00:00Z'))).toBe(0);
  expect(await storage.tidy(new Date('2026-03-14T10:00:00Z'))).toBe(1);
  expect((await buffer(await storage.read(key))).length).toBe(2_000);
});

test('takes the place of a folder: what is there stays readable, what comes goes into the database', async () => {
  const layered = new LayeredStorage(storage, files.storage);
  const old = await stage(bytes(3_000));
  const oldKey = storageKey(account, createHash('sha256').update('old').digest('hex'));
  await files.storage.put(oldKey, old);
  expect((await buffer(await layered.read(oldKey))).length).toBe(3_000);
  const fresh = await stage(bytes(4_000));
  const freshKey = storageKey(account, fresh.sha256);
  await layered.put(freshKey, fresh);
  expect(await files.storage.has(freshKey)).toBe(false);
  await layered.remove(oldKey);
  expect(await layered.has(oldKey)).toBe(false);
});
