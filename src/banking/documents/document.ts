import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { requestErrors } from '../../platform/errors.ts';
import { attachmentsOf, INVOICE_COLUMNS, INVOICE_VIEW, type InvoiceColumns } from './invoice-fields.ts';
import { GOODS_VIEW } from './line-goods.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import { VAT_ROUNDINGS, type VatRounding } from './document-amounts.ts';

/**
 * Types of commercial documents. `side`: 1 if the document itself is a claim (debit on the subsidiary ledger), -1 if it is a
 * debt. Proforma invoices and reports are never posted: side 0.
 */
export const DOCUMENT_TYPES = {
  ARINV: 1,
  ARCRN: -1,
  ARCIN: 1,
  ARPIN: 0,
  ARDEB: 1,
  APINV: -1,
  APCRN: 1,
  RECPT: -1,
  APCIN: -1,
  APPIN: 0,
  APDEB: -1,
  PAYSR: 0,
  SALSM: 0,
  VATST: 0,
  VATRP: 0,
  PRRUN: 0,
  PRPAY: 0,
  PRTAX: 0,
  BANK_STATEMENT: 0,
} as const;
export type DocumentType = keyof typeof DOCUMENT_TYPES;
export const DOCUMENT_TYPE_CODES = Object.keys(DOCUMENT_TYPES) as DocumentType[];
/** Types that are debts of ours: their open amount can be paid. */
export const PAYABLE_TYPES = DOCUMENT_TYPE_CODES.filter(
  (code) => DOCUMENT_TYPES[code] === -1 && !code.startsWith('AR'),
);
export const isReceivable = (type: DocumentType): boolean => type.startsWith('AR');

export const DOCUMENT_STATUSES = ['DRAFT', 'POSTED', 'CANCELLED'] as const;
export const PAYMENT_STATUSES = ['UNPAID', 'PARTIALLY_PAID', 'PAID', 'NOT_PAYABLE'] as const;

const NText = nullable(Type.String());
const Dimension = strict({ type: Type.String(), id: Id }, { title: 'Dimension' });

export const DocumentView = strict({
  id: Id,
  client_account_id: Id,
  document_type: Type.Enum(DOCUMENT_TYPE_CODES),
  document_status: Type.Enum([...DOCUMENT_STATUSES]),
  payment_status: Type.Enum([...PAYMENT_STATUSES], { description: 'From its line in the ledger and what settled it' }),
  document_number: NText,
  document_date: DateText,
  due_date: nullable(DateText),
  business_partner_id: nullable(Id),
  payor_id: nullable(Id),
  collector_id: nullable(Id),
  voucher_id: nullable(Id),
  journal_entry_id: nullable(Id),
  journal_entry_line_number: nullable(Type.Integer()),
  credits_document_id: nullable(Id),
  payment_reference: NText,
  currency_code: Type.String(),
  exchange_rate: NText,
  gross_amount: Type.String(),
  vat_rounding: Type.Enum([...VAT_ROUNDINGS], {
    description: 'VAT rounded on each line, or once on the total of each rate',
  }),
  net_amount: NText,
  tax_amount: NText,
  pending_payment_amount: Type.String({ description: 'In the document’s currency' }),
  is_payable: Type.Boolean({ description: 'A debt of ours that is posted and not paid in full' }),
  is_unpaid: Type.Boolean(),
  memo: NText,
  ...INVOICE_VIEW,
  is_active: Type.Boolean(),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  lines: Type.Array(
    strict({
      line_number: Type.Integer(),
      account_code: Type.String(),
      description: NText,
      amount: Type.String({ description: 'Without VAT' }),
      tax_code: NText,
      ...GOODS_VIEW,
      dimensions: Type.Array(Dimension),
    }),
  ),
  payment_lines: Type.Array(
    strict({
      id: Id,
      due_date: DateText,
      amount: Type.String(),
      bank_account_id: nullable(Id),
      payment_reference: NText,
      message: NText,
    }),
  ),
});
export type DocumentView = Static<typeof DocumentView>;

