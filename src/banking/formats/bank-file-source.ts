import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { BankFaultCode } from './fault-catalogue.ts';
import type { BankFaults } from './fault.ts';

/** One bank file. `name` is null for a plain file, else the member's name in the ZIP. */
export interface BankFilePart {
  name: string | null;
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** What a person or a bank handed in: one file, or a ZIP of some. */
export interface BankFileSource {
  parts: BankFilePart[];
  close(): void;
}

export interface BankZipLimits {
  /** Uncompressed bytes of all members. */
  bytes: number;
  /** Uncompressed to compressed, from `ratioFrom` bytes on. */
  ratio: number;
  ratioFrom: number;
  parts: number;
  /** Of any kind, those that are no bank file included. */
  entries: number;
}

export const BANK_ZIP_LIMITS: BankZipLimits = {
  bytes: 2e9,
  ratio: 250,
  ratioFrom: 100e6,
  parts: 1000,
  entries: 10_000,
};

const PIECE = 256 * 1024;

/** Where a bank file lies; `content`: all of it, where it is in memory too. */
export interface BankFileBytes {
  path: string;
  content?: Uint8Array | null;
}

/** Opens a file, known by its content. Null with a fault where it cannot be read. */
export async function openBankFile(
  { path, content = null }: BankFileBytes,
  faults: BankFaults,
  limits: BankZipLimits = BANK_ZIP_LIMITS,
): Promise<BankFileSource | null> {
  if (isZip(content ?? (await headOf(path)))) return openZip(path, faults, limits);
  const size = content ? content.length : (await stat(path)).size;
  if (size === 0) {
    faults.add('file-empty');
    return null;
  }
  const open = content ? () => once(content) : () => createReadStream(path, { highWaterMark: PIECE });
  return { parts: [{ name: null, size, open }], close: () => {} };
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
  } finally {
    await file.close();
  }
}

function isZip(bytes: Uint8Array): boolean {
  const signature = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return signature === 'PK\u0003\u0004' || signature === 'PK\u0005\u0006';
}

class ZipRefused extends Error {
  readonly code: BankFaultCode;
  constructor(code: BankFaultCode, found: string) {
    super(found);
    this.code = code;
  }
}

async function openZip(path: string, faults: BankFaults, limits: BankZipLimits): Promise<BankFileSource | null> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, {
      autoClose: false,
      lazyEntries: true,
      validateEntrySizes: true,
      strictFileNames: true,
    });
    const opened = zip;
    const members = await membersOf(opened, limits, (await stat(path)).size);
    const parts = members.map((entry): BankFilePart => ({
      name: entry.fileName,
      size: entry.uncompressedSize,
      open: () => readMember(opened, entry, faults),
    }));
    return { parts, close: () => opened.close() };
  } catch (error) {
    zip?.close();
    if (!(error instanceof Error)) throw error;
    const refused = error instanceof ZipRefused ? error : new ZipRefused(zipFault(error), error.message);
    faults.add(refused.code, { found: refused.message });
    return null;
  }
}

function zipFault(error: Error): BankFaultCode {
  if (/file ?name|path/i.test(error.message)) return 'zip-path';
  return /encrypt/i.test(error.message) ? 'zip-encrypted' : 'zip-invalid';
}

/** In the order of their names: banks number the days. */
async function membersOf(zip: ZipFile, limits: BankZipLimits, zipSize: number): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw new ZipRefused('zip-bomb', `${zip.entryCount} files`);
  const members: Entry[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === '[Content_Types].xml') throw new ZipRefused('format-refused', 'an Office document');
    if (entry.fileName.endsWith('/') || /(?:^|\/)(?:__MACOSX\/|\.)/.test(entry.fileName)) continue;
    if (entry.generalPurposeBitFlag & 1) throw new ZipRefused('zip-encrypted', entry.fileName);
    total += entry.uncompressedSize;
    const most = Math.min(limits.bytes, Math.max(limits.ratioFrom, zipSize * limits.ratio));
    if (total > most) throw new ZipRefused('zip-bomb', `${total} bytes from ${zipSize}`);
    if (members.push(entry) > limits.parts) throw new ZipRefused('zip-bomb', `more than ${limits.parts} files`);
  }
  if (members.length === 0) throw new ZipRefused('zip-invalid', 'no file in the ZIP');
  return members.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
}

async function* readMember(zip: ZipFile, entry: Entry, faults: BankFaults): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) yield piece as Uint8Array;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    faults.add('zip-invalid', { file: entry.fileName, found: error.message });
  }
}
