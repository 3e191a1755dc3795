import { randomUUID } from 'node:crypto';
import { closeSync, fsync, openSync } from 'node:fs';
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { assert } from '../../kernel/assert.ts';
import { fileErrors } from './errors.ts';
import type { ByteRange, FileStorage } from './file-storage.ts';
import type { StagedFile } from './staged-file.ts';

/** Files in a separate folder, each under its key. */
export class DiskStorage implements FileStorage {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(key: string): string {
    assert(/^\d+\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(key), 'not a storage key');
    return join(this.#folder, key);
  }

  /**
   * The staged file is on stable storage already; a link makes it appear complete, and the folders are flushed after. The
   * staged file also remains until it is discarded.
   */
  async put(key: string, file: StagedFile): Promise<void> {
    const path = this.#path(key);
    // The first folder that was created; those above it existed already.
    const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await link(file.path, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return;
      if (code === 'ENOENT') throw error;
      await this.#putCopy(file.path, path);
    }
    const last = made === undefined ? dirname(path) : dirname(made);
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      await flush(folder);
      if (folder === last || folder === this.#folder) return;
    }
  }

  /** If the file systems differ or do not support links: a copy beside the target first. */
  async #putCopy(from: string, path: string): Promise<void> {
    const beside = `${path}.${randomUUID()}.partial`;
    await copyFile(from, beside);
    await flush(beside);
    await rename(beside, path);
  }

  async has(key: string): Promise<boolean> {
    return (await stat(this.#path(key)).catch(() => null))?.isFile() ?? false;
  }

  async pathOf(key: string): Promise<string | undefined> {
    return (await this.has(key)) ? this.#path(key) : undefined;
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    // Opened here: if a stream opens the file itself and it was just removed, the error is emitted before a listener exists.
    const file = await open(this.#path(key), 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? fileErrors.content_missing() : error;
    });
    return file.createReadStream(range ? { start: range.first, end: range.last } : {});
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }
}

const sync = promisify(fsync);

/** Opening and closing return immediately, and a thread for each costs more; the flush itself waits for the disk. */
async function flush(path: string): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
