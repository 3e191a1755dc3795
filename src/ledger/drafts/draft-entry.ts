import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { AppError, FieldProblem, Language } from '../../platform/errors.ts';
import { checkEntry } from '../entries/entry-check.ts';
import type { PreparedLine } from '../entries/prepared-entry.ts';
import type { DraftInput, EntryInput } from '../entries/entry-input.ts';
import { readEntry } from '../entries/entry-reading.ts';
import { beyondLimits } from '../entries/entry-limits.ts';
import { entryRefusal } from '../entries/entry-refusal.ts';
import { type EntryView, lineViewOf, type LineView } from '../entries/entry-view.ts';
import { batcherOf } from '../posting/posting-batcher.ts';

export interface DraftRow {
  client_account_id: number;
  id: number;
  entry_date: string | null;
  input: DraftInput;
  computed_lines: StoredLine[] | null;
  problems: FieldProblem[];
  created_at: Date;
  created_by_id: number;
  updated_at: Date;
  updated_by_id: number;
}

/** A computed line in the draft's JSON: the names of the columns it will have, amounts in øre. */
export type StoredLine = {
  line_no: number;
  account_code: string;
  debit: number;
  credit: number;
  dimension_key: string;
  business_partner_id: number | null;
  tax_code: string | null;
  tax_rate: string | null;
  tax_deduction: string | null;
  tax_amount: number | null;
  base_line_no: number | null;
} & Partial<
  Record<
    | 'currency_code'
    | 'currency_amount'
    | 'exchange_rate'
    | 'due_date'
    | 'payment_reference'
    | 'document_reference'
    | 'memo',
    string | null
  >
>;

export const DRAFT_COLUMNS = sql`client_account_id, id, entry_date, input, computed_lines, problems, created_at, created_by_id, updated_at, updated_by_id`;

/** What a draft would become if it were posted now, or why it cannot be. A draft may be incomplete in any way. */
export async function computeDraft(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  input: DraftInput,
): Promise<{ lines: StoredLine[] | null; problems: FieldProblem[] }> {
  const missing = missingFields(input);
  if (missing.length > 0) return { lines: null, problems: missing };
  const cache = batcherOf(database).masters;
  const { masters_version } = await tx.one<{ masters_version: number }>(
    sql`select masters_version from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const masters = await cache.at(tx, clientAccountId, masters_version);
  const checked = checkEntry(readEntry(input as EntryInput), masters, await cache.national(tx), 'manual');
  // Only the draft's own size is checked: the books may have room again when it is posted.
  const refusal = checked.entry ? beyondLimits(checked.entry, 0n) : entryRefusal(checked.problems, checked.totals);
  if (refusal) return { lines: null, problems: problemsOf(refusal) };
  return { lines: checked.entry!.lines.map(storedLine), problems: [] };
}

function problemsOf(refusal: AppError): FieldProblem[] {
  if (refusal.fields.length > 0) return refusal.fields;
  return [{ path: 'lines', problem: { nb: refusal.sentence('nb'), en: refusal.sentence('en') } }];
}

export function missingFields(input: DraftInput): FieldProblem[] {
  const required = { nb: 'må oppgis', en: 'is required' };
  const problems: FieldProblem[] = [];
  if (!input.entry_date) problems.push({ path: 'entry_date', problem: required });
  if (!input.lines?.length) problems.push({ path: 'lines', problem: required });
  return problems;
}

function storedLine(line: PreparedLine): StoredLine {
  return {
    line_no: line.lineNo,
    account_code: line.account,
    debit: Number(line.debit),
    credit: Number(line.credit),
    dimension_key: line.dimensionKey,
    business_partner_id: line.businessPartnerId,
    tax_code: line.taxCode,
    tax_rate: line.taxRate,
    tax_deduction: line.taxDeduction,
    tax_amount: line.taxAmount === null ? null : Number(line.taxAmount),
    base_line_no: line.baseLineNo,
    currency_code: line.currencyCode,
    currency_amount: line.currencyAmount,
    exchange_rate: line.exchangeRate,
    due_date: line.dueDate,
    payment_reference: line.paymentReference,
    document_reference: line.documentReference,
    memo: line.memo,
  };
}

export function draftView(row: DraftRow, language: Language): EntryView {
  const lines: LineView[] = row.computed_lines
    ? row.computed_lines.map(computedLineView)
    : (row.input.lines ?? []).map(writtenLineView);
  const total = (row.computed_lines ?? []).reduce((sum, line) => sum + ore(line.debit), 0n);
  return {
    id: row.id,
    client_account_id: row.client_account_id,
    series: row.input.series ?? null,
    fiscal_year: null,
    sequence_number: null,
    entry_date: row.entry_date,
    period: null,
    memo: row.input.memo ?? '',
    source: 'manual',
    is_draft: true,
    cancelled: null,
    cancelled_by_id: null,
    cancellation_entry_id: null,
    cancels_entry_id: null,
    cancellation_reason: null,
    voucher_id: row.input.voucher_id ?? null,
    relation_type: row.input.relation_type ?? null,
    relation_id: row.input.relation_id ?? null,
    document_reference: row.input.document_reference ?? null,
    vat_term: row.input.vat_term ?? null,
    total: formatAmount(total),
    problems: row.problems.map(({ path, problem }) => ({ path, problem: problem[language] })),
    posted_at: null,
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    updated_at: isoSeconds(row.updated_at),
    updated_by_id: row.updated_by_id,
    lines,
  };
}

function computedLineView(line: StoredLine): LineView {
  return lineViewOf({
    lineNo: line.line_no,
    sourceIndex: null,
    account: line.account_code,
    debit: ore(line.debit),
    credit: ore(line.credit),
    dimensionKey: line.dimension_key,
    dimensionSetId: null,
    businessPartnerId: line.business_partner_id,
    taxCode: line.tax_code,
    taxRate: line.tax_rate,
    taxDeduction: line.tax_deduction,
    taxAmount: line.tax_amount === null ? null : ore(line.tax_amount),
    baseLineNo: line.base_line_no,
    currencyCode: line.currency_code ?? null,
    currencyAmount: line.currency_amount ?? null,
    exchangeRate: line.exchange_rate ?? null,
    dueDate: line.due_date ?? null,
    paymentReference: line.payment_reference ?? null,
    documentReference: line.document_reference ?? null,
    memo: line.memo ?? null,
  });
}

/** A line of a draft that cannot be computed yet, as it was written. */
function writtenLineView(line: NonNullable<DraftInput['lines']>[number], index: number): LineView {
  const text = (value: string | number | null | undefined) => (value == null ? null : String(value));
  return {
    id: index + 1,
    account_code: line.account_code ?? text(line.account_id) ?? '',
    debit: text(line.debit) ?? '0.00',
    credit: text(line.credit) ?? '0.00',
    tax_code: line.tax_code ?? null,
    tax_rate: null,
    tax_amount: null,
    base_line_number: line.base_line_number ?? null,
    dimensions: line.dimensions ?? [],
    business_partner_id: line.business_partner_id ?? null,
    currency_code: line.currency_code ?? null,
    currency_amount: text(line.currency_amount),
    exchange_rate: text(line.exchange_rate),
    due_date: line.due_date ?? null,
    payment_reference: line.payment_reference ?? null,
    document_reference: line.document_reference ?? null,
    memo: line.memo ?? null,
  };
}
