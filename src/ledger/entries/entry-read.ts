import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import type { PreparedEntry, PreparedLine } from './prepared-entry.ts';
import { type EntryView, lineViewOf, type LineView } from './entry-view.ts';

export interface EntryRow {
  client_account_id: number;
  id: number;
  series: string;
  fiscal_year: number;
  sequence_number: number;
  entry_date: LocalDate;
  period: number;
  memo: string;
  source: string;
  voucher_id: number | null;
  relation_type: string | null;
  relation_id: number | null;
  document_reference: string | null;
  vat_term: LocalDate | null;
  cancels_entry_id: number | null;
  cancellation_reason: string | null;
  debit_total: number;
  posted_at: Date;
  created_at: Date;
  created_by_id: number;
  cancellation_entry_id: number | null;
  cancelled_by_id: number | null;
  cancelled_reason: string | null;
}

const ENTRY_COLUMNS = sql`
  e.client_account_id, e.id, e.series, e.fiscal_year, e.sequence_number, e.entry_date, e.period, e.memo, e.source,
  e.voucher_id, e.relation_type, e.relation_id, e.document_reference, e.vat_term, e.cancels_entry_id, e.cancellation_reason,
  e.debit_total, e.posted_at, e.created_at, e.created_by_id, c.id as cancellation_entry_id,
  c.created_by_id as cancelled_by_id, c.cancellation_reason as cancelled_reason`;

const WITH_CANCELLATION = sql`
  from journal_entries e
  left join journal_entries c on c.client_account_id = e.client_account_id and c.cancels_entry_id = e.id`;

export function entryRows(tx: Transaction, clientAccountId: number, where: Sql, tail: Sql): Promise<EntryRow[]> {
  return tx.rows<EntryRow>(sql`
    select ${ENTRY_COLUMNS} ${WITH_CANCELLATION} where e.client_account_id = ${clientAccountId} and ${where} ${tail}`);
}

interface LineRow {
  entry_id: number;
  line_no: number;
  account_code: string;
  debit: number;
  credit: number;
  dimension_key: string;
  dimension_set_id: number | null;
  business_partner_id: number | null;
  tax_code: string | null;
  tax_rate: string | null;
  tax_deduction: string | null;
  tax_amount: number | null;
  base_line_no: number | null;
  currency_code: string | null;
  currency_amount: string | null;
  exchange_rate: string | null;
  due_date: LocalDate | null;
  payment_reference: string | null;
  document_reference: string | null;
  memo: string | null;
}

/** Lines of the entries, grouped by entry, in line order. */
export async function linesOf(
  tx: Transaction,
  clientAccountId: number,
  entryIds: readonly number[],
): Promise<Map<number, PreparedLine[]>> {
  const rows = await tx.rows<LineRow>(sql`
    select l.entry_id, l.line_no, l.account_code, l.debit, l.credit, coalesce(s.key, '') as dimension_key, l.dimension_set_id,
      l.business_partner_id, l.tax_code, l.tax_rate, l.tax_deduction, l.tax_amount, l.base_line_no, l.currency_code,
      trim_scale(l.currency_amount) as currency_amount, trim_scale(l.exchange_rate) as exchange_rate, l.due_date,
      l.payment_reference, l.document_reference, l.memo
    from journal_entry_lines l
    left join dimension_sets s on s.client_account_id = l.client_account_id and s.id = l.dimension_set_id
    where l.client_account_id = ${clientAccountId} and l.entry_id = any(${numberArray(entryIds)}::bigint[])
    order by l.entry_id, l.line_no`);
  const lines = new Map<number, PreparedLine[]>(entryIds.map((id) => [id, []]));
  for (const row of rows) lines.get(row.entry_id)!.push(preparedLine(row));
  return lines;
}

function preparedLine(row: LineRow): PreparedLine {
  return {
    lineNo: row.line_no,
    sourceIndex: null,
    account: row.account_code,
    debit: ore(row.debit),
    credit: ore(row.credit),
    dimensionKey: row.dimension_key,
    dimensionSetId: row.dimension_set_id,
    businessPartnerId: row.business_partner_id,
    taxCode: row.tax_code,
    taxRate: row.tax_rate,
    taxDeduction: row.tax_deduction,
    taxAmount: row.tax_amount === null ? null : ore(row.tax_amount),
    baseLineNo: row.base_line_no,
    currencyCode: row.currency_code,
    currencyAmount: row.currency_amount,
    exchangeRate: row.exchange_rate,
    dueDate: row.due_date,
    paymentReference: row.payment_reference,
    documentReference: row.document_reference,
    memo: row.memo,
  };
}

export function entryView(row: EntryRow, lines: readonly LineView[]): EntryView {
  return {
    id: row.id,
    client_account_id: row.client_account_id,
    series: row.series,
    fiscal_year: row.fiscal_year,
    sequence_number: row.sequence_number,
    entry_date: row.entry_date,
    period: row.period,
    memo: row.memo,
    source: row.source,
    is_draft: false,
    cancelled: row.cancels_entry_id !== null ? 'CANCELLATION' : row.cancellation_entry_id !== null ? 'CANCELLED' : null,
    cancelled_by_id: row.cancelled_by_id,
    cancellation_entry_id: row.cancellation_entry_id,
    cancels_entry_id: row.cancels_entry_id,
    cancellation_reason: row.cancelled_reason ?? row.cancellation_reason,
    voucher_id: row.voucher_id,
    relation_type: row.relation_type,
    relation_id: row.relation_id,
    document_reference: row.document_reference,
    vat_term: row.vat_term,
    total: formatAmount(ore(row.debit_total)),
    posted_at: isoSeconds(row.posted_at),
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    updated_at: isoSeconds(row.posted_at),
    updated_by_id: row.created_by_id,
    lines: [...lines],
  };
}

/** Entries with their lines, in the order of the rows. */
export async function viewsOf(
  tx: Transaction,
  clientAccountId: number,
  rows: readonly EntryRow[],
): Promise<EntryView[]> {
  const lines = await linesOf(
    tx,
    clientAccountId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => entryView(row, lines.get(row.id)!.map(lineViewOf)));
}

export async function readForCancellation(
  tx: Transaction,
  clientAccountId: number,
  id: number,
): Promise<{ entry: PreparedEntry & { id: number }; cancellationEntryId: number | null } | undefined> {
  const [row] = await entryRows(tx, clientAccountId, sql`e.id = ${id}`, sql``);
  if (!row) return undefined;
  const lines = (await linesOf(tx, clientAccountId, [id])).get(id)!;
  return {
    cancellationEntryId: row.cancellation_entry_id,
    entry: {
      id,
      entryDate: row.entry_date,
      series: row.series,
      fiscalYear: row.fiscal_year,
      period: row.period,
      memo: row.memo,
      source: row.source,
      voucherId: row.voucher_id,
      relationType: row.relation_type,
      relationId: row.relation_id,
      documentReference: row.document_reference,
      vatTerm: row.vat_term,
      cancelsEntryId: row.cancels_entry_id,
      cancellationReason: row.cancellation_reason,
      total: ore(row.debit_total),
      lines,
    },
  };
}
