import { textArray } from '../../platform/database/arrays.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { setsSql, type Value } from '../figures/figures-statement.ts';
import { NO_FILTER, type ReportFilter } from '../foundations/report-filter.ts';

/** The position of a line on its account: lines are ordered by day, entry and number. */
export interface LineKey {
  date: LocalDate;
  entryId: number;
  lineNo: number;
}

/** The days of one account. */
export interface Stretch {
  accountCode: string;
  from: LocalDate;
  to: LocalDate;
}

/** The client account of the lines, and the dimensions they must have. */
export interface LineScope {
  clientAccountId: number;
  dimensions: ReportFilter['dimensions'];
  /** Documents may be linked to entries after posting. If there are any, only links up to this time count. */
  linkedUntil: Date | null;
  /** The last entry known at the requested time; null: all. Ids are assigned in the order of posting. */
  lastEntryId: number | null;
}

export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** Columns by position: rows are read as arrays, at half the cost of objects. */
export type LineRow = readonly [
  entryDate: LocalDate,
  entryId: number,
  lineNo: number,
  debit: number,
  credit: number,
  memo: string,
  taxCode: string | null,
  taxAmount: number | null,
  partnerId: number | null,
  dimensionSetId: number | null,
  documentReference: string | null,
  voucherId: number | null,
  series: string,
  sequenceNumber: number,
  fiscalYear: number,
  /** Of the stretch that the line belongs to, from 1. */
  place: number,
];

/** Columns of the line itself … */
const LINE = `l.entry_date, l.entry_id, l.line_no, l.debit, l.credit, l.memo, l.tax_code, l.tax_amount, l.business_partner_id,
    l.dimension_set_id, l.document_reference`;

/** … and with those of its entry, for the lines of `picked`, in the order of `LineRow`. */
function columns({ linkedUntil }: LineScope, place: string, value: Value): string {
  const voucher = linkedUntil
    ? `coalesce(e.voucher_id, (select min(v.voucher_id) from journal_entry_vouchers v
    where v.client_account_id = $1 and v.entry_id = l.entry_id and v.created_at <= ${value(linkedUntil)}::timestamptz))`
    : 'e.voucher_id';
  return `l.entry_date, l.entry_id, l.line_no, l.debit, l.credit, coalesce(nullif(l.memo, ''), e.memo) as memo, l.tax_code,
  l.tax_amount, l.business_partner_id, l.dimension_set_id, coalesce(l.document_reference, e.document_reference) as document_reference,
  ${voucher} as voucher_id, e.series, e.sequence_number, e.fiscal_year, ${place} as place`;
}

/**
 * Looks up each line's entry by key. The limit keeps the planner from joining all entries: a cached plan does not know the
 * number of lines. Only the primary key has the order; with `id =` a plan for any client account may take the index of dates
 * and skip over them (PostgreSQL 18), hundreds of searches for each line.
 */
const ENTRY = `cross join lateral (
  select e.memo, e.document_reference, e.voucher_id, e.series, e.sequence_number, e.fiscal_year
  from journal_entries e where e.client_account_id = $1 and e.id >= l.entry_id and e.id <= l.entry_id
  order by e.id limit 1) e`;

/**
 * The first line and the direction. `from`: including that line. Without a key: from the first end in that direction.
 */
export type Start =
  | { direction: 'forward'; after?: LineKey; from?: LineKey }
  | { direction: 'backward'; before?: LineKey };

/** Up to a number of lines of a stretch, in the order of the index of account and date, reversed when backward. */
export function stretchStatement(scope: LineScope, stretch: Stretch, start: Start, most: number): Statement {
  const { values, value, withSets, where, kind } = beginning(scope, stretch);
  const [bound, at] = boundOf(start, value);
  const order = start.direction === 'backward' ? 'desc' : 'asc';
  const inOrder = `order by l.entry_date ${order}, l.entry_id ${order}, l.line_no ${order}`;
  const text = `${withSets ? `${withSets},` : 'with'} picked as materialized (
  select ${LINE} from journal_entry_lines l where ${where} ${at} ${inOrder} limit ${value(most)}
)
select ${columns(scope, '1', value)} from picked l ${ENTRY} ${inOrder}`;
  const name = ['report-lines', start.direction, bound, ...kind, scope.linkedUntil && 'linked'];
  return { name: name.filter(Boolean).join('-'), text, values };
}

/** All lines of several short stretches at once, in their order. */
export function stretchesStatement(scope: LineScope, stretches: readonly Stretch[]): Statement {
  const values: unknown[] = [
    scope.clientAccountId,
    textArray(stretches.map(({ accountCode }) => accountCode)),
    textArray(stretches.map(({ from }) => from)),
    textArray(stretches.map(({ to }) => to)),
  ];
  const value: Value = (given) => `$${values.push(given)}`;
  const { withSets, where, kind } = narrowing(scope, value);
  const text = `${withSets}
select ${columns(scope, 's.place::int', value)}
from unnest($2::text[], $3::date[], $4::date[]) with ordinality as s (account_code, first, last, place)
cross join lateral (
  select ${LINE} from journal_entry_lines l
  where l.client_account_id = $1 and l.account_code = s.account_code and l.entry_date between s.first and s.last ${where}
  offset 0) l
${ENTRY}
order by s.place, l.entry_date, l.entry_id, l.line_no`;
  const name = ['report-lines-of-stretches', ...kind, scope.linkedUntil && 'linked'];
  return { name: name.filter(Boolean).join('-'), text, values };
}

