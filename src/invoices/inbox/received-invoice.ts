import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const RECEIVED_STATUSES = ['NEW', 'MANUAL', 'DUPLICATE', 'PREPARED', 'APPROVED', 'REJECTED'] as const;
export type ReceivedStatus = (typeof RECEIVED_STATUSES)[number];
export const CHANNELS = ['PEPPOL', 'MAIL', 'UPLOAD'] as const;

const NText = nullable(Type.String());
const Line = strict({
  account_code: NText,
  description: Type.String(),
  amount: Type.String(),
  tax_code: NText,
  dimensions: Type.Array(strict({ type: Type.String(), id: Id })),
  reason_nb: Type.String(),
  reason_en: Type.String(),
});

/** A rule that the received file breaks. */
export const FindingView = strict({
  rule: Type.String(),
  severity: Type.Enum(['fatal', 'warning']),
  path: Type.String(),
  nb: Type.String(),
  en: Type.String(),
  found: Type.Optional(Type.String()),
  expected: Type.Optional(Type.String()),
});

export const ReceivedInvoiceView = strict({
  id: Id,
  client_account_id: Id,
  file_id: { ...Id, description: 'What came, as it came' },
  channel: Type.Enum([...CHANNELS]),
  instance_id: NText,
  received_at: TimeText,
  received_by_id: nullable(Id),
  status: Type.Enum([...RECEIVED_STATUSES]),
  kind: nullable(Type.Enum(['INVOICE', 'CREDIT_NOTE'])),
  supplier_name: NText,
  supplier_number: NText,
  document_number: NText,
  document_date: nullable(DateText),
  due_date: nullable(DateText),
  currency_code: NText,
  gross_amount: NText,
  business_partner_id: nullable(Id),
  duplicate_of_id: nullable(Id),
  findings: Type.Array(FindingView),
  rules_version: NText,
  suggestion: nullable(
    strict({
      business_partner_id: nullable(Id),
      document_type: Type.Enum(['APINV', 'APCRN']),
      document_number: Type.String(),
      document_date: DateText,
      due_date: nullable(DateText),
      currency_code: Type.String(),
      gross_amount: Type.String(),
      payment_reference: NText,
      payee_account: NText,
      payee_account_is_known: nullable(Type.Boolean()),
      credits_document_id: nullable(Id),
      lines: Type.Array(Line),
    }),
  ),
  prepared: nullable(Type.Unsafe<object>({ type: 'object', description: 'The document that approving posts' })),
  prepared_at: nullable(TimeText),
  prepared_by_id: nullable(Id),
  approved_at: nullable(TimeText),
  approved_by_id: nullable(Id),
  document_id: nullable(Id),
  rejected_at: nullable(TimeText),
  rejected_by_id: nullable(Id),
  reject_reason: NText,
  attachment_ids: Type.Array(Id),
});
export type ReceivedInvoiceView = Static<typeof ReceivedInvoiceView>;

type Times = 'received_at' | 'prepared_at' | 'approved_at' | 'rejected_at';
interface Row extends Omit<ReceivedInvoiceView, Times | 'gross_amount'> {
  received_at: Date;
  prepared_at: Date | null;
  approved_at: Date | null;
  rejected_at: Date | null;
  gross_amount: number | null;
}

/** Received invoices of a client account; `tail`: filter and order in SQL. */
export async function receivedInvoices(
  tx: Transaction,
  clientAccountId: number,
  tail: Sql,
): Promise<ReceivedInvoiceView[]> {
  const rows = await tx.rows<Row>(sql`
    select r.id, r.client_account_id, r.file_id, r.channel, r.instance_id, r.received_at, r.received_by_id, r.status, r.kind,
      r.supplier_name, r.supplier_number, r.document_number, r.document_date, r.due_date, r.currency_code, r.gross_amount,
      r.business_partner_id, r.duplicate_of_id, r.findings, r.rules_version, r.suggestion, r.prepared, r.prepared_at,
      r.prepared_by_id, r.approved_at, r.approved_by_id, r.document_id, r.rejected_at, r.rejected_by_id, r.reject_reason,
      coalesce((select array_agg(a.file_id order by a.position) from received_invoice_attachments a
        where a.client_account_id = r.client_account_id and a.received_invoice_id = r.id), '{}') as attachment_ids
    from received_invoices r where r.client_account_id = ${clientAccountId} ${tail}`);
  const time = (at: Date | null) => (at === null ? null : isoSeconds(at));
  return rows.map((row) => ({
    ...row,
    received_at: isoSeconds(row.received_at),
    prepared_at: time(row.prepared_at),
    approved_at: time(row.approved_at),
    rejected_at: time(row.rejected_at),
    gross_amount: row.gross_amount === null ? null : formatAmount(ore(row.gross_amount)),
    attachment_ids: row.attachment_ids.map(Number),
  }));
}

export async function findReceived(tx: Transaction, clientAccountId: number, id: number): Promise<ReceivedInvoiceView> {
  const [found] = await receivedInvoices(tx, clientAccountId, sql`and r.id = ${id}`);
  if (!found) throw requestErrors.not_found({ what: 'Received invoice' });
  return found;
}
