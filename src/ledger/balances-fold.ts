import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';

/** Most rows of deltas, with up to 32 each, that one fold takes, so that it stays short. */
const LARGEST_FOLD = 2_000;

/**
 * Moves deltas of the client account into its balances: one statement, so every reader sees the sum of both either
 * before or after, never half. Returns the number of deltas moved. Of two concurrent workers the second finds no deltas
 * left.
 */
export async function foldBalances(tx: Transaction, clientAccountId: number): Promise<number> {
  const { moved } = await tx.one<{ moved: number }>(sql`
    with moved as (
      delete from balance_delta_batches b where b.client_account_id = ${clientAccountId} and b.id in (
        select id from balance_delta_batches where client_account_id = ${clientAccountId} order by id limit ${LARGEST_FOLD})
      returning b.account_codes, b.months, b.dimension_set_ids, b.debits, b.credits, b.line_counts
    ), deltas as (
      select d.* from moved
      cross join unnest(account_codes, months, dimension_set_ids, debits, credits, line_counts)
        as d (account_code, month, dimension_set_id, debit, credit, line_count)
    ), summed as (
      select account_code, month, dimension_set_id, sum(debit) as debit, sum(credit) as credit,
        sum(line_count) as line_count
      from deltas
      group by account_code, month, dimension_set_id
    ), folded as (
      insert into account_balances (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
      select ${clientAccountId}, account_code, month, dimension_set_id, debit, credit, line_count from summed
      order by account_code, month, dimension_set_id
      on conflict (client_account_id, account_code, month, dimension_set_id)
      do update set debit = account_balances.debit + excluded.debit, credit = account_balances.credit + excluded.credit,
        line_count = account_balances.line_count + excluded.line_count
    )
    select count(*) as moved from deltas`);
  return moved;
}
