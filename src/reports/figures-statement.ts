import type { LocalDate } from '../kernel/local-date.ts';
import { numberArray, textArray } from '../ledger/index.ts';
import type { ReportFilter } from './report-filter.ts';

/** Where a range begins or ends within a month: the lines of its shorter side, and how they count. */
export interface Edge {
  /** First day of the month. */
  month: LocalDate;
  first: LocalDate;
  last: LocalDate;
  /** Factor (-1, 0, 1) in the balance before the range and in the movement. */
  before: number;
  within: number;
}

export interface FigureQuestion {
  clientAccountId: number;
  /** First day of the fiscal year in which the range begins. */
  yearStart: LocalDate;
  /** Whole months from the year's start and before this one precede the range … */
  rangeStart: LocalDate;
  /** … and those from there and before this one are the range. */
  rangeEnd: LocalDate;
  /** Last month to look at. */
  lastMonth: LocalDate;
  edges: readonly Edge[];
  filter: ReportFilter;
}

/**
 * Figures of a client account by account and dimension set, in one statement and so from one snapshot: debit and credit
 * before the fiscal year (bucket 0), from there to the range (1) and in the range (2).
 *
 * Months come from the folded balances and the deltas not yet folded. Where the range begins or ends within a month, the
 * lines of the shorter side of that month are added to or taken from the month's whole, and only for the accounts that
 * moved in it, each through the index of account and date. Each combination of parts is prepared once per connection.
 */
export function figuresStatement(question: FigureQuestion): { name: string; text: string; values: unknown[] } {
  const { clientAccountId, yearStart, rangeStart, rangeEnd, lastMonth, edges, filter } = question;
  const values: unknown[] = [clientAccountId, yearStart, rangeStart, rangeEnd, lastMonth];
  const value = (given: unknown) => `$${values.push(given)}`;
  const byEdge = edges.length > 0;
  const byAccount = filter.codes.length + filter.ranges.length > 0;
  const bySet = filter.dimensions.length > 0;
  const name = ['report-figures', byEdge && 'edges', byAccount && 'accounts', bySet && 'sets']
    .filter(Boolean)
    .join('-');
  const edgeRows = byEdge ? edgesSql(edges, value) : '';
  const accountFilter = byAccount ? accountsSql(filter, value) : '';
  const wantedSets = bySet ? setsSql(filter, value) : '';
  const setFilter = bySet ? 'and dimension_set_id in (select dimension_set_id from wanted_sets)' : '';
  const months = (table: string) => `
    select account_code, dimension_set_id, month, debit, credit from ${table}
    where client_account_id = $1 and month <= $5 ${accountFilter} ${setFilter}`;
  const text = `
with ${wantedSets}
months as ${byEdge ? 'materialized ' : ''}(${months('account_balances')}
  union all ${months('balance_deltas')}),
${byEdge ? `edges as (${edgeRows}),\n${raggedSql(setFilter)},` : ''}
parts as (
  select account_code, dimension_set_id, case when month < $2 then 0 when month < $3 then 1 else 2 end as bucket, debit, credit
  from months where month < $4
  ${byEdge ? 'union all select account_code, dimension_set_id, bucket, debit, credit from ragged' : ''}
)
select account_code, dimension_set_id, bucket, sum(debit)::bigint as debit, sum(credit)::bigint as credit
from parts group by account_code, dimension_set_id, bucket`;
  return { name, text, values };
}

export type Value = (given: unknown) => string;

function edgesSql(edges: readonly Edge[], value: Value): string {
  return `
  select * from unnest(${value(textArray(edges.map((edge) => edge.month)))}::date[],
    ${value(textArray(edges.map((edge) => edge.first)))}::date[], ${value(textArray(edges.map((edge) => edge.last)))}::date[],
    ${value(numberArray(edges.map((edge) => edge.before)))}::int[],
    ${value(numberArray(edges.map((edge) => edge.within)))}::int[]) as e (month, first, last, before, within)`;
}

/** Also the condition on the account of other statements that are filtered alike. */
export function accountsSql({ codes, ranges }: ReportFilter, value: Value): string {
  return `and (account_code = any (${value(textArray(codes))}::text[]) or exists (
      select from unnest(${value(textArray(ranges.map((range) => range.from)))}::text[],
        ${value(textArray(ranges.map((range) => range.to)))}::text[]) as r (first, last)
      where account_code between r.first and r.last))`;
}

/** The dimension sets that a filter lets through, as `wanted_sets`; $1 is the client account. */
export function setsSql({ dimensions }: ReportFilter, value: Value): string {
  const pairs = dimensions.flatMap(({ type, ids }) => ids.map((id) => ({ type, id })));
  return `wanted_sets as materialized (
  select m.dimension_set_id
  from dimension_set_members m
  join unnest(${value(textArray(pairs.map((pair) => pair.type)))}::text[],
    ${value(numberArray(pairs.map((pair) => pair.id)))}::bigint[]) as w (type, id)
    on w.type = m.dimension_type and w.id = m.value_id
  where m.client_account_id = $1
  group by m.dimension_set_id having count(distinct m.dimension_type) = ${value(dimensions.length)}::int
),`;
}

function raggedSql(setFilter: string): string {
  return `ragged as (
  select p.account_code, l.dimension_set_id, f.bucket, (f.factor * l.debit)::bigint as debit,
    (f.factor * l.credit)::bigint as credit
  from (select distinct m.account_code, e.first, e.last, e.before, e.within
    from edges e join months m on m.month = e.month) p
  cross join lateral (
    select coalesce(dimension_set_id, 0) as dimension_set_id, sum(debit) as debit, sum(credit) as credit
    from journal_entry_lines
    where client_account_id = $1 and account_code = p.account_code and entry_date between p.first and p.last ${setFilter}
    group by coalesce(dimension_set_id, 0)
  ) l
  cross join lateral (values (1, p.before), (2, p.within)) as f (bucket, factor)
  where f.factor <> 0
)`;
}
