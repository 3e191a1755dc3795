import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  firstBytes,
  openZip,
  type OpenZip,
  type ZipLimits,
  type ZipMember,
  ZipRefused,
} from '../../platform/zip/zip-read.ts';
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

/** The receiving service of the tax administration takes 32 GB; SAF-T packs 20 to 60 times. */
export const SOURCE_LIMITS: ZipLimits = { bytes: 32e9, ratio: 250, ratioFrom: 100e6, members: 1000, entries: 10_000 };

/** Small, so that the garbage collector frees the data of a piece while they are young. */
const PIECE = 64 * 1024;

/** Opens the file at `path` and detects its kind by content. Null, with faults, if it cannot be read. */
export async function openAuditFile(
  path: string,
  faults: FaultList,
  limits = SOURCE_LIMITS,
): Promise<AuditFileSource | null> {
  const head = await firstBytes(path, 512);
  if (head.subarray(0, 2).toString('latin1') === 'PK') return openParts(path, faults, limits);
  if (!looksLikeXml(head)) {
    faults.add('not-saf-t', { found: 'neither XML nor ZIP' });
    return null;
  }
  const size = (await stat(path)).size;
  const part: AuditFilePart = { name: null, size, open: () => createReadStream(path, { highWaterMark: PIECE }) };
  return { parts: [part], bytes: size, sha256: await hashOf([part]), close: () => {} };
}

/** `<` after an optional byte order mark and blanks, in one or two bytes a character. */
function looksLikeXml(head: Buffer): boolean {
  const text = head.toString('latin1').replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '');
  return /^[\s\0]*</.test(text);
}

async function hashOf(parts: readonly AuditFilePart[]): Promise<Buffer> {
  const hash = createHash('sha256');
  for (const part of parts) for await (const piece of part.open()) hash.update(piece);
  return hash.digest();
}

async function openParts(path: string, faults: FaultList, limits: ZipLimits): Promise<AuditFileSource | null> {
  let zip: OpenZip | null = null;
  try {
    zip = await openZip(path, limits, isPart);
    if (zip.members.length === 0) throw new ZipRefused('zip-invalid', null, 'no .xml in the ZIP');
    const parts = ordered(zip.members).map((member): AuditFilePart => ({ ...member, name: basename(member.name) }));
    checkSet(parts, faults);
    const bytes = parts.reduce((sum, part) => sum + part.size, 0);
    return { parts, bytes, sha256: await hashOf(parts), close: zip.close };
  } catch (error) {
    zip?.close();
    if (!(error instanceof ZipRefused)) throw error;
    faults.add(error.fault, { file: error.file, found: error.message });
    return null;
  }
}

function isPart(name: string): boolean {
  return /\.xml$/i.test(name) && !name.startsWith('__MACOSX/');
}

/** `..._n_m.xml`: part n of m. */
const PART_NAME = /_(\d{1,4})_(\d{1,4})\.xml$/i;

/** Parts in the order of their numbers, others by name: master files come in the first one. */
function ordered(members: readonly ZipMember[]): ZipMember[] {
  const key = ({ name }: ZipMember) => Number(PART_NAME.exec(name)?.[1] ?? 0);
  return members.toSorted((a, b) => key(a) - key(b) || (a.name < b.name ? -1 : 1));
}

/** If the names have the form n of m, every n must be present. */
function checkSet(parts: readonly AuditFilePart[], faults: FaultList): void {
  const numbered = parts.map((part) => PART_NAME.exec(part.name ?? '')).filter((match) => match !== null);
  if (numbered.length !== parts.length) return;
  const present = new Set(numbered.map((match) => Number(match[1])));
  const of = Math.max(...numbered.map((match) => Number(match[2])));
  for (let n = 1; n <= Math.min(of, SOURCE_LIMITS.members); n++) {
    if (!present.has(n))
      faults.add('set-incomplete', { found: `parts ${[...present].join(', ')}`, expected: `part ${n} of ${of}` });
  }
}
