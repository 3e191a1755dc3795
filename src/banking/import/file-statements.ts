import type { BankFileAccount, BankRecord } from '../formats/bank-file.ts';
import { type BankFileBytes, openBankFile } from '../formats/bank-file-source.ts';
import { type BankFault, BankFaults } from '../formats/fault.ts';
import { readBankFile } from '../formats/read-bank-file.ts';

/** The account of a statement or notification in a file. */
export interface FileStatement {
  /** From 0, in file order. */
  index: number;
  account: BankFileAccount;
}

/** The accounts of a bank file, determined without importing anything. */
export interface FileStatements {
  /** `camt.053.001.08` and the like; null if unreadable. */
  format: string | null;
  statements: FileStatement[];
  /** A ZIP of several files: the indices do not refer to one file. */
  isZip: boolean;
  /** It ends early: the rest may still arrive. */
  isCutOff: boolean;
  /** Why the file as a whole is unreadable; empty if it is readable. */
  errors: BankFault[];
  /** All records of a small file, so that its import does not have to read it again. */
  whole: ReadFile | null;
}

/** A plain file that was read to its end. */
export interface ReadFile {
  records: BankRecord[];
  faults: BankFaults;
}

/** Reads a whole file to determine its accounts. */
export async function readFileStatements(file: BankFileBytes): Promise<FileStatements> {
  const faults = new BankFaults();
  const read: FileStatements = {
    format: null,
    statements: [],
    isZip: false,
    isCutOff: false,
    errors: [],
    whole: null,
  };
  const kept: BankRecord[] | null = file.content ? [] : null;
  const source = await openBankFile(file, faults);
  try {
    for (const part of source?.parts ?? []) {
      read.isZip ||= part.name !== null;
      for await (const records of readBankFile(part.open(), faults))
        for (const record of records) {
          kept?.push(record);
          if (record.kind === 'file') read.format ??= record.format;
          if (record.kind === 'statement')
            read.statements.push({ index: record.statement.index, account: record.statement.account });
        }
    }
  } finally {
    source?.close();
  }
  read.isCutOff = faults.counts.truncated !== undefined;
  // In camt a statement is emitted when its balances are known, possibly while the file is still read.
  if (kept && !read.isZip && read.format?.startsWith('camt.')) read.whole = { records: kept, faults };
  if (faults.fileRefused) read.errors = faults.errors.filter(({ statement }) => statement === null);
  return read;
}

/** The files of a ZIP that was read before, one at a time. */
export async function eachMember(
  file: BankFileBytes,
  work: (member: { name: string; size: number; content: AsyncIterable<Buffer> }) => Promise<void>,
): Promise<void> {
  const source = await openBankFile(file, new BankFaults());
  try {
    for (const part of source?.parts ?? [])
      await work({ name: part.name ?? '', size: part.size, content: buffersOf(part.open()) });
  } finally {
    source?.close();
  }
}

async function* buffersOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