export interface DocumentRow extends InvoiceColumns {
  id: number;
  client_account_id: number;
  document_type: DocumentType;
  document_status: (typeof DOCUMENT_STATUSES)[number];
  document_number: string | null;
  document_date: LocalDate;
  due_date: LocalDate | null;
  business_partner_id: number | null;
  payor_id: number | null;
  collector_id: number | null;
  voucher_id: number | null;
  journal_entry_id: number | null;
  line_no: number | null;
  credits_document_id: number | null;
  payment_reference: string | null;
  currency_code: string;
  exchange_rate: string | null;
  gross_amount: number;
  vat_rounding: VatRounding;
  net_amount: number | null;
  tax_amount: number | null;
  memo: string | null;
  is_active: boolean;
  created_at: Date;
  created_by_id: number | null;
  updated_at: Date;
  updated_by_id: number | null;
  pending: number;
  payment_status: (typeof PAYMENT_STATUSES)[number];
}

/**
 * Documents with their pending payments. The paid part of a posted document follows from the settlements of its line; a
 * draft is unpaid if it can be posted at all; cancelled documents and reports cannot be paid.
 */
export function documentsSelect(clientAccountId: number): Sql {
  return sql`
    select d.id, d.client_account_id, d.document_type, d.document_status, d.document_number, d.document_date, d.due_date,
      d.business_partner_id, d.payor_id, d.collector_id, d.voucher_id, d.journal_entry_id, d.line_no, d.credits_document_id,
      d.payment_reference, d.currency_code, d.exchange_rate, d.vat_rounding, d.gross_amount, d.net_amount, d.tax_amount, d.memo,
      ${INVOICE_COLUMNS}, d.is_active,
      d.created_at, d.created_by_id, d.updated_at, d.updated_by_id, x.pending,
      case when not x.is_for_payment then 'NOT_PAYABLE' when x.pending = 0 then 'PAID'
        when x.pending < d.gross_amount then 'PARTIALLY_PAID' else 'UNPAID' end as payment_status
    from documents d
    left join journal_entry_lines l on l.client_account_id = d.client_account_id and l.entry_id = d.journal_entry_id
      and l.line_no = d.line_no
    left join lateral (select coalesce(sum(s.amount), 0)::bigint as settled from item_settlements s
      where s.client_account_id = d.client_account_id and s.entry_id = d.journal_entry_id and s.line_no = d.line_no
        and s.is_active) p on true
    cross join lateral (select d.document_status <> 'CANCELLED'
        and d.document_type = any(${DOCUMENT_TYPE_CODES.filter((code) => DOCUMENT_TYPES[code] !== 0)}::text[]) as is_for_payment,
      case when d.document_status = 'CANCELLED' then 0 when d.document_status = 'DRAFT' then d.gross_amount
        else round(d.gross_amount::numeric * abs(l.debit - l.credit - p.settled) / nullif(abs(l.debit - l.credit), 0))::bigint
        end as pending) x
    where d.client_account_id = ${clientAccountId}`;
}

interface LineRow {
  document_id: number;
  line_no: number;
  account_code: string;
  description: string | null;
  amount: number;
  tax_code: string | null;
  dimensions: { type: string; id: number }[];
  quantity: string | null;
  unit_code: string | null;
  unit_price: string | null;
  discount_amount: number | null;
  discount_reason: string | null;
  charge_amount: number | null;
  charge_reason: string | null;
  item_code: string | null;
}

function linesOfDocuments(tx: Transaction, clientAccountId: number, ids: string): Promise<LineRow[]> {
  return tx.prepared<LineRow>(
    'lines-of-documents',
    sql`
    select document_id, line_no, account_code, description, amount, tax_code, dimensions, quantity, unit_code, unit_price,
      discount_amount, discount_reason, charge_amount, charge_reason, item_code
    from document_lines
    where client_account_id = ${clientAccountId} and document_id = any(${ids}::bigint[]) order by document_id, line_no`,
  );
}

