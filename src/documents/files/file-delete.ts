import sql from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import { EVERY_ROLE, type Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import { decideAccess, type Operation, type Platform, writeOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { holdContent } from './content-lease.ts';
import { fileStoreOf, type FileView, findFile } from './file.ts';

const SENDERS: readonly Role[] = EVERY_ROLE.filter((role) => role !== 'US');

const record = writeOperation({
  name: 'file.delete',
  access: { kind: 'client', scope: 'write:accounting', roles: SENDERS },
  async run(context, input: { id: number }): Promise<FileView> {
    const { tx, clientAccountId, caller, now } = context;
    await lockBooks(tx, clientAccountId);
    const before = await findFile(tx, clientAccountId, input.id, caller);
    if (await isDocumentation(tx, clientAccountId, input.id)) throw documentErrors.file_in_use();
    await tx.execute(sql`
      update files set is_active = false where client_account_id = ${clientAccountId} and id = ${input.id}`);
    await tx.execute(sql`
      update vouchers set status = 'DELETED', updated_at = ${now}, updated_by_id = ${caller.userId}
      where client_account_id = ${clientAccountId} and id = ${input.id}`);
    const after = { ...before, is_active: false };
    context.audit({ recordType: 'file', recordId: input.id, before, after });
    return after;
  },
});

/**
 * Deletes a file's content; the record stays, so that its number remains accounted for. Refused for a file that
 * documents or has documented an entry, that a draft refers to, or that is an invoice or an attachment of one. Errors:
 * documents.file_in_use.
 */
export const deleteFile: Operation<{ id: number }, FileView> = {
  ...record,
  async call(platform, call, input) {
    const outcome = await record.call(platform, call, input);
    const [clientAccountId] = decideAccess(record.access, call);
    await removeContent(platform, clientAccountId!, outcome.value);
    return outcome;
  },
};

/** After the commit, and under the lease that uploads of the same content take: the last one is right. */
async function removeContent(platform: Platform, clientAccountId: number, file: FileView): Promise<void> {
  try {
    await holdContent(platform, clientAccountId, file.sha256, async () => {
      const { is_active: isActive } = await platform.database.transaction(
        { clientAccounts: [clientAccountId], mode: 'read' },
        (tx) =>
          tx.one<{ is_active: boolean }>(
            sql`select is_active from files where client_account_id = ${clientAccountId} and id = ${file.id}`,
          ),
      );
      if (!isActive) await fileStoreOf(platform).storage.remove(storageKey(clientAccountId, file.sha256));
    });
  } catch (error) {
    platform.log.warn({ err: error, file_id: file.id }, 'the content of a deleted file is still in the store');
  }
}

async function isDocumentation(tx: Transaction, clientAccountId: number, id: number): Promise<boolean> {
  const { used } = await tx.one<{ used: boolean }>(sql`
    select exists (select 1 from journal_entries where client_account_id = ${clientAccountId} and voucher_id = ${id})
      or exists (select 1 from journal_entry_vouchers where client_account_id = ${clientAccountId} and voucher_id = ${id})
      or exists (select 1 from vouchers
        where client_account_id = ${clientAccountId} and id = ${id} and documented_until is not null)
      or exists (select 1 from document_attachments where client_account_id = ${clientAccountId} and file_id = ${id})
      or exists (select 1 from received_invoices where client_account_id = ${clientAccountId} and file_id = ${id})
      or exists (select 1 from received_invoice_attachments where client_account_id = ${clientAccountId} and file_id = ${id})
      or exists (select 1 from invoice_settings where client_account_id = ${clientAccountId} and logo_file_id = ${id})
      or exists (select 1 from draft_journal_entries
        where client_account_id = ${clientAccountId} and input->>'voucher_id' = ${String(id)}) as used`);
  return used;
}
