import type { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { dateInNorway } from '../kernel/local-date.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import type { FileStorage } from '../platform/files/file-storage.ts';
import { archiveFiles } from './archive-files.ts';
import { archiveSafT } from './archive-saf-t.ts';
import { readme } from './archive-readme.ts';
import { sheets } from './archive-sheets.ts';
import { type ArchivedTable, clientTables, sharedTables } from './archive-tables.ts';
import { ArchiveZip } from './archive-zip.ts';
import { csvStream, rowStream } from './row-stream.ts';

export interface ArchiveSource {
  database: Database;
  /** The store of uploaded files. Without it they are reported as missing. */
  storage: FileStorage | undefined;
  clientAccountId: number;
  now: Date;
}

export interface Archive {
  /** `arkiv-fjord-fjell-as-2026-03-15.zip` */
  name: string;
  /** The ZIP; ends with an error if it could not be written completely. */
  stream: Readable;
  /** Faults of the archived data, known at the end of the stream; also in the archive's manifest. */
  faults: Promise<string[]>;
}

/** The manifest, the last file of an archive. */
export interface ArchiveManifest {
  format: 'hovedbok-archive-1';
  client_account_id: number;
  display_name: string;
  organization_number: string | null;
  created_at: string;
  /** Entries posted when the archive was written, and the last block that seals some of them. */
  last_posting_no: number;
  last_block: { block_no: number; last_posting_no: number; hash: string } | null;
  parts: { path: string; bytes: number; sha256: string }[];
  faults: string[];
}

interface Subject {
  unique_name: string;
  display_name: string;
  organization_number: string | null;
  last_posting_no: number;
}

/**
 * All stored data of a client account, as a ZIP that can be read without our software: books, masters, drafts, locks,
 * log, hash chain and the uploaded files (bokføringsloven § 13, requirement B10). All data are from one snapshot. The
 * ZIP is written while it is read, with constant memory.
 *
 * Returns undefined for an unknown client account.
 */
export async function openArchive(source: ArchiveSource): Promise<Archive | undefined> {
  const { database, clientAccountId, now } = source;
  const inBooks = { clientAccounts: [clientAccountId], mode: 'read' as const };
  const found = await database.transaction(inBooks, (tx) => subjectOf(tx, clientAccountId));
  if (!found) return undefined;
  const zip = new ArchiveZip(now);
  const faults = database
    .transaction({ ...inBooks, streams: true }, (tx) => write(tx, zip, source))
    .catch((error: Error) => {
      zip.output.destroy(error);
      throw error;
    });
  faults.catch(() => {});
  return { name: `arkiv-${found.unique_name}-${dateInNorway(now)}.zip`, stream: zip.output, faults };
}

async function write(tx: Transaction, zip: ArchiveZip, source: ArchiveSource): Promise<string[]> {
  const { clientAccountId, now } = source;
  const subject = (await subjectOf(tx, clientAccountId))!;
  const tables = [...sharedTables(clientAccountId), ...(await clientTables(tx, clientAccountId))];
  await zip.addText('README.txt', readme(subject, now));
  for (const table of tables) await zip.add(`tables/${table.name}.jsonl`, jsonLines(tx, table));
  for (const { path, header, query } of sheets(clientAccountId)) await zip.add(path, csvStream(tx, header, query));
  await archiveSafT(tx, zip, clientAccountId, now);
  const faults = await fileFaults(tx, zip, source);
  const manifest: ArchiveManifest = {
    format: 'hovedbok-archive-1',
    client_account_id: clientAccountId,
    display_name: subject.display_name,
    organization_number: subject.organization_number,
    created_at: now.toISOString(),
    last_posting_no: subject.last_posting_no,
    last_block: (await lastBlock(tx, clientAccountId)) ?? null,
    parts: [...zip.parts],
    faults,
  };
  await zip.addText('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  await zip.end();
  return faults;
}

async function fileFaults(tx: Transaction, zip: ArchiveZip, { storage, clientAccountId }: ArchiveSource) {
  if (storage) return archiveFiles(tx, zip, storage, clientAccountId);
  const { count } = await tx.one<{ count: number }>(
    sql`select count(*) as count from files where client_account_id = ${clientAccountId} and is_active`,
  );
  return count === 0 ? [] : [`${count} files are missing: the archive was made without their storage`];
}

function jsonLines(tx: Transaction, table: ArchivedTable): AsyncGenerator<Buffer> {
  return rowStream(tx, table.query, (row) => String(row.line));
}

function subjectOf(tx: Transaction, clientAccountId: number): Promise<Subject | undefined> {
  return tx.maybe<Subject>(sql`
    select c.unique_name, c.display_name, c.organization_number, h.last_posting_no
    from client_accounts c join client_account_heads h on h.client_account_id = c.id where c.id = ${clientAccountId}`);
}

function lastBlock(tx: Transaction, clientAccountId: number) {
  return tx.maybe<NonNullable<ArchiveManifest['last_block']>>(sql`
    select block_no, last_posting_no, encode(hash, 'hex') as hash from chain_blocks
    where client_account_id = ${clientAccountId} order by block_no desc limit 1`);
}
