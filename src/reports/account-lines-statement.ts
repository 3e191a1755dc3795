import type { LocalDate } from '../kernel/local-date.ts';
import { setsSql, type Value } from './figures-statement.ts';
import { NO_FILTER, type ReportFilter } from './report-filter.ts';
import type { ReportRange } from './report-range.ts';

/** Where a line stands on its account. */
export interface LineKey {
  date: LocalDate;
  entryId: number;
  lineNo: number;
}

export interface LineRow {
  entry_date: LocalDate;
  entry_id: number;
  line_no: number;
  debit: number;
  credit: number;
  memo: string;
  tax_code: string | null;
  tax_amount: number | null;
  document_reference: string | null;
  voucher_id: number | null;
  series: string;
  sequence_number: number;
  fiscal_year: number;
  dimension_key: string;
}

interface Asked {
  clientAccountId: number;
  accountCode: string;
  range: ReportRange;
  dimensions: ReportFilter['dimensions'];
  after?: LineKey | undefined;
  before?: LineKey | 'end' | undefined;
  size: number;
}

/**
 * One line more than a page holds, from the index of account and date; backwards when `before` is given. `sumText`
 * instead sums all the lines that the key and the range let through.
 */
export function accountLinesStatement(asked: Asked) {
  const { clientAccountId, accountCode, range, dimensions, after, before, size } = asked;
  const values: unknown[] = [clientAccountId, accountCode, range.from, range.to];
  const value: Value = (given) => `$${values.push(given)}`;
  const key = ({ date, entryId, lineNo }: LineKey) =>
    `(${value(date)}::date, ${value(entryId)}::bigint, ${value(lineNo)}::int)`;
  const bySet = dimensions.length > 0;
  const withSets = bySet ? `with ${setsSql({ ...NO_FILTER, dimensions }, value).replace(/,$/, '')}` : '';
  const at = after
    ? `and (l.entry_date, l.entry_id, l.line_no) > ${key(after)}`
    : before && before !== 'end'
      ? `and (l.entry_date, l.entry_id, l.line_no) < ${key(before)}`
      : '';
  const where = `l.client_account_id = $1 and l.account_code = $2 and l.entry_date between $3::date and $4::date ${at}
  ${bySet ? 'and l.dimension_set_id in (select dimension_set_id from wanted_sets)' : ''}`;
  const sumText = `${withSets}
select coalesce(sum(l.debit - l.credit), 0)::bigint as moved from journal_entry_lines l where ${where}`;
  const sumValues = [...values];
  const direction = before ? 'desc' : 'asc';
  const name = [
    'report-account-lines',
    after ? 'after' : before === 'end' ? 'end' : before && 'before',
    bySet && 'sets',
  ];
  const text = `${withSets}
select l.entry_date, l.entry_id, l.line_no, l.debit, l.credit, coalesce(nullif(l.memo, ''), e.memo) as memo, l.tax_code,
  l.tax_amount, coalesce(l.document_reference, e.document_reference) as document_reference, e.voucher_id, e.series,
  e.sequence_number, e.fiscal_year, coalesce(s.key, '') as dimension_key
from journal_entry_lines l
join journal_entries e on e.client_account_id = l.client_account_id and e.id = l.entry_id
left join dimension_sets s on s.client_account_id = l.client_account_id and s.id = l.dimension_set_id
where ${where}
order by l.entry_date ${direction}, l.entry_id ${direction}, l.line_no ${direction}
limit ${value(size + 1)}`;
  return { name: name.filter(Boolean).join('-'), text, values, sumText, sumValues };
}
