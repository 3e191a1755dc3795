import type { Readable } from 'node:stream';
import type { StagedFile } from './staged-file.ts';

/** First and last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Storage for the content of uploaded files. Keys are `<client account>/<first two digits>/<sha256>`: the same content of a
 * client account is stored once, and never overwritten by other content.
 */
export interface FileStorage {
  /** Stores the content under the key, completely or not at all, on stable storage when this returns. */
  put(key: string, file: StagedFile): Promise<void>;
  has(key: string): Promise<boolean>;
  /** The path of the file on this machine, for a store that keeps it there. */
  pathOf?(key: string): Promise<string | undefined>;
  /** Throws `files.content_missing`. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Does nothing if the file does not exist. */
  remove(key: string): Promise<void>;
  /** Removes content left incomplete before the time by a process that ended. Returns the number. */
  tidy?(before: Date): Promise<number>;
  close?(): Promise<void>;
}

export function storageKey(clientAccountId: number, sha256: string): string {
  return `${clientAccountId}/${sha256.slice(0, 2)}/${sha256}`;
}
