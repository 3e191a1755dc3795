import sql from 'sql-template-tag';
import { formatAmount, MAX_TURNOVER, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/** Checks of data that are stored beside the lines and follow from them or from the masters. */
export const DERIVED_CHECKS: readonly [name: string, check: (tx: Transaction, id: number) => Promise<string[]>][] = [
  ['turnover', turnoverFollowsFromEntries],
  ['marks of the sums', marksAreNotAhead],
  ['earlier records', earlierRecordsHold],
];

const LARGEST_LIST = 1_000;

/**
 * The total debit of all entries, which the limit of a client account is checked against. Books from before the limit
 * count as full.
 */
async function turnoverFollowsFromEntries(tx: Transaction, id: number): Promise<string[]> {
  const { kept, sum } = await tx.one<{ kept: string; sum: string }>(sql`
    select (select turnover from client_account_heads where client_account_id = ${id})::text as kept,
      (select least(coalesce(sum(debit_total), 0), ${MAX_TURNOVER})::text from journal_entries where client_account_id = ${id}) as sum`);
  const text = (amount: string | null) => formatAmount(ore(amount));
  return kept === sum ? [] : [`the head says ${text(kept)}, the entries give ${text(sum)}`];
}

/** The marks up to which VAT is summed and the chain is sealed: never beyond the last entry. */
async function marksAreNotAhead(tx: Transaction, id: number): Promise<string[]> {
  const { last, vat, sealed } = await tx.one<{ last: number; vat: number; sealed: number }>(sql`
    select (select coalesce(max(posting_no), 0) from journal_entries where client_account_id = ${id}) as last,
      coalesce((select posting_no from vat_folds where client_account_id = ${id}), 0) as vat,
      coalesce((select max(last_posting_no) from chain_blocks where client_account_id = ${id}), 0) as sealed`);
  return [
    ...(vat > last ? [`VAT is summed up to posting ${vat}, the last one is ${last}`] : []),
    ...(sealed > last ? [`the chain is sealed up to posting ${sealed}, the last one is ${last}`] : []),
  ];
}

/**
 * Earlier versions of masters: each has a moment in the past, an existing master, and contents that differ from its
 * successor (the next stored version, or the current master). A version without a later change cannot come from a
 * change.
 */
async function earlierRecordsHold(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ table_name: string; key: string; problem: string }>(sql`
    with masters as (
      select 'business_partners' as table_name, id::text as key, to_jsonb(m) as now from business_partners m where client_account_id = ${id}
      union all
      select 'dimension_values', id::text, to_jsonb(m) from dimension_values m where client_account_id = ${id}
      union all
      select 'client_gl_accounts', account_code, to_jsonb(m) from client_gl_accounts m where client_account_id = ${id}
      union all
      select 'client_gl_account_versions', account_code || '@' || valid_from, to_jsonb(m)
      from client_gl_account_versions m where client_account_id = ${id}
      union all
      select 'tax_codes', code, to_jsonb(m) from tax_codes m where client_account_id = ${id}
      union all
      select 'client_accounts', id::text, to_jsonb(m) from client_accounts m where id = ${id}
    ), forms as (
      select e.table_name, e.key, e.until, e.id, e.was, m.now,
        coalesce(lead(e.was) over (partition by e.table_name, e.key order by e.until, e.id), m.now) as next
      from earlier_records e left join masters m using (table_name, key)
      where e.client_account_id = ${id}
    )
    select table_name, key, problem from (
      select table_name, key, until, id, case
        when now is null then 'is of a record that does not exist'
        when was is not null and was = next then 'says what its successor says'
        when until > now() + interval '1 day' then 'ends in the future'
      end as problem from forms) f
    where problem is not null order by table_name, key, until, id limit ${LARGEST_LIST}`);
  return rows.map((row) => `${row.table_name} ${row.key}: an earlier form ${row.problem}`);
}