interface PaymentLineRow {
  document_id: number;
  id: number;
  due_date: LocalDate;
  amount: number;
  bank_account_id: number | null;
  payment_reference: string | null;
  message: string | null;
}

function paymentLinesOfDocuments(tx: Transaction, clientAccountId: number, ids: string): Promise<PaymentLineRow[]> {
  return tx.prepared<PaymentLineRow>(
    'payment-lines-of-documents',
    sql`
    select document_id, id, due_date, amount, bank_account_id, payment_reference, message from document_payment_lines
    where client_account_id = ${clientAccountId} and document_id = any(${ids}::bigint[]) order by document_id, due_date, id`,
  );
}

interface Contents {
  lines: LineRow[];
  payments: PaymentLineRow[];
  attachments: ReadonlyMap<number, number[]>;
}

async function contentsOf(tx: Transaction, clientAccountId: number, ids: readonly number[]): Promise<Contents> {
  const asked = numberArray(ids);
  const [lines, payments, attachments] = await sideBySide(
    () => linesOfDocuments(tx, clientAccountId, asked),
    () => paymentLinesOfDocuments(tx, clientAccountId, asked),
    () => attachmentsOf(tx, clientAccountId, ids),
  );
  return { lines, payments, attachments };
}

/** Complete documents, in the order of the rows. */
export async function documentViews(
  tx: Transaction,
  clientAccountId: number,
  rows: readonly DocumentRow[],
): Promise<DocumentView[]> {
  const contents = await contentsOf(
    tx,
    clientAccountId,
    rows.map(({ id }) => id),
  );
  return viewsOf(rows, contents);
}

function viewsOf(rows: readonly DocumentRow[], { lines, payments, attachments }: Contents): DocumentView[] {
  const linesOf = groupBy(lines, ({ document_id }) => document_id);
  const paymentsOf = groupBy(payments, ({ document_id }) => document_id);
  const money = (amount: number | null) => (amount === null ? null : formatAmount(ore(amount)));
  return rows.map(({ line_no, pending, ...row }) => ({
    ...row,
    journal_entry_line_number: line_no,
    exchange_rate: row.exchange_rate === null ? null : trimZeros(row.exchange_rate),
    gross_amount: formatAmount(ore(row.gross_amount)),
    net_amount: money(row.net_amount),
    tax_amount: money(row.tax_amount),
    pending_payment_amount: formatAmount(ore(pending)),
    is_payable: row.document_status === 'POSTED' && PAYABLE_TYPES.includes(row.document_type) && pending > 0,
    is_unpaid: row.payment_status === 'UNPAID' || row.payment_status === 'PARTIALLY_PAID',
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
    lines: (linesOf.get(row.id) ?? []).map(({ document_id: _, line_no: number, amount, ...line }) => ({
      ...line,
      line_number: number,
      amount: formatAmount(ore(amount)),
      quantity: line.quantity && trimZeros(line.quantity),
      unit_price: line.unit_price && trimZeros(line.unit_price),
      discount_amount: money(line.discount_amount),
      charge_amount: money(line.charge_amount),
    })),
    attachment_ids: attachments.get(row.id) ?? [],
    payment_lines: (paymentsOf.get(row.id) ?? []).map(({ document_id: _, amount, ...line }) => ({
      ...line,
      amount: formatAmount(ore(amount)),
    })),
  }));
}

export async function findDocument(tx: Transaction, clientAccountId: number, id: number): Promise<DocumentView> {
  const [view] = await findDocuments(tx, clientAccountId, [id]);
  if (!view) throw requestErrors.not_found({ what: 'Document' });
  return view;
}

/** Those that exist, in the order of their ids. */
export async function findDocuments(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
): Promise<DocumentView[]> {
  const [rows, contents] = await sideBySide(
    () =>
      tx.rows<DocumentRow>(
        sql`${documentsSelect(clientAccountId)} and d.id = any(${numberArray(ids)}::bigint[]) order by d.id`,
      ),
    () => contentsOf(tx, clientAccountId, ids),
  );
  return viewsOf(rows, contents);
}
