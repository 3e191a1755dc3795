import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { orderBy, type Page } from '../../platform/http/paging.ts';
import { TRANSACTION_COLUMNS, type BankTransactionRow } from './bank-transaction.ts';

export interface TransactionFilter {
  clientAccountIds: readonly number[];
  bankAccountId: number | null;
  from: LocalDate | null;
  to: LocalDate | null;
  includeExternal: boolean;
}

const DEFAULT_ORDER = 'booking_date asc, amount asc';
const ORDER = {
  id: 't.id',
  booking_date: 't.booking_date',
  value_date: 't.value_date',
  amount: 't.amount',
  currency_code: 't.currency_code',
  payee_name: 't.payee_name collate nb_no',
  payor_name: 't.payor_name collate nb_no',
  memo: 't.memo collate nb_no',
  bank_reference: 't.bank_reference',
};

/**
 * The days that contain a page: the number of transactions before the first of them, and the days as the counts name them.
 */
interface Window {
  records: number;
  first: string | null;
  last: string | null;
  before: number;
}

/**
 * A page of the transactions and their total number. Counted by day, so that neither the count nor a late page reads the
 * other rows: in the order of booking dates, in either direction, only the days of the page are read.
 */
export async function transactionPage(
  tx: Transaction,
  filter: TransactionFilter,
  { page, perPage }: Page,
  order: string | undefined,
): Promise<{ rows: BankTransactionRow[]; records: number }> {
  const by = orderBy(order, ORDER, DEFAULT_ORDER, 't.id');
  const offset = (page - 1) * perPage;
  const leading = /^order by t\.booking_date (asc|desc)/.exec(by.sql)?.[1];
  const days = await windowOf(tx, filter, offset, perPage, leading === 'desc' ? 'desc' : 'asc');
  if (days.first === null || days.last === null) return { rows: [], records: days.records };
  if (leading) {
    const within = [...conditions(filter), ...between(days.first, days.last)];
    return { rows: await read(tx, within, by, perPage, offset - days.before), records: days.records };
  }
  // Any other order reads all rows before the page: from the nearer end.
  const behind = days.records - offset - perPage;
  if (behind >= offset) return { rows: await read(tx, conditions(filter), by, perPage, offset), records: days.records };
  const size = Math.min(perPage, days.records - offset);
  const rows = await read(tx, conditions(filter), reversed(by), size, Math.max(behind, 0));
  return { rows: rows.reverse(), records: days.records };
}

async function windowOf(
  tx: Transaction,
  filter: TransactionFilter,
  offset: number,
  size: number,
  direction: 'asc' | 'desc',
): Promise<Window> {
  const where = [...clients(filter, sql`client_account_id`)];
  if (filter.bankAccountId !== null) where.push(sql`bank_account_id = ${filter.bankAccountId}`);
  if (filter.from !== null) where.push(sql`day >= ${filter.from}`);
  if (filter.to !== null) where.push(sql`day <= ${filter.to}`);
  // Transactions without a date are outside every period.
  if (filter.from !== null || filter.to !== null) where.push(sql`day < 'infinity'`);
  const count = filter.includeExternal ? sql`total` : sql`total - external`;
  return tx.one<Window>(sql`
    with days as (
      select day, sum(${count})::bigint as n from bank_transaction_counts where ${join(where, ' and ')}
      group by day having sum(${count}) > 0
    ), running as (
      select day, n, sum(n) over (order by day ${raw(direction)}) as upto from days
    ), held as (
      select day, upto - n as before from running where upto > ${offset} and upto - n < ${offset + size}
    )
    select coalesce((select sum(n) from days), 0)::bigint as records, min(day)::text as first, max(day)::text as last,
      coalesce(min(before), 0)::bigint as before
    from held`);
}

function clients({ clientAccountIds: ids }: TransactionFilter, column: Sql): Sql[] {
  // A single value is written with `=`: only then is the order of an index used.
  return [ids.length === 1 ? sql`${column} = ${ids[0]}` : sql`${column} = any(${[...ids]}::bigint[])`];
}

function conditions(filter: TransactionFilter): Sql[] {
  const where = clients(filter, sql`t.client_account_id`);
  if (filter.bankAccountId !== null) where.push(sql`t.bank_account_id = ${filter.bankAccountId}`);
  if (filter.from !== null) where.push(sql`t.booking_date >= ${filter.from}`);
  if (filter.to !== null) where.push(sql`t.booking_date <= ${filter.to}`);
  if (!filter.includeExternal) where.push(sql`(t.external_reconciled_amount <> t.amount or t.amount = 0)`);
  return where;
}

function between(first: string, last: string): Sql[] {
  if (first === 'infinity') return [sql`t.booking_date is null`];
  if (last === 'infinity') return [sql`(t.booking_date >= ${first} or t.booking_date is null)`];
  return [sql`t.booking_date between ${first} and ${last}`];
}

/** The same order reversed, including the position of nulls. */
function reversed(order: Sql): Sql {
  return raw(
    order.sql.replace(/ (asc|desc)\b|(t\.id)$/g, (_, way: string, id: string) =>
      id ? 't.id desc' : way === 'asc' ? ' desc' : ' asc',
    ),
  );
}

function read(tx: Transaction, where: readonly Sql[], order: Sql, limit: number, offset: number) {
  return tx.rows<BankTransactionRow>(sql`
    select ${TRANSACTION_COLUMNS} from bank_transactions t where ${join([...where], ' and ')}
    ${order} limit ${limit} offset ${offset}`);
}
