import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { assert } from '../../kernel/assert.ts';
import { type Caller, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import type { Platform } from '../../platform/operation.ts';

export const PROCESSING_TRACKS = ['DEFAULT', 'MANUAL', 'FASTTRACK'] as const;

export const FileView = strict({
  id: Id,
  client_account_id: Id,
  name: Type.String(),
  content_type: Type.String(),
  size_bytes: Type.Integer(),
  sha256: Type.String({ description: 'Of the content, hexadecimal' }),
  processing_track: Type.Enum([...PROCESSING_TRACKS]),
  is_active: Type.Boolean({ description: 'false: the content was deleted' }),
  created_at: TimeText,
  created_by_id: nullable(Id),
});
export type FileView = Static<typeof FileView>;

interface FileRow extends Omit<FileView, 'created_at' | 'sha256'> {
  sha256: Buffer;
  created_at: Date;
}

export const FILE_COLUMNS = sql`f.id, f.client_account_id, f.name, f.content_type, f.size_bytes, f.sha256, f.processing_track,
  f.is_active, f.created_at, f.created_by_id`;

export function fileView(row: FileRow): FileView {
  return { ...row, sha256: row.sha256.toString('hex'), created_at: isoSeconds(row.created_at) };
}

export async function fileRows(tx: Transaction, clientAccountId: number, tail: Sql): Promise<FileView[]> {
  const rows = await tx.rows<FileRow>(sql`
    select ${FILE_COLUMNS} from files f where f.client_account_id = ${clientAccountId} ${tail}`);
  return rows.map(fileView);
}

/** One file that the caller may see. Throws 404. */
export async function findFile(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  caller: Caller,
): Promise<FileView> {
  const [file] = await fileRows(tx, clientAccountId, sql`and f.id = ${id} ${ownOnly(caller, clientAccountId, sql`f`)}`);
  if (!file) throw requestErrors.not_found({ what: 'File' });
  return file;
}

/** Employees see what they sent in themselves; users who may read the books see everything. */
export function ownOnly(caller: Caller, clientAccountId: number, table: Sql): Sql {
  return seesAll(caller, clientAccountId) ? sql`` : sql`and ${table}.created_by_id = ${caller.userId}`;
}

export function seesAll(caller: Caller, clientAccountId: number): boolean {
  const held = caller.roles.get(clientAccountId);
  return READERS.some((role) => held?.has(role));
}

export function fileStoreOf(platform: Platform): FileStore {
  assert(platform.files, 'this program was started without a file store');
  return platform.files;
}
