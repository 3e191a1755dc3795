import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { ore, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/**
 * The bank's balance of an account after each of these days: the last statement's closing balance plus later movements;
 * before the first statement, its opening balance less the movements in between. Without any statement: the sum of
 * movements.
 */
export async function bankBalances(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  days: readonly LocalDate[],
): Promise<Ore[]> {
  const rows = await tx.rows<{ balance: string }>(sql`
    with statements as (
      select from_date, to_date, opening_balance, closing_balance, id from bank_statements
      where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId}
    ), first as (
      select from_date, opening_balance from statements order by from_date, id limit 1
    ), anchors as (
      select d.day, d.n, s.to_date as since, s.closing_balance as known, f.from_date, f.opening_balance
      from unnest(${[...days]}::date[]) with ordinality d (day, n)
      left join lateral (
        select to_date, closing_balance from statements where to_date <= d.day order by to_date desc, id desc limit 1
      ) s on true
      left join first f on true
    )
    select a.n, case
      when a.since is not null then a.known + coalesce((
        select sum(t.amount) from bank_transactions t where t.client_account_id = ${clientAccountId}
          and t.bank_account_id = ${bankAccountId} and t.booking_date > a.since and t.booking_date <= a.day), 0)
      when a.from_date <= a.day then a.opening_balance + coalesce((
        select sum(t.amount) from bank_transactions t where t.client_account_id = ${clientAccountId}
          and t.bank_account_id = ${bankAccountId} and t.booking_date between a.from_date and a.day), 0)
      when a.from_date is not null then a.opening_balance - coalesce((
        select sum(t.amount) from bank_transactions t where t.client_account_id = ${clientAccountId}
          and t.bank_account_id = ${bankAccountId} and t.booking_date > a.day and t.booking_date < a.from_date), 0)
      else coalesce((
        select sum(t.amount) from bank_transactions t where t.client_account_id = ${clientAccountId}
          and t.bank_account_id = ${bankAccountId} and t.booking_date <= a.day), 0)
      end as balance
    from anchors a order by a.n`);
  return rows.map((row) => ore(row.balance));
}
