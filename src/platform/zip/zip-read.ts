import { open, stat } from 'node:fs/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** Limits of a ZIP, checked before any of it is unpacked. */
export interface ZipLimits {
  /** Uncompressed bytes of all members. */
  bytes: number;
  /** Uncompressed to compressed, from `ratioFrom` bytes on; deflate cannot exceed 1,032. */
  ratio: number;
  /** Below this size no ratio is harmful. */
  ratioFrom: number;
  /** Selected members. */
  members: number;
  /** All members, including those not selected. */
  entries: number;
}

/** A selected file of the ZIP. Reading it fails with an `Error` if it is damaged or longer than `size`. */
export interface ZipMember {
  /** With its folders; the path parts are plain, and never leave the folder. */
  name: string;
  /** Uncompressed. */
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Damaged; encrypted; a name that leaves the folder; beyond the limits. */
export type ZipFault = 'zip-invalid' | 'zip-encrypted' | 'zip-path' | 'zip-bomb';

/** Why a ZIP is refused. The message is the value found; `file` the member concerned. */
export class ZipRefused extends Error {
  readonly fault: ZipFault;
  readonly file: string | null;
  constructor(fault: ZipFault, file: string | null, found: string) {
    super(found);
    this.fault = fault;
    this.file = file;
  }
}

export interface OpenZip {
  /** In the order of the ZIP. */
  members: ZipMember[];
  close(): void;
}

/** The first `length` bytes of a file, fewer if it is shorter. */
export async function firstBytes(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Opens a ZIP, and checks all of it by its directory before a byte is unpacked. `isWanted` selects the members by name.
 *
 * @throws ZipRefused, or the error of `isWanted`; the file is closed then.
 */
export async function openZip(path: string, limits: ZipLimits, isWanted: (name: string) => boolean): Promise<OpenZip> {
  const { size } = await stat(path);
  const options = { autoClose: false, lazyEntries: true, validateEntrySizes: true, strictFileNames: true };
  const zip = await openPromise(path, options).catch((error: unknown) => {
    throw refusal(error);
  });
  try {
    const entries = await wantedEntries(zip, size, limits, isWanted);
    const members = entries.map((entry): ZipMember => ({
      name: entry.fileName,
      size: entry.uncompressedSize,
      open: () => contentOf(zip, entry),
    }));
    return { members, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function wantedEntries(
  zip: ZipFile,
  size: number,
  limits: ZipLimits,
  isWanted: (name: string) => boolean,
): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw new ZipRefused('zip-bomb', null, `${zip.entryCount} files`);
  const most = Math.min(limits.bytes, Math.max(limits.ratioFrom, size * limits.ratio));
  const entries: Entry[] = [];
  let total = 0;
  for await (const entry of entriesOf(zip)) {
    const name = entry.fileName;
    if (name.endsWith('/') || !isWanted(name)) continue;
    if (entry.generalPurposeBitFlag & 1) throw new ZipRefused('zip-encrypted', name, name);
    total += entry.uncompressedSize;
    if (total > most) throw new ZipRefused('zip-bomb', name, `${total} bytes from ${size}`);
    if (entries.push(entry) > limits.members)
      throw new ZipRefused('zip-bomb', null, `more than ${limits.members} files`);
  }
  return entries;
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw refusal(error);
  }
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) yield piece as Uint8Array;
  } catch (error) {
    throw refusal(error, entry.fileName);
  }
}

/** yauzl distinguishes its errors by message only. */
function refusal(error: unknown, file: string | null = null): unknown {
  if (!(error instanceof Error)) return error;
  const found = error.message;
  if (/file ?name|path/i.test(found)) return new ZipRefused('zip-path', file, found);
  return new ZipRefused(/encrypt/i.test(found) ? 'zip-encrypted' : 'zip-invalid', file, found);
}
