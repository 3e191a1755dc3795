import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { DRAFT_COLUMNS, type DraftRow } from './draft-entry.ts';
import { postedOrUnknown } from '../entries/entry-get.ts';

/**
 * Returns the draft, locked for this transaction. Throws for a posted entry with that id (it cannot be changed) and for
 * an unknown id.
 */
export async function draftForChange(tx: Transaction, clientAccountId: number, id: number): Promise<DraftRow> {
  const draft = await tx.maybe<DraftRow>(sql`
    select ${DRAFT_COLUMNS} from draft_journal_entries where client_account_id = ${clientAccountId} and id = ${id} for update`);
  if (draft) return draft;
  throw await postedOrUnknown(tx, clientAccountId, id);
}
