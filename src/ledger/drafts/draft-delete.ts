import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { draftForChange } from './draft-find.ts';

/** Removes a draft. A posted entry stays for ever (requirement B2). */
export const deleteDraft = writeOperation({
  name: 'journal-entry.draft-delete',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, audit }, input: { id: number }) {
    const before = await draftForChange(tx, clientAccountId, input.id);
    await tx.execute(
      sql`delete from draft_journal_entries where client_account_id = ${clientAccountId} and id = ${input.id}`,
    );
    audit({ recordType: 'draft_journal_entry', recordId: input.id, before: before.input });
    return null;
  },
});
