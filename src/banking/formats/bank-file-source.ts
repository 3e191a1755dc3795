import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { firstBytes, openZip, type ZipLimits, type ZipMember, ZipRefused } from '../../platform/zip/zip-read.ts';
import type { BankFaults } from './fault.ts';

/** One bank file. `name` is null for a plain file, else the member's name in the ZIP. */
export interface BankFilePart {
  name: string | null;
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** An uploaded or delivered file: one bank file, or a ZIP of several. */
export interface BankFileSource {
  parts: BankFilePart[];
  close(): void;
}

export const BANK_ZIP_LIMITS: ZipLimits = { bytes: 2e9, ratio: 250, ratioFrom: 100e6, members: 1000, entries: 10_000 };

const PIECE = 256 * 1024;
const ZIP = Buffer.from('PK\u0003\u0004');
const EMPTY_ZIP = Buffer.from('PK\u0005\u0006');

/** Location of a bank file; `content`: all of it, if it is also in memory. */
export interface BankFileBytes {
  path: string;
  content?: Uint8Array | null;
}

/** Opens a file; its type is decided by content. Null with a fault if it is unreadable. */
export async function openBankFile(
  { path, content = null }: BankFileBytes,
  faults: BankFaults,
  limits = BANK_ZIP_LIMITS,
): Promise<BankFileSource | null> {
  if (isZip(content ?? (await firstBytes(path, 4)))) return openParts(path, faults, limits);
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

function isZip(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4));
  return head.equals(ZIP) || head.equals(EMPTY_ZIP);
}

async function openParts(path: string, faults: BankFaults, limits: ZipLimits): Promise<BankFileSource | null> {
  try {
    const { members, close } = await openZip(path, limits, isBankFile);
    if (members.length === 0) {
      close();
      throw new ZipRefused('zip-invalid', null, 'no file in the ZIP');
    }
    // In alphabetical order: banks number the days.
    const parts = members
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((member): BankFilePart => ({ ...member, open: () => contentOf(member, faults) }));
    return { parts, close };
  } catch (error) {
    if (error instanceof OfficeDocument) faults.add('format-refused', { found: error.message });
    else if (error instanceof ZipRefused) faults.add(error.fault, { found: error.message });
    else throw error;
    return null;
  }
}

/** A spreadsheet is also a ZIP. */
class OfficeDocument extends Error {}

function isBankFile(name: string): boolean {
  if (name === '[Content_Types].xml') throw new OfficeDocument('an Office document');
  return !/(?:^|\/)(?:__MACOSX\/|\.)/.test(name);
}

/** The content up to the damaged part. */
async function* contentOf(member: ZipMember, faults: BankFaults): AsyncGenerator<Uint8Array> {
  try {
    yield* member.open();
  } catch (error) {
    if (!(error instanceof ZipRefused)) throw error;
    faults.add('zip-invalid', { file: member.name, found: error.message });
  }
}
