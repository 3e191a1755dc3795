import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../platform/caller.ts';
import type { Language } from '../platform/errors.ts';
import { writeOperation } from '../platform/operation.ts';
import { computeDraft, DRAFT_COLUMNS, type DraftRow, draftView } from './draft-entry.ts';
import type { DraftInput } from './entry-input.ts';
import { takeIds } from './head.ts';

/** Keeps a draft: outside the books, without a number, in no mandatory report (requirement B11). */
export const createDraft = writeOperation({
  name: 'journal-entry.draft-create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { draft: DraftInput; language: Language }) {
    const { tx, clientAccountId, caller } = context;
    const id = await takeIds(tx, clientAccountId);
    const computed = await computeDraft(tx, context.platform.database, clientAccountId, input.draft);
    const row = await tx.one<DraftRow>(sql`
      insert into draft_journal_entries (client_account_id, id, entry_date, input, computed_lines, problems, created_at, created_by_id, updated_at, updated_by_id)
      values (${clientAccountId}, ${id}, ${input.draft.entry_date ?? null}, ${JSON.stringify(input.draft)},
        ${computed.lines && JSON.stringify(computed.lines)}, ${JSON.stringify(computed.problems)}, ${context.now}, ${caller.userId}, ${context.now}, ${caller.userId})
      returning ${DRAFT_COLUMNS}`);
    context.audit({ recordType: 'draft_journal_entry', recordId: id, after: input.draft });
    return draftView(row, input.language);
  },
});
