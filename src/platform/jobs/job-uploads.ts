import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import sql from 'sql-template-tag';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../database/pool.ts';
import { AppError } from '../errors.ts';
import { storageKey } from '../files/file-storage.ts';
import type { FileStore } from '../files/file-store.ts';
import { BEGINNING_BYTES, StagedFile } from '../files/staged-file.ts';
import { jobErrors } from './errors.ts';
import type { JobUpload, StoredUpload } from './job-queue.ts';

interface Uploads {
  database: Database;
  clock: Clock;
  files: FileStore;
  maxBytes: number;
}

/** Receives a file and puts it into the file store, under a separate key. */
export async function stageUpload(uploads: Uploads, stream: AsyncIterable<Buffer>): Promise<JobUpload> {
  const { database, clock, files, maxBytes } = uploads;
  const staged = await files.stage(stream, maxBytes);
  const key = storageKey(0, createHash('sha256').update(`upload ${randomUUID()}`).digest('hex'));
  try {
    if (staged.size > 0) {
      // First the record, then the file: it is removed even after a crash in between.
      await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
        tx.execute(sql`insert into job_uploads (key, created_at) values (${key}, ${clock.now()})`),
      );
      await files.storage.put(key, staged);
    }
  } finally {
    await staged.discard();
  }
  return new StoredFile(uploads, key, staged);
}

class StoredFile extends StagedFile implements JobUpload {
  readonly key: string;
  readonly #uploads: Pick<Uploads, 'database' | 'files'>;

  constructor(
    uploads: Pick<Uploads, 'database' | 'files'>,
    key: string,
    { path, sha256, size, beginning }: StagedFile,
  ) {
    super(path, sha256, size, beginning);
    this.key = key;
    this.#uploads = uploads;
  }

  override async discard(): Promise<void> {
    await removeUploads(this.#uploads, [this.key]);
  }
}

/** The file on this node: the stored file itself, or a copy that `discard` removes. Throws `jobs.upload_gone`. */
export async function fetchUpload(files: FileStore, { key, name, ...stored }: StoredUpload): Promise<StagedFile> {
  const path = await files.storage.pathOf?.(key);
  const file = path
    ? new KeptFile(path, stored.sha256, stored.size, await beginningOf(path))
    : await files.stage(await contentOf(files, key), stored.size);
  file.name = name;
  return file;
}

async function contentOf(files: FileStore, key: string) {
  try {
    return await files.storage.read(key);
  } catch (error) {
    if (error instanceof AppError && error.code === 'files.content_missing') throw jobErrors.upload_gone();
    throw error;
  }
}

/** A file inside the store itself, which stays there. */
class KeptFile extends StagedFile {
  override async discard(): Promise<void> {}
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** First the files, then their records: a file that cannot be removed now is retried. */
export async function removeUploads(
  { database, files }: Pick<Uploads, 'database' | 'files'>,
  keys: readonly string[],
): Promise<void> {
  for (const key of keys) await files.storage.remove(key);
  await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    tx.execute(sql`delete from job_uploads where key = any(${[...keys]})`),
  );
}
