import sql from 'sql-template-tag';
import { holdContent } from '../../documents/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { sniffContentType } from '../../platform/files/content-type.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import type { RecordIds } from './record-ids.ts';
import type { ImportContext } from './transaction-writer.ts';

/** The file is known and was deleted: its content must be on stable storage before the record says so. */
export class FileDeleted extends Error {}

/** Writes the uploaded bytes to stable storage before any record of them: a record without content never exists. */
export async function putFile({ storage }: FileStore, clientAccountId: number, file: StagedFile): Promise<void> {
  const key = storageKey(clientAccountId, file.sha256);
  if (!(await storage.has(key))) await storage.put(key, file);
}

/** A deleted file with the same bytes exists again. */
export async function restoreFile(
  platform: { database: Database; clock: Clock; files: FileStore },
  clientAccountId: number,
  file: StagedFile,
): Promise<void> {
  const hash = Buffer.from(file.sha256, 'hex');
  await holdContent(platform, clientAccountId, file.sha256, async () => {
    await putFile(platform.files, clientAccountId, file);
    await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        update files set is_active = true where client_account_id = ${clientAccountId} and sha256 = ${hash}`),
    );
  });
}

/** Throws `FileDeleted`. */
export async function refuseDeleted(tx: Transaction, clientAccountId: number, file: StagedFile): Promise<void> {
  const hash = Buffer.from(file.sha256, 'hex');
  const deleted = await tx.prepared(
    'bank-file-deleted',
    sql`select 1 from files where client_account_id = ${clientAccountId} and sha256 = ${hash} and not is_active`,
  );
  if (deleted.length > 0) throw new FileDeleted();
}

/** Stores such bytes once among the files of the client account. Returns their id. */
export async function keepFile(
  { tx, clientAccountId, userId, now }: ImportContext,
  ids: RecordIds,
  file: StagedFile,
): Promise<number> {
  const hash = Buffer.from(file.sha256, 'hex');
  await ids.have(1);
  const id = ids.take();
  const sniffed = sniffContentType(file.beginning, '');
  const contentType = 'type' in sniffed ? sniffed.type : 'application/octet-stream';
  const [added] = await tx.prepared<{ id: number }>(
    'bank-file-keep',
    sql`
    insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${hash}, ${file.size}, ${contentType}, ${file.name},
      ${storageKey(clientAccountId, file.sha256)}, ${now}, ${userId})
    on conflict (client_account_id, sha256) do nothing
    returning id`,
  );
  if (added) return added.id;
  const kept = await tx.one<{ id: number }>(sql`
    select id from files where client_account_id = ${clientAccountId} and sha256 = ${hash}`);
  return kept.id;
}
