import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { ByteRange, FileStorage } from './file-storage.ts';
import type { StagedFile } from './staged-file.ts';

/** A store that replaced another one: content of the older one is readable, new content goes to the newer one. */
export class LayeredStorage implements FileStorage {
  readonly #newer: FileStorage;
  readonly #older: FileStorage;

  constructor(newer: FileStorage, older: FileStorage) {
    this.#newer = newer;
    this.#older = older;
  }

  put(key: string, file: StagedFile): Promise<void> {
    return this.#newer.put(key, file);
  }

  async has(key: string): Promise<boolean> {
    return (await this.#newer.has(key)) || this.#older.has(key);
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      return await this.#newer.read(key, range);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'files.content_missing') throw error;
      return this.#older.read(key, range);
    }
  }

  async remove(key: string): Promise<void> {
    await Promise.all([this.#newer.remove(key), this.#older.remove(key)]);
  }

  async tidy(before: Date): Promise<number> {
    return (await this.#newer.tidy?.(before)) ?? 0;
  }

  async close(): Promise<void> {
    await this.#newer.close?.();
  }
}
