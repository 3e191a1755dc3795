import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { computeDraft, DRAFT_COLUMNS, type DraftRow, draftView } from './draft-entry.ts';
import { draftForChange } from './draft-find.ts';
import { changedDraft, type DraftInput } from '../entries/entry-input.ts';

/** Changes a draft: `replace` (PUT) replaces all fields, otherwise (PATCH) only the given fields change. */
export const updateDraft = writeOperation({
  name: 'journal-entry.draft-update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { id: number; draft: DraftInput; replace: boolean; language: Language }) {
    const { tx, clientAccountId, caller } = context;
    const before = await draftForChange(tx, clientAccountId, input.id);
    const draft = changedDraft(input.replace ? {} : before.input, input.draft);
    const computed = await computeDraft(tx, context.platform.database, clientAccountId, draft);
    const row = await tx.one<DraftRow>(sql`
      update draft_journal_entries set entry_date = ${draft.entry_date ?? null}, input = ${JSON.stringify(draft)},
        computed_lines = ${computed.lines && JSON.stringify(computed.lines)}, problems = ${JSON.stringify(computed.problems)},
        updated_at = ${context.now}, updated_by_id = ${caller.userId}
      where client_account_id = ${clientAccountId} and id = ${input.id}
      returning ${DRAFT_COLUMNS}`);
    context.audit({ recordType: 'draft_journal_entry', recordId: input.id, before: before.input, after: draft });
    return draftView(row, input.language);
  },
});
