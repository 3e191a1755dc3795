import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { computeDraft, DRAFT_COLUMNS, type DraftRow, draftView } from './draft-entry.ts';
import type { DraftInput } from '../entries/entry-input.ts';
import { writtenEntry } from '../entries/entry-reading.ts';
import { takeIds } from '../head.ts';
import type { NewEntry } from '../entries/new-entry.ts';

/** Saves a draft: outside the books, without a number, excluded from all mandatory reports (requirement B11). */
export const createDraft = writeOperation({
  name: 'journal-entry.draft-create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { draft: DraftInput; language: Language }) {
    const { tx, platform, clientAccountId, caller, now } = context;
    const { draft } = input;
    const row = await keepDraft(tx, platform.database, { clientAccountId, userId: caller.userId, now, draft });
    context.audit({ recordType: 'draft_journal_entry', recordId: row.id, after: draft });
    return draftView(row, input.language);
  },
});

interface KeptDraft {
  clientAccountId: number;
  userId: number;
  now: Date;
  draft: DraftInput;
}

async function keepDraft(tx: Transaction, database: Database, kept: KeptDraft): Promise<DraftRow> {
  const { clientAccountId, userId, now, draft } = kept;
  const id = await takeIds(tx, clientAccountId);
  const computed = await computeDraft(tx, database, clientAccountId, draft);
  return tx.one<DraftRow>(sql`
    insert into draft_journal_entries (client_account_id, id, entry_date, input, computed_lines, problems, created_at, created_by_id, updated_at, updated_by_id)
    values (${clientAccountId}, ${id}, ${draft.entry_date ?? null}, ${JSON.stringify(draft)},
      ${computed.lines && JSON.stringify(computed.lines)}, ${JSON.stringify(computed.problems)}, ${now}, ${userId}, ${now}, ${userId})
    returning ${DRAFT_COLUMNS}`);
}

/** Saves a draft of an entry that code has built, as part of another write, which does the audit. Returns its id. */
export async function insertDraft(
  tx: Transaction,
  database: Database,
  { draft, ...kept }: Omit<KeptDraft, 'draft'> & { draft: NewEntry },
): Promise<number> {
  return (await keepDraft(tx, database, { ...kept, draft: writtenEntry(draft) })).id;
}
