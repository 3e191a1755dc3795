import type { Readable } from 'node:stream';
import type { StagedFile } from './staged-file.ts';

/** First and last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Where the content of uploaded files lies. Keys are `<client account>/<first two digits>/<sha256>`: the same content of
 * a client account is kept once, and never overwritten by other content.
 */
export interface FileStorage {
  /** Keeps the content under the key, whole or not at all, on stable storage when this returns. */
  put(key: string, file: StagedFile): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Where the file lies on this machine, for a store that keeps it there. */
  pathOf?(key: string): Promise<string | undefined>;
  /** Throws `files.content_missing`. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Nothing happens where there is none. */
  remove(key: string): Promise<void>;
  /** Removes what a process that ended left half written before the time. How many. */
  tidy?(before: Date): Promise<number>;
  close?(): Promise<void>;
}

export function storageKey(clientAccountId: number, sha256: string): string {
  return `${clientAccountId}/${sha256.slice(0, 2)}/${sha256}`;
}
