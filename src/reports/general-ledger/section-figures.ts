import type { FiscalYear } from '../../kernel/fiscal-year.ts';
import { type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { numberArray, textArray } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { accountsSql, type Edge, setsSql } from '../figures/figures-statement.ts';
import type { KnownAt } from '../figures/known-at.ts';
import { knownBy, knownLinesStatement } from '../figures/known-figures.ts';
import { cutAfter, cutAt } from '../figures/ledger-figures.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import type { ReportRange } from '../foundations/report-range.ts';

/** Bucket of the time before the fiscal year in which a range begins. */
export const BEFORE_YEAR = 0;
/** Bucket of the time from there to the day before the range. */
export const BEFORE_RANGE = 1;

/** Bucket of the first fiscal year of the range; the others follow. */
export const FIRST_YEAR = 2;

/** Movement of one account in one bucket: before the range, or in one of its fiscal years. */
export interface SectionFigure {
  accountCode: string;
  bucket: number;
  debit: Ore;
  credit: Ore;
  /** Posted lines. */
  lines: number;
}

interface Row {
  account_code: string;
  bucket: number;
  debit: number;
  credit: number;
  lines: number;
}

/**
 * Movements and numbers of lines by account and fiscal year, by the rules of the trial balance's figures: months from
 * the balances, folded and not, and lines only for the shorter part of a month that the range cuts. Lines of whole
 * months are never counted one by one.
 */
export async function readSectionFigures(
  tx: Transaction,
  clientAccountId: number,
  range: ReportRange,
  /** Those that overlap the range, ascending. */
  years: readonly FiscalYear[],
  filter: ReportFilter,
  known: KnownAt | null,
): Promise<SectionFigure[]> {
  const rows: Row[] = [];
  const starts = years.map(({ from }) => from);
  if (known === null || knownBy(known) === 'less')
    rows.push(...(await readNow(tx, clientAccountId, range, starts, filter)));
  if (known !== null) rows.push(...(await readKnown(tx, clientAccountId, range, starts, filter, known)));
  return rows.map((row) => ({
    accountCode: row.account_code,
    bucket: row.bucket,
    debit: ore(row.debit),
    credit: ore(row.credit),
    lines: row.lines,
  }));
}

async function readNow(
  tx: Transaction,
  clientAccountId: number,
  range: ReportRange,
  starts: readonly LocalDate[],
  filter: ReportFilter,
): Promise<Row[]> {
  const before = cutAt(range.from, { before: 1, within: -1 });
  const within = cutAfter(range.to, { before: 0, within: 1 });
  const edges = [
    ...before.edges.map((edge) => ({ ...edge, year: FIRST_YEAR })),
    ...within.edges.map((edge) => ({ ...edge, year: FIRST_YEAR + starts.length - 1 })),
  ];
  const months = { from: before.months, before: within.months, last: startOfMonth(range.to) };
  const { name, text, values } = statement(clientAccountId, starts, months, edges, filter);
  return tx.named<Row>(name, text, values);
}

/** Amounts of the lines posted until the time, or the negated ones of those posted since. */
async function readKnown(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: ReportRange,
  starts: readonly LocalDate[],
  filter: ReportFilter,
  known: KnownAt,
): Promise<Row[]> {
  const { name, text, values } = knownLinesStatement({
    clientAccountId,
    known,
    to,
    filter,
    columns: [
      { name: 'account_code', expression: () => 'l.account_code' },
      {
        name: 'bucket',
        expression: (value) =>
          `case when l.entry_date < ${value(starts[0]!)}::date then ${BEFORE_YEAR}
            when l.entry_date < ${value(from)}::date then ${BEFORE_RANGE}
            else ${FIRST_YEAR - 1} + width_bucket(l.entry_date, ${value(textArray(starts))}::date[]) end`,
      },
    ],
  });
  const rows = await tx.named<Row>(name, text, values);
  if (knownBy(known) === 'only') return rows;
  return rows.map((row) => ({ ...row, debit: -row.debit, credit: -row.credit, lines: -row.lines }));
}

function statement(
  clientAccountId: number,
  starts: readonly LocalDate[],
  months: { from: LocalDate; before: LocalDate; last: LocalDate },
  edges: readonly (Edge & { year: number })[],
  filter: ReportFilter,
) {
  const values: unknown[] = [clientAccountId, textArray(starts), months.from, months.before, months.last];
  const value = (given: unknown) => `$${values.push(given)}`;
  const byEdge = edges.length > 0;
  const byAccount = filter.codes.length + filter.ranges.length > 0;
  const bySet = filter.dimensions.length > 0;
  const edgeRows = byEdge
    ? `edges as (select * from unnest(${value(textArray(edges.map((edge) => edge.month)))}::date[],
    ${value(textArray(edges.map((edge) => edge.first)))}::date[], ${value(textArray(edges.map((edge) => edge.last)))}::date[],
    ${value(numberArray(edges.map((edge) => edge.before)))}::int[], ${value(numberArray(edges.map((edge) => edge.within)))}::int[],
    ${value(numberArray(edges.map((edge) => edge.year)))}::int[]) as e (month, first, last, before, within, year)),`
    : '';
  const accountFilter = byAccount ? accountsSql(filter, value) : '';
  const wantedSets = bySet ? setsSql(filter, value) : '';
  const setFilter = bySet ? 'and dimension_set_id in (select dimension_set_id from wanted_sets)' : '';
  const monthsOf = (table: string) => `
  select account_code, month, debit, credit, line_count from ${table}
  where client_account_id = $1 and month <= $5 ${accountFilter} ${setFilter}`;
  const ragged = byEdge
    ? `ragged as (
  select p.account_code, f.bucket, f.factor * l.debit as debit, f.factor * l.credit as credit, f.factor * l.lines as lines
  from (select distinct m.account_code, e.first, e.last, e.before, e.within, e.year
    from edges e join months m on m.month = e.month) p
  cross join lateral (
    select coalesce(sum(debit), 0) as debit, coalesce(sum(credit), 0) as credit, count(*) as lines
    from journal_entry_lines
    where client_account_id = $1 and account_code = p.account_code and entry_date between p.first and p.last ${setFilter}
  ) l
  cross join lateral (values (${BEFORE_RANGE}, p.before), (p.year, p.within)) as f (bucket, factor)
  where f.factor <> 0
),`
    : '';
  const text = `
with ${wantedSets}
months as ${byEdge ? 'materialized ' : ''}(${monthsOf('account_balances')}
  union all ${monthsOf('balance_deltas')}),
${edgeRows} ${ragged}
parts as (
  select account_code, case when month < ($2::date[])[1] then ${BEFORE_YEAR} when month < $3 then ${BEFORE_RANGE}
    else ${FIRST_YEAR - 1} + width_bucket(month, $2::date[]) end as bucket, debit, credit, line_count as lines
  from months where month < $4
  ${byEdge ? 'union all select account_code, bucket, debit, credit, lines from ragged' : ''}
)
select account_code, bucket, sum(debit)::bigint as debit, sum(credit)::bigint as credit, sum(lines)::bigint as lines
from parts group by account_code, bucket`;
  const name = ['report-section-figures', byEdge && 'edges', byAccount && 'accounts', bySet && 'sets'];
  return { name: name.filter(Boolean).join('-'), text, values };
}
