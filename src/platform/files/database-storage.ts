import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, Transaction } from '../database/pool.ts';
import { fileErrors } from './errors.ts';
import type { ByteRange, FileStorage } from './file-storage.ts';
import type { StagedFile } from './staged-file.ts';

/** Memory for a file that is written or read. */
const CHUNK_BYTES = 512 * 1024;

interface Content {
  id: string;
  size: number;
}

/**
 * Files in the database, under row level security of their client account: for several nodes without another shared store.
 * Each chunk is a short transaction; a slow reader holds no connection.
 */
export class DatabaseStorage implements FileStorage {
  readonly #database: Database;
  readonly #clock: Clock;
  /**
   * It has its own connections, so that it may be called while the caller holds one: it never waits for the caller's pool.
   */
  readonly #apart: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#apart = AsyncResource.bind(<T>(work: () => Promise<T>) => work());
  }

  /** Invisible until it is complete. */
  async put(key: string, file: StagedFile): Promise<void> {
    const clientAccountId = clientAccountOf(key);
    if (await this.has(key)) return;
    const id = randomUUID();
    await this.#write(clientAccountId, (tx) =>
      tx.execute(sql`
        insert into file_contents (client_account_id, id, size_bytes, created_at)
        values (${clientAccountId}, ${id}, ${file.size}, ${this.#clock.now()})`),
    );
    let chunkNo = 0;
    let size = 0;
    for await (const chunk of createReadStream(file.path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      const no = chunkNo++;
      size += chunk.length;
      assert(chunk.length === CHUNK_BYTES || size === file.size, 'every chunk but the last is full');
      await this.#write(clientAccountId, (tx) =>
        tx.execute(sql`
          insert into file_chunks (client_account_id, content_id, chunk_no, bytes)
          values (${clientAccountId}, ${id}, ${no}, ${chunk})`),
      );
    }
    assert(size === file.size, 'a staged file is as long as it was');
    const added = await this.#write(clientAccountId, (tx) =>
      tx.execute(sql`
        insert into stored_files (client_account_id, key, content_id) values (${clientAccountId}, ${key}, ${id})
        on conflict do nothing`),
    );
    // A concurrent writer of the same content was faster.
    if (added === 0) await this.#write(clientAccountId, (tx) => removeContent(tx, clientAccountId, id));
  }

  async has(key: string): Promise<boolean> {
    return (await this.#find(key)) !== undefined;
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const content = await this.#find(key);
    if (!content) throw fileErrors.content_missing();
    const { first, last } = range ?? { first: 0, last: content.size - 1 };
    const chunks = this.#chunks(clientAccountOf(key), content.id, first, Math.min(last, content.size - 1));
    return Readable.from(chunks, { objectMode: false, highWaterMark: CHUNK_BYTES });
  }

  async *#chunks(clientAccountId: number, id: string, first: number, last: number): AsyncGenerator<Buffer> {
    for (let no = Math.floor(first / CHUNK_BYTES); no * CHUNK_BYTES <= last; no++) {
      const row = await this.#read(clientAccountId, (tx) =>
        tx.maybe<{ bytes: Buffer }>(sql`
          select bytes from file_chunks
          where client_account_id = ${clientAccountId} and content_id = ${id} and chunk_no = ${no}`),
      );
      if (!row) throw fileErrors.content_missing();
      const start = no * CHUNK_BYTES;
      yield row.bytes.subarray(Math.max(first - start, 0), last - start + 1);
    }
  }

  async remove(key: string): Promise<void> {
    const clientAccountId = clientAccountOf(key);
    await this.#write(clientAccountId, async (tx) => {
      const stored = await tx.maybe<{ content_id: string }>(sql`
        delete from stored_files where client_account_id = ${clientAccountId} and key = ${key} returning content_id`);
      if (stored) await removeContent(tx, clientAccountId, stored.content_id);
    });
  }

  /** Removes contents that were begun before the time and not completed. */
  async tidy(before: Date): Promise<number> {
    const accounts = await this.#read(0, (tx) => tx.rows<{ id: number }>(sql`select id from client_accounts`));
    const ids = [0, ...accounts.map(({ id }) => id)];
    let removed = 0;
    for (let i = 0; i < ids.length; i += 1_000) {
      const some = ids.slice(i, i + 1_000);
      removed += await this.#apart(() =>
        this.#database.transaction({ clientAccounts: some, mode: 'write' }, (tx) =>
          tx.execute(sql`
            delete from file_contents c where c.client_account_id = any(${some}) and c.created_at < ${before}
              and not exists (select from stored_files f where f.client_account_id = c.client_account_id and f.content_id = c.id)`),
        ),
      );
    }
    return removed;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #find(key: string): Promise<Content | undefined> {
    const clientAccountId = clientAccountOf(key);
    return this.#read(clientAccountId, (tx) =>
      tx.maybe<Content>(sql`
        select c.id, c.size_bytes as size from stored_files f
        join file_contents c on c.client_account_id = f.client_account_id and c.id = f.content_id
        where f.client_account_id = ${clientAccountId} and f.key = ${key}`),
    );
  }

  #read<T>(clientAccountId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#apart(() => this.#database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, work));
  }

  #write<T>(clientAccountId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#apart(() => this.#database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, work));
  }
}

/** Chunks are deleted with it. */
function removeContent(tx: Transaction, clientAccountId: number, id: string): Promise<number> {
  return tx.execute(sql`delete from file_contents where client_account_id = ${clientAccountId} and id = ${id}`);
}

function clientAccountOf(key: string): number {
  const [, clientAccountId] = /^(\d{1,7})\/[0-9a-f]{2}\/[0-9a-f]{64}$/.exec(key) ?? [];
  assert(clientAccountId !== undefined, 'not a storage key');
  return Number(clientAccountId);
}
