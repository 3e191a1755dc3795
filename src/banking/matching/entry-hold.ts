import sql from 'sql-template-tag';
import { holdEntries } from '../../ledger/index.ts';
import { commercialDocumentErrors } from '../documents/errors.ts';
import { matchingErrors } from './errors.ts';

/** An entry that the bank's side or a settlement stands on is taken back with them, never alone. */
export function holdMatchedEntries(): void {
  holdEntries(async (tx, clientAccountId, entryId) => {
    const matched = await tx.maybe<{ match_id: number }>(sql`
      select match_id from bank_match_lines
      where client_account_id = ${clientAccountId} and entry_id = ${entryId} and is_active order by line_no limit 1`);
    if (matched) throw matchingErrors.entry_is_matched({ entry_id: entryId, match_id: matched.match_id });
    const settled = await tx.maybe<{ match_id: number | null; group_id: number }>(sql`
      select match_id, group_id from item_settlements
      where client_account_id = ${clientAccountId} and entry_id = ${entryId} and is_active order by id limit 1`);
    if (settled && settled.match_id !== null)
      throw matchingErrors.entry_is_matched({ entry_id: entryId, match_id: settled.match_id });
    if (settled) throw matchingErrors.entry_is_settled({ entry_id: entryId, group_id: settled.group_id });
    const document = await tx.maybe<{ id: number }>(sql`
      select id from documents where client_account_id = ${clientAccountId} and journal_entry_id = ${entryId}
        and document_status = 'POSTED' order by id limit 1`);
    if (document) throw commercialDocumentErrors.entry_is_document({ document_id: document.id });
  });
}
