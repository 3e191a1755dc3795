import type { LocalDate } from '../../kernel/local-date.ts';
import { accountsSql, setsSql, type Value } from './figures-statement.ts';
import type { KnownAt } from './known-at.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';

/**
 * How the figures of an earlier time are computed. `less`: the current ones minus the lines posted since; `only`: from
 * the lines posted until then. Whichever reads fewer entries.
 */
export function knownBy({ postingNo, lastPostingNo }: KnownAt): 'less' | 'only' {
  return lastPostingNo - postingNo <= postingNo ? 'less' : 'only';
}

interface KnownQuestion {
  clientAccountId: number;
  known: KnownAt;
  /** Absent: from the beginning. */
  from?: LocalDate | undefined;
  to: LocalDate;
  filter: ReportFilter;
  /** The columns to group by, as expressions over a line `l`, with the types of the rows they are combined with. */
  columns: readonly { name: string; expression: (value: Value) => string }[];
}

/**
 * Debit, credit and number of the lines up to a day that were posted after the time (`less`) or until then (`only`).
 */
export function knownLinesStatement({ clientAccountId, known, from, to, filter, columns }: KnownQuestion) {
  const values: unknown[] = [clientAccountId, known.postingNo, to];
  const value: Value = (given) => `$${values.push(given)}`;
  const by = knownBy(known);
  const byAccount = filter.codes.length + filter.ranges.length > 0;
  const bySet = filter.dimensions.length > 0;
  const wantedSets = bySet ? `with ${setsSql(filter, value).replace(/,$/, '')}` : '';
  const selected = columns.map(({ name, expression }) => `${expression(value)} as ${name}`).join(', ');
  const text = `
${wantedSets}
select ${selected}, sum(l.debit)::bigint as debit, sum(l.credit)::bigint as credit, count(*) as lines
from journal_entries e
join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
where e.client_account_id = $1 and e.posting_no ${by === 'less' ? '>' : '<='} $2 and e.entry_date <= $3::date
  ${from === undefined ? '' : `and e.entry_date >= ${value(from)}::date`}
  ${byAccount ? accountsSql(filter, value).replaceAll('account_code', 'l.account_code') : ''}
  ${bySet ? 'and l.dimension_set_id in (select dimension_set_id from wanted_sets)' : ''}
group by ${columns.map((_, at) => at + 1).join(', ')}`;
  const name = [
    'report-known',
    by,
    ...columns.map((column) => column.name),
    from && 'from',
    byAccount && 'accounts',
    bySet && 'sets',
  ];
  return { name: name.filter(Boolean).join('-'), text, values };
}
