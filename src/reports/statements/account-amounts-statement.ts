import { addDays, addMonths, dayOf, endOfMonth, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { numberArray, textArray } from '../../ledger/index.ts';
import { accountsSql, setsSql, type Value, wholeYears } from '../figures/figures-statement.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';

/** Lines that are added to, or subtracted from, the balances of whole months. */
interface Slice {
  month: LocalDate;
  first: LocalDate;
  last: LocalDate;
  factor: 1 | -1;
}

export interface AmountsQuestion {
  clientAccountId: number;
  /** Null: from the beginning. */
  from: LocalDate | null;
  to: LocalDate;
  /** An amount per account and month, or one per account. */
  by: 'month' | 'account';
  filter: ReportFilter;
  /** Only these accounts; null: all. */
  accountCodes: readonly string[] | null;
}

/**
 * Debit − credit of accounts over a range, from the balances of months, folded and not. For a month that the range
 * cuts, either the lines within the range are read, or those outside it and subtracted, whichever covers fewer days;
 * and only for accounts with movements in that month. One statement, prepared once for each combination of parts.
 */
export function accountAmountsStatement(question: AmountsQuestion): { name: string; text: string; values: unknown[] } {
  const { clientAccountId, by, filter, accountCodes } = question;
  const { first, last, slices } = monthsOf(question);
  const values: unknown[] = [clientAccountId, first, last];
  const value: Value = (given) => `$${values.push(given)}`;
  const cut = slices.length > 0;
  const byAccount = filter.codes.length + filter.ranges.length > 0;
  const bySet = filter.dimensions.length > 0;
  const wantedSets = bySet ? setsSql(filter, value) : '';
  const accounts = [
    byAccount ? accountsSql(filter, value) : '',
    accountCodes ? `and account_code = any (${value(textArray([...accountCodes]))}::text[])` : '',
  ].join(' ');
  const sets = bySet ? 'and dimension_set_id in (select dimension_set_id from wanted_sets)' : '';
  const month = by === 'month' ? 'month, ' : '';
  const balances = (where: string, columns: string) =>
    ['account_balances', 'balance_deltas']
      .map((table) => `select ${columns} from ${table} where client_account_id = $1 and ${where} ${accounts} ${sets}`)
      .join('\n  union all ');
  const monthly = balances('month between $2::date and $3::date', `account_code, ${month}debit - credit as amount`);
  const yearly = by === 'month' ? null : wholeYearsAnd(first, last, { value, accounts, sets });
  const whole = yearly?.text ?? monthly;
  const sliced = cut
    ? `, slices as (select * from unnest(${value(textArray(slices.map((slice) => slice.month)))}::date[],
    ${value(textArray(slices.map((slice) => slice.first)))}::date[], ${value(textArray(slices.map((slice) => slice.last)))}::date[],
    ${value(numberArray(slices.map((slice) => slice.factor)))}::int[]) as s (month, first, last, factor)
), moved as (select distinct b.account_code, s.month, s.first, s.last, s.factor
  from (${balances('month in (select month from slices)', 'account_code, month')}) b join slices s on s.month = b.month
), sliced as (
  select m.account_code, ${month}l.amount
  from moved m cross join lateral (
    select (m.factor * sum(debit - credit))::bigint as amount from journal_entry_lines
    where client_account_id = $1 and account_code = m.account_code and entry_date between m.first and m.last ${sets}
  ) l where l.amount is not null
)`
    : '';
  const text = `
with ${wantedSets} whole as (${whole})${sliced}
select account_code, ${month}sum(amount)::bigint as amount
from ${cut ? `(select account_code, ${month}amount from whole union all select account_code, ${month}amount from sliced) a` : 'whole'}
group by account_code${month ? ', month' : ''}`;
  const parts = [
    'report-amounts',
    by,
    yearly?.only && 'years',
    cut && 'cut',
    byAccount && 'filter',
    accountCodes && 'accounts',
    bySet && 'sets',
  ];
  return { name: parts.filter(Boolean).join('-'), text, values };
}

/** The years between two months from yearly balances, both ends included; the other months and the deltas. */
function wholeYearsAnd(
  first: LocalDate,
  last: LocalDate,
  { value, accounts, sets }: { value: Value; accounts: string; sets: string },
): { text: string; only: boolean } {
  const end = last.startsWith('9999-12') ? '9999-12-31' : addMonths(last, 1);
  const years = wholeYears(first, first, end);
  const within = `between ${value(years.first)}::int and ${value(years.last)}::int`;
  const from = (table: string, where: string) =>
    `select account_code, debit - credit as amount from ${table} where client_account_id = $1 and ${where} ${accounts} ${sets}`;
  const months = 'month between $2::date and $3::date';
  const parts = [
    from('year_balances', `year ${within}`),
    ...(years.only ? [] : [from('account_balances', `${months} and extract(year from month)::int not ${within}`)]),
    from('balance_deltas', months),
  ];
  return { text: parts.join('\n  union all '), only: years.only };
}

/** The whole months to read, both ends included (none if `first` is after `last`), and the slices that correct them. */
export function monthsOf({ from, to }: { from: LocalDate | null; to: LocalDate }) {
  const months = { first: from === null ? '0001-01-01' : startOfMonth(from), last: startOfMonth(to) };
  const slices: Slice[] = [];
  const cut = (month: LocalDate, wanted: { first: LocalDate; last: LocalDate }): 'whole' | 'lines' => {
    const [start, end] = [month, endOfMonth(month)];
    const outside: Omit<Slice, 'month' | 'factor'>[] = [];
    if (wanted.first > start) outside.push({ first: start, last: addDays(wanted.first, -1) });
    if (wanted.last < end) outside.push({ first: addDays(wanted.last, 1), last: end });
    if (outside.length === 0) return 'whole';
    const days = dayOf(wanted.last) - dayOf(wanted.first) + 1;
    if (days <= dayOf(end) - days) {
      slices.push({ month, ...wanted, factor: 1 });
      return 'lines';
    }
    slices.push(...outside.map((slice) => ({ month, ...slice, factor: -1 as const })));
    return 'whole';
  };
  if (from !== null && months.first === months.last) {
    return cut(months.first, { first: from, last: to }) === 'whole' ? { ...months, slices } : { ...NO_MONTHS, slices };
  }
  const firstIs = from === null ? 'whole' : cut(months.first, { first: from, last: endOfMonth(from) });
  const lastIs = cut(months.last, { first: months.last, last: to });
  if (lastIs === 'lines' && months.last === '0001-01-01') return { ...NO_MONTHS, slices };
  return {
    first: firstIs === 'whole' ? months.first : addMonths(months.first, 1),
    last: lastIs === 'whole' ? months.last : addMonths(months.last, -1),
    slices,
  };
}

const NO_MONTHS = { first: '0001-02-01', last: '0001-01-01' };
