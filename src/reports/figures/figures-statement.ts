import { type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { numberArray, textArray } from '../../ledger/index.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';

/** A range boundary within a month: the lines of the month's shorter part, and how they count. */
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
  /** Whole months from the start of the year up to this one precede the range … */
  rangeStart: LocalDate;
  /** … and those from there up to this one are the range. */
  rangeEnd: LocalDate;
  edges: readonly Edge[];
  filter: ReportFilter;
}

/**
 * Figures of a client account by account and dimension set, in one statement and so from one snapshot: debit and credit
 * before the fiscal year (bucket 0), from there to the range (1) and in the range (2).
 *
 * Whole calendar years come from yearly balances, other months from monthly balances, and unfolded postings from the
 * deltas. If the range begins or ends within a month, the lines of the shorter part of that month are added or
 * subtracted, only for the accounts with movements in it, each by the index of account and date. Each combination of
 * parts is prepared once per connection.
 */
export function figuresStatement(question: FigureQuestion): { name: string; text: string; values: unknown[] } {
  const { clientAccountId, yearStart, rangeStart, rangeEnd, edges, filter } = question;
  const years = wholeYears(yearStart, rangeStart, rangeEnd);
  const calendarYear = `${yearStart.slice(0, 4)}-01-01`;
  const values: unknown[] = [clientAccountId, yearStart, rangeStart, rangeEnd, years.first, years.last, calendarYear];
  const value = (given: unknown) => `$${values.push(given)}`;
  const byEdge = edges.length > 0;
  const byAccount = filter.codes.length + filter.ranges.length > 0;
  const bySet = filter.dimensions.length > 0;
  const parts = [
    'report-figures',
    !years.only && 'months',
    byEdge && 'edges',
    byAccount && 'accounts',
    bySet && 'sets',
  ];
  const name = parts.filter(Boolean).join('-');
  const edgeRows = byEdge ? edgesSql(edges, value) : '';
  const accountFilter = byAccount ? accountsSql(filter, value) : '';
  const wantedSets = bySet ? setsSql(filter, value) : '';
  const setFilter = bySet ? 'and dimension_set_id in (select dimension_set_id from wanted_sets)' : '';
  const wanted = `client_account_id = $1 ${accountFilter} ${setFilter}`;
  const bucket = 'case when month < $2::date then 0 when month < $3::date then 1 else 2 end';
  const text = `
with ${wantedSets}
${byEdge ? `edges as (${edgeRows}),\n${raggedSql(wanted, setFilter)},` : ''}
parts as (
  select account_code, dimension_set_id, case when year < extract(year from $7::date) then 0 else 2 end as bucket, debit, credit
  from year_balances
  where ${wanted} and (year < extract(year from $7::date)::int or year between $5::int and $6::int)
  ${
    years.only
      ? ''
      : `union all
  select account_code, dimension_set_id, ${bucket}, debit, credit from account_balances
  where ${wanted} and month >= $7::date and month < $4::date and extract(year from month)::int not between $5::int and $6::int`
  }
  union all
  select account_code, dimension_set_id, ${bucket}, debit, credit from balance_deltas
  where ${wanted} and month < $4::date
  ${byEdge ? 'union all select account_code, dimension_set_id, bucket, debit, credit from ragged' : ''}
)
select account_code, dimension_set_id, bucket, sum(debit)::bigint as debit, sum(credit)::bigint as credit
from parts group by account_code, dimension_set_id, bucket`;
  return { name, text, values };
}

/**
 * The whole calendar years between the first days of two months, the second excluded; none if `first` is after `last`.
 * `only`: no months remain since `since` outside them.
 */
export function wholeYears(since: LocalDate, start: LocalDate, end: LocalDate) {
  const first = yearOf(start) + (start.endsWith('-01-01') ? 0 : 1);
  // The calendar ends with the year 9999: its last day is used instead of the day after.
  const endsYear = end.endsWith('-01-01') || end === '9999-12-31';
  const last = end === '9999-12-31' ? 9999 : yearOf(end) - 1;
  return { first, last, only: start === since && since.endsWith('-01-01') && endsYear };
}

export type Value = (given: unknown) => string;

function edgesSql(edges: readonly Edge[], value: Value): string {
  return `
  select * from unnest(${value(textArray(edges.map((edge) => edge.month)))}::date[],
    ${value(textArray(edges.map((edge) => edge.first)))}::date[], ${value(textArray(edges.map((edge) => edge.last)))}::date[],
    ${value(numberArray(edges.map((edge) => edge.before)))}::int[],
    ${value(numberArray(edges.map((edge) => edge.within)))}::int[]) as e (month, first, last, before, within)`;
}

/** Also the condition on accounts in other statements with the same filter. */
export function accountsSql({ codes, ranges }: ReportFilter, value: Value): string {
  return `and (account_code = any (${value(textArray(codes))}::text[]) or exists (
      select from unnest(${value(textArray(ranges.map((range) => range.from)))}::text[],
        ${value(textArray(ranges.map((range) => range.to)))}::text[]) as r (first, last)
      where account_code between r.first and r.last))`;
}

/** The dimension sets that match a filter, as `wanted_sets`; $1 is the client account. */
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

function raggedSql(wanted: string, setFilter: string): string {
  return `moved as (
  select account_code, month from account_balances where ${wanted} and month in (select month from edges)
  union
  select account_code, month from balance_deltas where ${wanted} and month in (select month from edges)
),
ragged as (
  select p.account_code, l.dimension_set_id, f.bucket, (f.factor * l.debit)::bigint as debit,
    (f.factor * l.credit)::bigint as credit
  from (select m.account_code, e.first, e.last, e.before, e.within from edges e join moved m on m.month = e.month) p
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
