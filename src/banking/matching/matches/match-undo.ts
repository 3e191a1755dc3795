import sql from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { ore } from '../../../kernel/money.ts';
import { type CancelEntry, type EntryView, openDay, postingOperation, type Recording } from '../../../ledger/index.ts';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { matchingErrors } from '../errors.ts';
import { coverTransactions } from './match-record.ts';
import { type MatchView, readMatches } from './match-view.ts';

export interface UndoMatch {
  id: number;
  reason: string;
  /** Date of the counter-entries; by default that of each entry, or the first open day if that is locked. */
  entryDate: LocalDate | null;
}

interface StandingMatch {
  kind: 'posted' | 'ledger' | 'external';
  is_undone: boolean;
}

/**
 * Undoes a match entirely, in one transaction: counter-entries of its postings, settlements inactive, items and transactions
 * open again. The match stays visible with who and why. Throws 409 if a later settlement depends on it.
 */
export const undoMatch = postingOperation<UndoMatch, UndoMatch, MatchView>({
  name: 'bank-match.undo',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, input) {
    await findMatch(tx, clientAccountId, input.id);
    return { on: input, cancels: await entriesToCancel(tx, clientAccountId, input) };
  },
  async recheck({ tx, clientAccountId }, { id }) {
    await findMatch(tx, clientAccountId, id);
  },
  record: takeBack,
});

async function findMatch(tx: Transaction, clientAccountId: number, id: number): Promise<StandingMatch> {
  const match = await tx.maybe<StandingMatch>(sql`
    select kind, undone_at is not null as is_undone from bank_matches where client_account_id = ${clientAccountId} and id = ${id}`);
  if (!match) throw requestErrors.not_found({ what: 'Match' });
  if (match.is_undone) throw matchingErrors.already_undone();
  return match;
}

async function entriesToCancel(tx: Transaction, clientAccountId: number, input: UndoMatch): Promise<CancelEntry[]> {
  const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(sql`
    select locked_until from client_account_heads where client_account_id = ${clientAccountId}`);
  if (input.entryDate !== null && locked_until !== null && input.entryDate <= locked_until)
    throw matchingErrors.period_locked({ locked_until });
  const rows = await tx.rows<{ id: number; entry_date: LocalDate }>(sql`
    select e.id, e.entry_date from bank_match_entries m
    join journal_entries e on e.client_account_id = m.client_account_id and e.id = m.entry_id
    where m.client_account_id = ${clientAccountId} and m.match_id = ${input.id} order by e.id`);
  return rows.map(({ id, entry_date }) => ({
    id,
    reason: input.reason,
    entryDate: input.entryDate ?? openDay(entry_date, locked_until),
  }));
}

async function takeBack(
  { tx, clientAccountId, caller, now, audit }: Recording,
  { id, reason }: UndoMatch,
  made: readonly EntryView[],
): Promise<MatchView> {
  const { kind } = await findMatch(tx, clientAccountId, id);
  await refuseLaterSettlements(tx, clientAccountId, id);
  await tx.execute(sql`
    update bank_matches set undone_at = ${now}, undone_by_id = ${caller.userId}, undo_reason = ${reason}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  await tx.execute(sql`
    update bank_match_entries m set undo_entry_id = u.undo
    from unnest(${numberArray(made.map(({ cancels_entry_id }) => cancels_entry_id))}::bigint[],
      ${numberArray(made.map((entry) => entry.id))}::bigint[]) as u (entry, undo)
    where m.client_account_id = ${clientAccountId} and m.match_id = ${id} and m.entry_id = u.entry`);
  const parts = await tx.rows<{ transaction_id: number; amount: number }>(sql`
    update bank_match_transactions set is_active = false
    where client_account_id = ${clientAccountId} and match_id = ${id} and is_active returning transaction_id, amount`);
  await coverTransactions(
    tx,
    clientAccountId,
    parts.map(({ transaction_id, amount }) => ({
      transaction: transaction_id,
      amount: -ore(amount),
      external: kind === 'external',
    })),
  );
  await tx.execute(sql`
    update bank_match_lines set is_active = false where client_account_id = ${clientAccountId} and match_id = ${id}`);
  await tx.execute(sql`
    update item_settlements set is_active = false, undone_at = ${now}, undone_by_id = ${caller.userId}, undo_reason = ${reason}
    where client_account_id = ${clientAccountId} and match_id = ${id} and is_active`);
  const [view] = await readMatches(tx, clientAccountId, sql`m.id = ${id}`, sql``);
  audit({ recordType: 'bank_match', recordId: id, after: { undone: true, reason } });
  return view!;
}

/** Its posting may have been used since: an overpayment on account that another match has settled. */
async function refuseLaterSettlements(tx: Transaction, clientAccountId: number, id: number): Promise<void> {
  const [later] = await tx.rows<{ entry_id: number; line_no: number }>(sql`
    select s.entry_id, s.line_no from item_settlements s
    join bank_match_entries m on m.client_account_id = s.client_account_id and m.entry_id = s.entry_id
    where m.client_account_id = ${clientAccountId} and m.match_id = ${id} and s.is_active and s.match_id is distinct from ${id}
    limit 1`);
  if (later) throw matchingErrors.settled_later({ entry_id: later.entry_id, line: later.line_no });
  const [paired] = await tx.rows<{ entry_id: number; line_no: number }>(sql`
    select l.entry_id, l.line_no from bank_match_lines l
    join bank_match_entries m on m.client_account_id = l.client_account_id and m.entry_id = l.entry_id
    where m.client_account_id = ${clientAccountId} and m.match_id = ${id} and l.is_active and l.match_id <> ${id} limit 1`);
  if (paired) throw matchingErrors.settled_later({ entry_id: paired.entry_id, line: paired.line_no });
}
