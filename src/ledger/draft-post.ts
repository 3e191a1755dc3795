import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { type Operation, ownTransactionOperation, storedAnswer } from '../platform/operation.ts';
import { missingFields } from './draft-entry.ts';
import type { DraftInput, EntryInput } from './entry-input.ts';
import { entryRefusal } from './entry-refusal.ts';
import type { EntryView } from './entry-view.ts';
import { postedOrUnknown } from './entry-get.ts';
import { submitPosting } from './posting-submit.ts';

/** Posts a draft: the entry gets its number and the draft is gone, in one transaction. */
export const postDraft: Operation<{ id: number }, EntryView> = ownTransactionOperation({
  name: 'journal-entry.draft-post',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(work, input: { id: number }) {
    const { clientAccountId, platform } = work;
    const read = await platform.database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => {
        const draft = await tx.maybe<{ input: DraftInput; md5: string }>(sql`
        select input, md5(input::text) as md5 from draft_journal_entries
        where client_account_id = ${clientAccountId} and id = ${input.id}`);
        if (draft) return { draft };
        // Without the draft only a repeated request can be meant.
        const answered = work.key && (await storedAnswer<EntryView>(tx, work.key));
        if (!answered) throw await postedOrUnknown(tx, clientAccountId, input.id);
        return { answered };
      },
    );
    if (read.answered) return read.answered;
    const { input: draft, md5 } = read.draft;
    const missing = missingFields(draft);
    if (missing.length > 0) throw entryRefusal(missing);
    return submitPosting(work, 'journal-entry.draft-post', {
      kind: 'input',
      input: draft as EntryInput,
      source: 'manual',
      draft: { id: input.id, md5 },
    });
  },
});
