import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type AppError, type Language, requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { DRAFT_COLUMNS, type DraftRow, draftView } from '../drafts/draft-entry.ts';
import { attachAccounts } from './entry-accounts.ts';
import { entryRows, viewsOf } from './entry-read.ts';
import type { EntryView } from './entry-view.ts';
import { ledgerErrors } from '../errors.ts';

/** A posted entry or a draft, with lines and their accounts. */
export const getEntry = readOperation({
  name: 'journal-entry.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; language: Language }): Promise<EntryView> {
    const entry =
      (await findPosted(tx, clientAccountId, input.id)) ??
      (await findDraft(tx, clientAccountId, input.id, input.language));
    if (!entry) throw requestErrors.not_found({ what: 'Journal entry' });
    await attachAccounts(tx, clientAccountId, [entry], input.language);
    return entry;
  },
});

async function findPosted(tx: Transaction, clientAccountId: number, id: number): Promise<EntryView | undefined> {
  const rows = await entryRows(tx, clientAccountId, sql`e.id = ${id}`, sql``);
  return (await viewsOf(tx, clientAccountId, rows))[0];
}

async function findDraft(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  language: Language,
): Promise<EntryView | undefined> {
  const row = await tx.maybe<DraftRow>(sql`
    select ${DRAFT_COLUMNS} from draft_journal_entries where client_account_id = ${clientAccountId} and id = ${id}`);
  return row && draftView(row, language);
}

/** Why there is no draft under this id. */
export async function postedOrUnknown(tx: Transaction, clientAccountId: number, id: number): Promise<AppError> {
  const draft = await tx.maybe<{ entry_id: number }>(
    sql`select entry_id from posted_drafts where client_account_id = ${clientAccountId} and draft_id = ${id}`,
  );
  if (draft) return ledgerErrors.draft_posted({ journal_entry_id: draft.entry_id });
  const posted = await tx.maybe(
    sql`select 1 from journal_entries where client_account_id = ${clientAccountId} and id = ${id}`,
  );
  return posted ? ledgerErrors.posted_is_final() : requestErrors.not_found({ what: 'Journal entry' });
}
