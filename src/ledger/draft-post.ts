import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { type Operation, ownTransactionOperation } from '../platform/operation.ts';
import { missingFields } from './draft-entry.ts';
import type { DraftInput, EntryInput } from './entry-input.ts';
import { entryRefusal } from './entry-refusal.ts';
import { type EntryView, viewOf } from './entry-view.ts';
import { postedOrUnknown } from './entry-get.ts';
import { submitPostings } from './posting-submit.ts';

/** Posts a draft: the entry gets its number and the draft is gone, in one transaction. */
export const postDraft: Operation<{ id: number }, EntryView> = ownTransactionOperation({
  name: 'journal-entry.draft-post',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(work, input: { id: number }) {
    const { clientAccountId, platform } = work;
    const draft = await platform.database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => {
        const row = await tx.maybe<{ input: DraftInput }>(sql`
        select input from draft_journal_entries where client_account_id = ${clientAccountId} and id = ${input.id}`);
        if (row) return row.input;
        if (!work.key) throw await postedOrUnknown(tx, clientAccountId, input.id);
        return null;
      },
    );
    // Without the draft only a repeated request can be meant; the posting finds its stored answer before it looks closer.
    const missing = draft ? missingFields(draft) : [];
    if (missing.length > 0) throw entryRefusal(missing);
    const entry = (draft ?? { entry_date: '1970-01-01', lines: [] }) as EntryInput;
    return submitPostings(
      work,
      'journal-entry.draft-post',
      [{ kind: 'input', input: entry, source: 'manual', draftId: input.id }],
      true,
      (results) => {
        assert(results[0]?.entry, 'a lone entry is posted or its request refused');
        return viewOf(results[0].entry);
      },
    );
  },
});
