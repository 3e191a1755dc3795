import sql from 'sql-template-tag';
import { DocumentLineInput, type DocumentValues, previewDocument } from '../../banking/index.ts';
import { lockBooks } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import {
  DateText,
  Id,
  MoneyInput,
  MultiLineText,
  nullable,
  type Static,
  strict,
  Type,
} from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { receivedInvoiceErrors } from './errors.ts';
import { findReceived, type ReceivedInvoiceView, type ReceivedStatus } from './received-invoice.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;
const Text = (max: number) => nullable(Type.String({ maxLength: max }));

/** Differences from the suggestion; without a suggestion, all fields. */
export const PrepareInput = strict({
  business_partner_id: Type.Optional(Id),
  document_type: Type.Optional(Type.Enum(['APINV', 'APCRN', 'RECPT', 'APCIN'])),
  document_number: Type.Optional(Type.String({ minLength: 1, maxLength: 70 })),
  document_date: Type.Optional(DateText),
  due_date: Type.Optional(nullable(DateText)),
  currency_code: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  exchange_rate: Type.Optional(nullable(Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,18})?$' }))),
  gross_amount: Type.Optional(nullable(MoneyInput)),
  payment_reference: Type.Optional(Text(35)),
  memo: Type.Optional(Text(500)),
  lines: Type.Optional(Type.Array(DocumentLineInput, { minItems: 1, maxItems: 1000 })),
});
export type PrepareInput = Static<typeof PrepareInput>;

/** The document to be posted: the given fields, else the suggested ones. */
function documentOf(received: ReceivedInvoiceView, given: PrepareInput): DocumentValues {
  const { suggestion } = received;
  const problems: FieldProblem[] = [];
  const required = <T>(value: T | null | undefined, path: string): T => {
    if (value == null) problems.push(problem(path, 'is required', 'må oppgis'));
    return value as T;
  };
  const partner = given.business_partner_id ?? suggestion?.business_partner_id ?? null;
  if (partner === null && suggestion)
    throw receivedInvoiceErrors.supplier_missing({ name: received.supplier_name ?? '' });
  const lines =
    given.lines ??
    suggestion?.lines.map(({ account_code, description, amount, tax_code, dimensions }, i) => ({
      account_code: required(account_code, `lines[${i}].account_code`),
      description,
      amount,
      tax_code,
      dimensions,
    }));
  const document: DocumentValues = {
    document_type: given.document_type ?? suggestion?.document_type ?? 'APINV',
    document_status: 'POSTED',
    business_partner_id: required(partner, 'business_partner_id'),
    document_number: required(
      given.document_number ?? suggestion?.document_number ?? received.document_number,
      'document_number',
    ),
    document_date: required(
      given.document_date ?? suggestion?.document_date ?? received.document_date,
      'document_date',
    ),
    due_date: given.due_date === undefined ? (suggestion?.due_date ?? received.due_date) : given.due_date,
    currency_code: given.currency_code ?? suggestion?.currency_code ?? received.currency_code ?? 'NOK',
    exchange_rate: given.exchange_rate ?? null,
    gross_amount: given.gross_amount ?? (given.lines ? null : (suggestion?.gross_amount ?? null)),
    vat_rounding: 'total',
    payment_reference:
      given.payment_reference === undefined ? (suggestion?.payment_reference ?? null) : given.payment_reference,
    memo: given.memo ?? null,
    voucher_id: received.file_id,
    credits_document_id: suggestion?.credits_document_id ?? null,
    attachment_ids: received.attachment_ids,
    lines: required(lines, 'lines'),
  };
  if (problems.length > 0) throw invalid(problems);
  return document;
}

const PREPARABLE: readonly ReceivedStatus[] = ['NEW', 'MANUAL', 'PREPARED'];

/** Decides how a received invoice is booked: it is checked as the resulting document, and not posted yet. */
export const prepareInvoice = writeOperation({
  name: 'received-invoice.prepare',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, { id, given }: { id: number; given: PrepareInput }) {
    await lockBooks(tx, clientAccountId);
    const before = await findReceived(tx, clientAccountId, id);
    if (!PREPARABLE.includes(before.status))
      throw receivedInvoiceErrors.wrong_status({ status: before.status, expected: PREPARABLE.join(', ') });
    const document = documentOf(before, given);
    await previewDocument({ tx, clientAccountId, caller, now }, document);
    await tx.execute(sql`
      update received_invoices set status = 'PREPARED', prepared = ${JSON.stringify(document)}, prepared_at = ${now},
        prepared_by_id = ${caller.userId}, business_partner_id = ${document.business_partner_id}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findReceived(tx, clientAccountId, id);
    audit({ recordType: 'received_invoice', recordId: id, before, after });
    return after;
  },
});

const Reason = MultiLineText({ minLength: 1, maxLength: 1000 });
export const RejectInput = strict({ reason: Reason });

/** Rejects a received invoice: it is kept, with the reason. */
export const rejectInvoice = writeOperation({
  name: 'received-invoice.reject',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, { id, reason }: { id: number; reason: string }) {
    await lockBooks(tx, clientAccountId);
    const before = await findReceived(tx, clientAccountId, id);
    if (before.status === 'APPROVED' || before.status === 'REJECTED')
      throw receivedInvoiceErrors.wrong_status({ status: before.status, expected: 'NEW, MANUAL, DUPLICATE, PREPARED' });
    await tx.execute(sql`
      update received_invoices set status = 'REJECTED', rejected_at = ${now}, rejected_by_id = ${caller.userId},
        reject_reason = ${reason}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findReceived(tx, clientAccountId, id);
    audit({ recordType: 'received_invoice', recordId: id, before, after });
    return after;
  },
});
