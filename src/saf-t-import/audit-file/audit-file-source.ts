import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { FaultCode } from '../checks/fault-catalogue.ts';
import type { FaultList } from '../checks/fault.ts';

/** One XML of a set. `name` is null for a plain file. */
export interface AuditFilePart {
  name: string | null;
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** The uploaded file: one XML, or a ZIP of the XML parts of one export, in reading order. */
export interface AuditFileSource {
  parts: AuditFilePart[];
  /** Uncompressed. */
  bytes: number;
  /** Of the uncompressed parts in order, so that a ZIP and its XML count as the same content. */
  sha256: Buffer;
  close(): void;
}

export interface SourceLimits {
  /** Uncompressed bytes of all parts; the receiving service of the tax administration takes 32 GB. */
  bytes: number;
  /** Uncompressed to compressed. SAF-T packs 20 to 60 times; deflate cannot go beyond 1,032. */
  ratio: number;
  /** Below this size the ratio is not limited. */
  ratioFrom: number;
  parts: number;
  /** All entries, including those that are not parts. */
  entries: number;
}

export const SOURCE_LIMITS: SourceLimits = { bytes: 32e9, ratio: 250, ratioFrom: 100e6, parts: 1000, entries: 10_000 };

/** Small, so that the garbage collector frees the data of a piece while they are young. */
const PIECE = 64 * 1024;

/** Opens the file at `path` and detects its kind by content. Null, with faults, if it cannot be read. */
export async function openAuditFile(
  path: string,
  faults: FaultList,
  limits = SOURCE_LIMITS,
): Promise<AuditFileSource | null> {
  const head = await firstBytes(path);
  if (head.subarray(0, 2).toString('latin1') === 'PK') return openZip(path, faults, limits);
  if (!looksLikeXml(head)) {
    faults.add('not-saf-t', { found: 'neither XML nor ZIP' });
    return null;
  }
  const size = (await stat(path)).size;
  const part: AuditFilePart = { name: null, size, open: () => createReadStream(path, { highWaterMark: PIECE }) };
  return { parts: [part], bytes: size, sha256: await hashOf([part]), close: () => {} };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** `<` after an optional byte order mark and white space, with one or two bytes per character. */
function looksLikeXml(head: Buffer): boolean {
  const text = head.toString('latin1').replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '');
  return /^[\s\0]*</.test(text);
}

async function hashOf(parts: readonly AuditFilePart[]): Promise<Buffer> {
  const hash = createHash('sha256');
  for (const part of parts) for await (const piece of part.open()) hash.update(piece);
  return hash.digest();
}

/** Why a ZIP is refused. */
class ZipRefused extends Error {
  readonly code: FaultCode;
  readonly file: string | null;
  constructor(code: FaultCode, file: string | null, found: string) {
    super(found);
    this.code = code;
    this.file = file;
  }
}

async function openZip(path: string, faults: FaultList, limits: SourceLimits): Promise<AuditFileSource | null> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, {
      autoClose: false,
      lazyEntries: true,
      validateEntrySizes: true,
      strictFileNames: true,
    });
    const opened = zip;
    const entries = await xmlEntries(opened, limits, (await stat(path)).size);
    const parts = ordered(entries).map((entry): AuditFilePart => ({
      name: basename(entry.fileName),
      size: entry.uncompressedSize,
      open: () => readEntry(opened, entry),
    }));
    checkSet(parts, faults);
    const bytes = parts.reduce((sum, part) => sum + part.size, 0);
    return { parts, bytes, sha256: await hashOf(parts), close: () => opened.close() };
  } catch (error) {
    zip?.close();
    if (!(error instanceof Error)) throw error;
    const refused = error instanceof ZipRefused ? error : new ZipRefused(zipFault(error), null, error.message);
    faults.add(refused.code, { file: refused.file, found: refused.message });
    return null;
  }
}

function zipFault(error: Error): FaultCode {
  if (/file ?name|path/i.test(error.message)) return 'zip-path';
  return /encrypt/i.test(error.message) ? 'zip-encrypted' : 'zip-invalid';
}

async function xmlEntries(zip: ZipFile, limits: SourceLimits, zipSize: number): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw new ZipRefused('zip-bomb', null, `${zip.entryCount} files`);
  const entries: Entry[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') || !/\.xml$/i.test(entry.fileName) || entry.fileName.startsWith('__MACOSX/'))
      continue;
    if (entry.generalPurposeBitFlag & 1) throw new ZipRefused('zip-encrypted', entry.fileName, entry.fileName);
    total += entry.uncompressedSize;
    const most = Math.min(limits.bytes, Math.max(limits.ratioFrom, zipSize * limits.ratio));
    if (total > most) throw new ZipRefused('zip-bomb', entry.fileName, `${total} bytes from ${zipSize}`);
    if (entries.push(entry) > limits.parts) throw new ZipRefused('zip-bomb', null, `more than ${limits.parts} parts`);
  }
  if (entries.length === 0) throw new ZipRefused('zip-invalid', null, 'no .xml in the ZIP');
  return entries;
}

async function* readEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  for await (const piece of await zip.openReadStreamPromise(entry)) yield piece as Uint8Array;
}

/** `..._n_m.xml`: part n of m. */
const PART_NAME = /_(\d{1,4})_(\d{1,4})\.xml$/i;

/** Parts by number, others by name: master files are in the first one. */
function ordered(entries: Entry[]): Entry[] {
  const key = (entry: Entry) => Number(PART_NAME.exec(entry.fileName)?.[1] ?? 0);
  return entries.sort((a, b) => key(a) - key(b) || (a.fileName < b.fileName ? -1 : 1));
}

/** If the names have the form n of m, every n must be present. */
function checkSet(parts: readonly AuditFilePart[], faults: FaultList): void {
  const numbered = parts.map((part) => PART_NAME.exec(part.name ?? '')).filter((match) => match !== null);
  if (numbered.length !== parts.length) return;
  const present = new Set(numbered.map((match) => Number(match[1])));
  const of = Math.max(...numbered.map((match) => Number(match[2])));
  for (let n = 1; n <= Math.min(of, SOURCE_LIMITS.parts); n++) {
    if (!present.has(n))
      faults.add('set-incomplete', { found: `parts ${[...present].join(', ')}`, expected: `part ${n} of ${of}` });
  }
}
