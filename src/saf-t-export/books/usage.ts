import sql from 'sql-template-tag';
import type { ExportSubject } from '../export-subject.ts';
import { rowsOf } from './parties.ts';

/** References and sums of the selection's lines. Lines with equal references share one row. */
export interface UsageRow {
  account_code: string;
  dimension_set_id: number | null;
  business_partner_id: number | null;
  from_saf_t: boolean;
  /** Of base lines. */
  tax_code: string | null;
  tax_deduction: string | null;
  debit: string;
  credit: string;
  lines: number;
  negative: boolean;
}

/** `imported`: some entries came from SAF-T files, so the query must distinguish them. */
export async function* readUsage(subject: ExportSubject, imported: boolean): AsyncGenerator<UsageRow[]> {
  const { tx, clientAccountId, range, knownPostingNo } = subject;
  const joined = imported || knownPostingNo !== null;
  const isBase = 'case when l.base_line_no is null then';
  const text = `
select account_code, dimension_set_id, business_partner_id, from_saf_t, tax_code, trim_scale(tax_deduction)::text as tax_deduction,
  debit::text, credit::text, lines, negative
from (
  select l.account_code, l.dimension_set_id, l.business_partner_id, ${joined ? `e.source = 'saf-t'` : 'false'} as from_saf_t,
    ${isBase} l.tax_code end as tax_code, ${isBase} l.tax_deduction end as tax_deduction,
    sum(l.debit) as debit, sum(l.credit) as credit, count(*) as lines,
    bool_or(coalesce(l.currency_amount < 0, false) or coalesce(l.tax_amount < 0, false)) as negative
  from journal_entry_lines l
  ${joined ? 'join journal_entries e on e.client_account_id = $1 and e.id = l.entry_id and e.posting_no <= coalesce($4::bigint, e.posting_no)' : ''}
  where l.client_account_id = $1 and l.entry_date between $2::date and $3::date
  group by 1, 2, 3, 4, 5, 6
) l`;
  // Lines share few rows, of which the planner knows nothing: it would sort all lines on disk.
  await tx.execute(sql`set local enable_sort = off`);
  yield* rowsOf<UsageRow>(tx, text, [clientAccountId, range.from, range.to, ...(joined ? [knownPostingNo] : [])]);
  await tx.execute(sql`set local enable_sort to default`);
}

interface WrongEntry {
  number: string;
  debit: string;
  credit: string;
  total: string;
  lines: number;
  line_count: number;
  fiscal_year: number;
}

/**
 * Entries whose lines contradict the entry: unbalanced, too few, of another day. None, unless through a fault of ours.
 */
export async function wrongEntries({
  tx,
  clientAccountId,
  range,
  knownPostingNo,
}: ExportSubject): Promise<WrongEntry[]> {
  const { rows } = await tx.client.query<WrongEntry>(
    `
select coalesce(e.series || '-' || e.fiscal_year || '-' || e.sequence_number, l.entry_id::text) as number,
  coalesce(l.debit, 0)::text as debit, coalesce(l.credit, 0)::text as credit, coalesce(e.debit_total, 0)::text as total,
  coalesce(l.lines, 0)::int as lines, coalesce(e.line_count, 0) as line_count, coalesce(e.fiscal_year, 0) as fiscal_year
from (
  select entry_id, sum(debit) as debit, sum(credit) as credit, count(*) as lines, min(line_no) as first, max(line_no) as last,
    min(entry_date) as day
  from journal_entry_lines where client_account_id = $1 and entry_date between $2::date and $3::date group by entry_id
) l
full join (
  select id, series, fiscal_year, sequence_number, debit_total, credit_total, line_count, entry_date, posting_no
  from journal_entries where client_account_id = $1 and entry_date between $2::date and $3::date
) e on e.id = l.entry_id
where (e.posting_no is null or e.posting_no <= coalesce($4::bigint, e.posting_no)) and (
  l.debit is distinct from e.debit_total or l.credit is distinct from e.credit_total or l.debit <> l.credit
  or l.lines is distinct from e.line_count or l.first <> 1 or l.last <> e.line_count or l.day <> e.entry_date
  or e.fiscal_year not between 1970 and 2100)
order by 1 limit 20`,
    [clientAccountId, range.from, range.to, knownPostingNo],
  );
  return rows;
}
