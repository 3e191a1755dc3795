import sql from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { formatAmount, ore } from '../../../kernel/money.ts';
import { openDay, postingOperation, type Reading } from '../../../ledger/index.ts';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { matchingErrors } from '../errors.ts';
import { SETTLEMENT_SOURCE } from './item-settle.ts';

interface UndoSettlement {
  id: number;
  reason: string;
}

interface UndoneSettlement {
  id: number;
  undo_reason: string;
  items: { journal_entry_id: number; line_number: number; amount: string }[];
}

interface StandingRow {
  match_id: number | null;
  is_active: boolean;
  entry_id: number;
  line_no: number;
  amount: number;
  /** The currency difference that was posted with the settlement. */
  is_difference: boolean;
  entry_date: LocalDate;
}

/**
 * Opens the lines again and cancels the currency difference, on the first open day if its own is locked. Lines of a bank
 * match are opened with it.
 */
export const undoSettlement = postingOperation<UndoSettlement, UndoSettlement, UndoneSettlement>({
  name: 'item-settlement.undo',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide(reading, input) {
    const rows = await standingRows(reading, input.id);
    const { locked_until } = await reading.tx.one<{ locked_until: LocalDate | null }>(sql`
      select locked_until from client_account_heads where client_account_id = ${reading.clientAccountId}`);
    const cancels = rows
      .filter(({ is_difference }) => is_difference)
      .map((row) => ({ id: row.entry_id, reason: input.reason, entryDate: openDay(row.entry_date, locked_until) }));
    return { on: input, cancels };
  },
  async recheck(reading, { id }) {
    await standingRows(reading, id);
  },
  async record(recording, { id, reason }) {
    const { tx, clientAccountId, caller, now, audit } = recording;
    const rows = await standingRows(recording, id);
    await tx.execute(sql`
      update item_settlements set is_active = false, undone_at = ${now}, undone_by_id = ${caller.userId}, undo_reason = ${reason}
      where client_account_id = ${clientAccountId} and group_id = ${id}`);
    audit({ recordType: 'item_settlement', recordId: id, after: { undone: true, reason } });
    return {
      id,
      undo_reason: reason,
      items: rows.map(({ entry_id, line_no, amount }) => ({
        journal_entry_id: entry_id,
        line_number: line_no,
        amount: formatAmount(ore(amount)),
      })),
    };
  },
});

async function standingRows({ tx, clientAccountId }: Reading, id: number): Promise<StandingRow[]> {
  const rows = await tx.rows<StandingRow>(sql`
    select s.match_id, s.is_active, s.entry_id, s.line_no, s.amount, e.source = ${SETTLEMENT_SOURCE} as is_difference, e.entry_date
    from item_settlements s
    join journal_entries e on e.client_account_id = s.client_account_id and e.id = s.entry_id
    where s.client_account_id = ${clientAccountId} and s.group_id = ${id} order by s.id`);
  const [first] = rows;
  if (!first) throw requestErrors.not_found({ what: 'Settlement' });
  if (first.match_id !== null)
    throw matchingErrors.entry_is_matched({ entry_id: first.entry_id, match_id: first.match_id });
  if (!first.is_active) throw matchingErrors.already_undone();
  return rows;
}
