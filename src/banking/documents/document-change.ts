import { isDeepStrictEqual } from 'node:util';
import type { Values } from './document-input.ts';
import type { DocumentView } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';
import { invoiceColumns } from './invoice-fields.ts';

export type DocumentChanges = Partial<Values> & { document_status?: 'DRAFT' | 'POSTED' };

const CHANGEABLE = new Set([
  'due_date',
  'payment_reference',
  'memo',
  'voucher_id',
  'payor_id',
  'collector_id',
  'payment_lines',
  'document_status',
]);

export function refuseFinal(changes: DocumentChanges, { document_status }: DocumentView): void {
  const fields = Object.entries(changes)
    .filter(([name, value]) => value !== undefined && !CHANGEABLE.has(name))
    .map(([name]) => name);
  if (document_status === 'CANCELLED' || changes.document_status === 'DRAFT') fields.push('document_status');
  if (fields.length > 0) throw commercialDocumentErrors.posted_is_final({ fields: fields.join(', ') });
}

export function changesPayments({ payment_lines }: DocumentView, input: Values): boolean {
  const before = payment_lines.map(({ id: _, ...line }) => line);
  return !isDeepStrictEqual(before, input.payment_lines ?? []);
}

export function merged(before: DocumentView, changes: DocumentChanges): Values {
  const lines = before.lines.map(({ line_number: _, ...line }) => line);
  const payment_lines = before.payment_lines.map(({ id: _, ...line }) => line);
  const { document_type, document_date, currency_code, exchange_rate, document_number, due_date, business_partner_id } =
    before;
  const { payor_id, collector_id, voucher_id, payment_reference, memo, credits_document_id, attachment_ids } = before;
  const kept = {
    ...invoiceColumns(before),
    attachment_ids,
    document_type,
    document_date,
    currency_code,
    exchange_rate,
    document_number,
    due_date,
    business_partner_id,
    payor_id,
    collector_id,
    voucher_id,
    payment_reference,
    memo,
    credits_document_id,
    lines,
    payment_lines,
  };
  // When the lines change, the earlier sum is no longer valid.
  const gross = lines.length === 0 ? { gross_amount: before.gross_amount === '0.00' ? null : before.gross_amount } : {};
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  // The gross amount determines the rounding of VAT, if the change does not.
  const rounding = changes.gross_amount == null ? { vat_rounding: before.vat_rounding } : {};
  return { ...kept, ...gross, ...rounding, document_status: 'DRAFT', ...given };
}
