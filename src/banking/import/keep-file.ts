import sql from 'sql-template-tag';
import { holdContent } from '../../documents/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/database/pool.ts';
import { sniffContentType } from '../../platform/files/content-type.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import type { RecordIds } from './record-ids.ts';
import type { ImportContext } from './transaction-writer.ts';

/**
 * Puts the bytes that were handed in on stable storage, before any record of them is: a record without content never
 * exists. A file of the same bytes that was deleted is there again.
 */
export async function putFile(
  platform: { database: Database; clock: Clock; files: FileStore },
  clientAccountId: number,
  file: StagedFile,
): Promise<void> {
  const { database, files } = platform;
  const key = storageKey(clientAccountId, file.sha256);
  const hash = Buffer.from(file.sha256, 'hex');
  const put = async () => {
    if (!(await files.storage.has(key))) await files.storage.put(key, file);
  };
  await put();
  const deleted = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.maybe(
      sql`select 1 from files where client_account_id = ${clientAccountId} and sha256 = ${hash} and not is_active`,
    ),
  );
  if (!deleted) return;
  await holdContent(platform, clientAccountId, file.sha256, async () => {
    await put();
    await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        update files set is_active = true where client_account_id = ${clientAccountId} and sha256 = ${hash}`),
    );
  });
}

/** Keeps such bytes among the files of the client account, once. Their id. */
export async function keepFile(
  { tx, clientAccountId, userId, now }: ImportContext,
  ids: RecordIds,
  file: StagedFile,
): Promise<number> {
  const hash = Buffer.from(file.sha256, 'hex');
  await ids.have(1);
  const id = ids.take();
  const sniffed = sniffContentType(file.head, '');
  const contentType = 'type' in sniffed ? sniffed.type : 'application/octet-stream';
  await tx.execute(sql`
    insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${hash}, ${file.size}, ${contentType}, ${file.name},
      ${storageKey(clientAccountId, file.sha256)}, ${now}, ${userId})
    on conflict (client_account_id, sha256) do nothing`);
  const kept = await tx.one<{ id: number }>(sql`
    select id from files where client_account_id = ${clientAccountId} and sha256 = ${hash}`);
  return kept.id;
}
