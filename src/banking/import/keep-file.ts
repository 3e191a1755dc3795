import sql from 'sql-template-tag';
import { sniffContentType } from '../../platform/files/content-type.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import type { RecordIds } from './record-ids.ts';
import type { ImportContext } from './transaction-writer.ts';

/** Keeps the bytes that were handed in among the files of the client account, once. Its id. */
export async function keepFile(
  { tx, clientAccountId, userId, now }: ImportContext,
  ids: RecordIds,
  store: FileStore,
  file: StagedFile,
): Promise<number> {
  const hash = Buffer.from(file.sha256, 'hex');
  const key = storageKey(clientAccountId, file.sha256);
  // On stable storage before the record is: a record without content never exists.
  if (!(await store.storage.has(key))) await store.storage.put(key, file);
  await ids.have(1);
  const id = ids.take();
  const sniffed = sniffContentType(file.head, '');
  const contentType = 'type' in sniffed ? sniffed.type : 'application/octet-stream';
  await tx.execute(sql`
    insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${hash}, ${file.size}, ${contentType}, ${file.name}, ${key}, ${now}, ${userId})
    on conflict (client_account_id, sha256) do update set is_active = true`);
  const kept = await tx.one<{ id: number }>(sql`
    select id from files where client_account_id = ${clientAccountId} and sha256 = ${hash}`);
  return kept.id;
}
