import sql from 'sql-template-tag';
import { BOOKKEEPERS, READERS } from '../../../platform/caller.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../../platform/http/paging.ts';
import { type Operation, ownTransactionOperation, readOperation } from '../../../platform/operation.ts';
import { type MatchView, readMatches } from './match-view.ts';
import type { MatchWish } from './match-wish.ts';
import { makeMatches } from './matches-make.ts';

/** Accepts one or several proposals, or a user's own choice; all of them or none. */
export const acceptMatches: Operation<{ matches: MatchWish[] }, { data: MatchView[] }> = ownTransactionOperation({
  name: 'bank-match.accept',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (work, { matches }) =>
    makeMatches(work, 'bank-match.accept', matches, async (tx, ids) => ({
      data: await readMatches(tx, work.clientAccountId, sql`m.id = any(${ids}::bigint[])`, sql`order by m.id`),
    })),
});

export interface ListMatches extends Page {
  bankAccountId: number | null;
  transactionId: number | null;
  entryId: number | null;
  /** null: including undone ones. */
  isActive: boolean | null;
}

export const listMatches = readOperation({
  name: 'bank-match.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ListMatches) {
    const where = sql`
      (${input.bankAccountId}::bigint is null or m.bank_account_id = ${input.bankAccountId})
      and (${input.isActive}::boolean is null or (m.undone_at is null) = ${input.isActive})
      and (${input.transactionId}::bigint is null or exists (select from bank_match_transactions t
        where t.client_account_id = m.client_account_id and t.match_id = m.id and t.transaction_id = ${input.transactionId}))
      and (${input.entryId}::bigint is null or exists (select from bank_match_lines l
        where l.client_account_id = m.client_account_id and l.match_id = m.id and l.entry_id = ${input.entryId}))`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from bank_matches m where m.client_account_id = ${clientAccountId} and ${where}`,
    );
    const rows = await readMatches(tx, clientAccountId, where, sql`order by m.id desc ${limitOffset(input)}`);
    return envelope(rows, input, records);
  },
});

export const getMatch = readOperation({
  name: 'bank-match.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { id }: { id: number }) {
    const [match] = await readMatches(tx, clientAccountId, sql`m.id = ${id}`, sql``);
    if (!match) throw requestErrors.not_found({ what: 'Match' });
    return match;
  },
});
