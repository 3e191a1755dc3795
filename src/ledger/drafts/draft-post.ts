import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { missingFields } from './draft-entry.ts';
import { postedOrUnknown } from '../entries/entry-get.ts';
import type { DraftInput, EntryInput } from '../entries/entry-input.ts';
import { readEntry } from '../entries/entry-reading.ts';
import { entryRefusal } from '../entries/entry-refusal.ts';
import type { EntryView } from '../entries/entry-view.ts';
import { postingOperation } from '../posting/posting-operation.ts';

/** A draft as it was read for posting; a later change makes it a different draft. */
interface DraftRead {
  id: number;
  /** Hash of its contents, computed by the database. */
  md5: string;
}

/**
 * Posts a draft: in one transaction the entry gets its number and the draft is removed. Throws 409 if it is already
 * posted.
 */
export const postDraft = postingOperation<{ id: number }, DraftRead, EntryView>({
  name: 'journal-entry.draft-post',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, { id }) {
    const draft = await tx.maybe<{ input: DraftInput; md5: string }>(sql`
      select input, md5(input::text) as md5 from draft_journal_entries
      where client_account_id = ${clientAccountId} and id = ${id}`);
    if (!draft) throw await postedOrUnknown(tx, clientAccountId, id);
    const missing = missingFields(draft.input);
    if (missing.length > 0) throw entryRefusal(missing);
    return {
      on: { id, md5: draft.md5 },
      entries: [{ entry: readEntry(draft.input as EntryInput), source: 'manual' }],
    };
  },
  async recheck({ tx, clientAccountId }, { id, md5 }) {
    const draft = await tx.maybe(sql`
      select id from draft_journal_entries
      where client_account_id = ${clientAccountId} and id = ${id} and md5(input::text) = ${md5} for update`);
    if (!draft) throw requestErrors.concurrent_change();
  },
  async record({ tx, clientAccountId }, { id }, [entry]) {
    assert(entry, 'a draft is posted as one entry');
    await tx.execute(
      sql`delete from draft_journal_entries where client_account_id = ${clientAccountId} and id = ${id}`,
    );
    await tx.execute(sql`
      insert into posted_drafts (client_account_id, draft_id, entry_id)
      values (${clientAccountId}, ${id}, ${entry.id})`);
    return entry;
  },
});
