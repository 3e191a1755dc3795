import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { matchesFilter } from '../figures/draft-figures.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import { dimensionMembers, type Member } from './dimension-members.ts';

/** A line of a draft as it would be posted: outside the books, without a number. */
export interface DraftLine {
  accountCode: string;
  date: LocalDate;
  draftId: number;
  lineNo: number;
  memo: string;
  taxCode: string | null;
  taxAmount: Ore | null;
  partnerId: number | null;
  members: readonly Member[];
  documentReference: string | null;
  voucherId: number | null;
  debit: Ore;
  credit: Ore;
}

interface Row {
  account_code: string;
  entry_date: LocalDate;
  id: number;
  line_no: number;
  memo: string | null;
  tax_code: string | null;
  tax_amount: number | null;
  business_partner_id: number | null;
  dimension_key: string | null;
  document_reference: string | null;
  voucher_id: number | null;
  debit: number;
  credit: number;
}

const DRAFT_LINES = `
select l.account_code, d.entry_date, d.id, l.line_no, coalesce(nullif(l.memo, ''), d.input ->> 'memo') as memo, l.tax_code,
  l.tax_amount, l.business_partner_id, l.dimension_key,
  coalesce(l.document_reference, d.input ->> 'document_reference') as document_reference,
  (d.input ->> 'voucher_id')::bigint as voucher_id, l.debit, l.credit
from draft_journal_entries d
cross join lateral jsonb_to_recordset(d.computed_lines) as l (account_code text, line_no int, memo text, tax_code text,
  tax_amount bigint, business_partner_id bigint, dimension_key text, document_reference text, debit bigint, credit bigint)
where d.client_account_id = $1 and d.entry_date between $2 and $3 and jsonb_typeof(d.computed_lines) = 'array'
order by l.account_code collate "C", d.entry_date, d.id, l.line_no
limit $4`;

/** Lines of the drafts that could be posted unchanged, by account, day and draft, up to a limit. */
export async function readDraftLines(
  tx: Transaction,
  clientAccountId: number,
  range: { from: LocalDate; to: LocalDate },
  filter: ReportFilter,
  most: number,
): Promise<DraftLine[]> {
  const rows = await tx.named<Row>('report-draft-lines', DRAFT_LINES, [clientAccountId, range.from, range.to, most]);
  return rows
    .map((row) => ({ row, members: dimensionMembers(row.dimension_key ?? '') }))
    .filter(({ row, members }) => matchesFilter(filter, row.account_code, new Map(members.map((m) => [m.type, m.id]))))
    .map(({ row, members }) => ({
      accountCode: row.account_code,
      date: row.entry_date,
      draftId: row.id,
      lineNo: row.line_no,
      memo: row.memo ?? '',
      taxCode: row.tax_code,
      taxAmount: row.tax_amount === null ? null : ore(row.tax_amount),
      partnerId: row.business_partner_id,
      members,
      documentReference: row.document_reference,
      voucherId: row.voucher_id,
      debit: ore(row.debit),
      credit: ore(row.credit),
    }));
}