/**
 * The line after `skip` lines of a stretch, counted from its beginning (or from its end), and the sum of those skipped,
 * debit − credit. Reads nothing but the index.
 */
export function skipStatement(
  scope: LineScope,
  stretch: Stretch,
  direction: 'forward' | 'backward',
  skip: number,
): Statement {
  const { values, value, withSets, where, kind } = beginning(scope, stretch);
  const order = direction === 'backward' ? 'desc' : 'asc';
  const text = `${withSets ? `${withSets},` : 'with'}
skipped as materialized (
  select l.entry_date, l.entry_id, l.line_no, l.debit - l.credit as amount from journal_entry_lines l where ${where}
  order by l.entry_date ${order}, l.entry_id ${order}, l.line_no ${order} limit ${value(skip)}
)
select (select sum(amount) from skipped)::bigint as moved, entry_date, entry_id, line_no
from skipped order by entry_date ${opposite(order)}, entry_id ${opposite(order)}, line_no ${opposite(order)} limit 1`;
  return { name: ['report-lines-skip', direction, ...kind].join('-'), text, values };
}

export interface SkipRow {
  moved: number;
  entry_date: LocalDate;
  entry_id: number;
  line_no: number;
}

/** Movement and number of the lines of a stretch, from the index. */
export function countStatement(scope: LineScope, stretch: Stretch): Statement {
  const { values, withSets, where, kind } = beginning(scope, stretch);
  const text = `${withSets}
select count(*) as lines, coalesce(sum(l.debit - l.credit), 0)::bigint as amount from journal_entry_lines l where ${where}`;
  return { name: ['report-lines-count', ...kind].join('-'), text, values };
}

/**
 * The same by month, for whole months: from the balances of the account. For an earlier time from the index, because
 * balances are current.
 */
export function monthsStatement(scope: LineScope, stretch: Stretch): Statement {
  if (scope.lastEntryId !== null) {
    const { values, withSets, where, kind } = beginning(scope, stretch);
    const text = `${withSets}
select date_trunc('month', l.entry_date)::date as month, sum(l.debit - l.credit)::bigint as amount, count(*) as lines
from journal_entry_lines l where ${where} group by 1 order by 1`;
    return { name: ['report-lines-by-month', ...kind].join('-'), text, values };
  }
  const values: unknown[] = [scope.clientAccountId, stretch.accountCode, stretch.from, stretch.to];
  const bySet = scope.dimensions.length > 0;
  const withSets = bySet ? setsOf(scope, (given) => `$${values.push(given)}`) : '';
  const filter = bySet ? 'and dimension_set_id in (select dimension_set_id from wanted_sets)' : '';
  const of = (table: string) => `select month, debit - credit as amount, line_count from ${table}
  where client_account_id = $1 and account_code = $2 and month between $3 and $4 ${filter}`;
  const text = `${withSets}
select month, sum(amount)::bigint as amount, sum(line_count)::bigint as lines
from (${of('account_balances')} union all ${of('balance_deltas')}) b
group by month having sum(line_count) > 0 order by month`;
  return { name: `report-account-months${bySet ? '-sets' : ''}`, text, values };
}

export interface MonthRow {
  month: LocalDate;
  amount: number;
  lines: number;
}

function setsOf({ dimensions }: LineScope, value: Value): string {
  return `with ${setsSql({ ...NO_FILTER, dimensions }, value).replace(/,$/, '')}`;
}

/** The conditions of a scope on a line `l`, and their part of the statement's name. */
function narrowing(scope: LineScope, value: Value): { withSets: string; where: string; kind: string[] } {
  const bySet = scope.dimensions.length > 0;
  const isKnown = scope.lastEntryId === null ? '' : `and l.entry_id <= ${value(scope.lastEntryId)}::bigint`;
  return {
    withSets: bySet ? setsOf(scope, value) : '',
    where: `${isKnown} ${bySet ? 'and l.dimension_set_id in (select dimension_set_id from wanted_sets)' : ''}`,
    kind: [...(isKnown ? ['then'] : []), ...(bySet ? ['sets'] : [])],
  };
}

function beginning(scope: LineScope, { accountCode, from, to }: Stretch) {
  const values: unknown[] = [scope.clientAccountId, accountCode, from, to];
  const value: Value = (given) => `$${values.push(given)}`;
  const { where, ...narrowed } = narrowing(scope, value);
  const stretch = 'l.client_account_id = $1 and l.account_code = $2 and l.entry_date between $3::date and $4::date';
  return { ...narrowed, values, value, where: `${stretch} ${where}` };
}

function boundOf(start: Start, value: Value): [name: string, sql: string] {
  const compared = (operator: string, { date, entryId, lineNo }: LineKey) =>
    `and (l.entry_date, l.entry_id, l.line_no) ${operator} (${value(date)}::date, ${value(entryId)}::bigint, ${value(lineNo)}::int)`;
  if (start.direction === 'backward') return start.before ? ['before', compared('<', start.before)] : ['', ''];
  if (start.after) return ['after', compared('>', start.after)];
  return start.from ? ['from', compared('>=', start.from)] : ['', ''];
}

function opposite(order: 'asc' | 'desc'): 'asc' | 'desc' {
  return order === 'asc' ? 'desc' : 'asc';
}
