import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { numberArray } from '../../platform/database/arrays.ts';

const Text = (max: number) => nullable(Type.String({ maxLength: max }));

/** Fields of a document for its receiver that are not posted. */
export const InvoiceFields = {
  buyer_reference: Type.Optional(Text(100)),
  order_number: Type.Optional(Text(100)),
  delivery_date: Type.Optional(nullable(DateText)),
  delivery_place: Type.Optional(Text(250)),
  period_from: Type.Optional(nullable(DateText)),
  period_to: Type.Optional(nullable(DateText)),
  payment_terms: Type.Optional(Text(500)),
  language: Type.Optional(nullable(Type.Enum(['nb', 'en']))),
  note: Type.Optional(Text(2000)),
  bank_account_id: Type.Optional(nullable({ ...Id, description: 'Our account to be paid to' })),
  attachment_ids: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true, description: 'Files sent with it' })),
};
const Fields = strict(InvoiceFields);
export type InvoiceFieldsInput = Static<typeof Fields>;

const NText = nullable(Type.String());
const NDate = nullable(DateText);
export const INVOICE_VIEW = {
  buyer_reference: NText,
  order_number: NText,
  delivery_date: NDate,
  delivery_place: NText,
  period_from: NDate,
  period_to: NDate,
  payment_terms: NText,
  language: nullable(Type.Enum(['nb', 'en'])),
  note: NText,
  bank_account_id: nullable(Id),
  attachment_ids: Type.Array(Id),
};

export interface InvoiceColumns {
  buyer_reference: string | null;
  order_number: string | null;
  delivery_date: LocalDate | null;
  delivery_place: string | null;
  period_from: LocalDate | null;
  period_to: LocalDate | null;
  payment_terms: string | null;
  language: 'nb' | 'en' | null;
  note: string | null;
  bank_account_id: number | null;
}

export function invoiceColumns(input: InvoiceFieldsInput): InvoiceColumns {
  return {
    buyer_reference: input.buyer_reference ?? null,
    order_number: input.order_number ?? null,
    delivery_date: input.delivery_date ?? null,
    delivery_place: input.delivery_place ?? null,
    period_from: input.period_from ?? null,
    period_to: input.period_to ?? null,
    payment_terms: input.payment_terms ?? null,
    language: input.language ?? null,
    note: input.note ?? null,
    bank_account_id: input.bank_account_id ?? null,
  };
}

export const INVOICE_COLUMNS = sql`d.buyer_reference, d.order_number, d.delivery_date, d.delivery_place, d.period_from,
  d.period_to, d.payment_terms, d.language, d.note, d.bank_account_id`;

export function checkInvoiceFields({ period_from, period_to }: InvoiceFieldsInput): FieldProblem[] {
  if (period_from == null || period_to == null || period_to >= period_from) return [];
  return [problem('period_to', 'must not be before period_from', 'kan ikke være før period_from')];
}

/** Accounts and files that do not exist. */
export async function unknownOfInvoice(
  tx: Transaction,
  clientAccountId: number,
  { bank_account_id, attachment_ids = [] }: InvoiceFieldsInput,
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  if (bank_account_id != null) {
    const found = await tx.maybe(sql`
      select id from bank_accounts where client_account_id = ${clientAccountId} and id = ${bank_account_id}
        and business_partner_id is null`);
    if (!found)
      problems.push(
        problem('bank_account_id', `unknown bank account ${bank_account_id}`, `ukjent bankkonto ${bank_account_id}`),
      );
  }
  if (attachment_ids.length > 0) {
    const files = await tx.rows<{ id: number }>(sql`
      select id from files where client_account_id = ${clientAccountId} and is_active
        and id = any(${numberArray(attachment_ids)}::bigint[])`);
    const known = new Set(files.map(({ id }) => id));
    attachment_ids.forEach((id, i) => {
      if (!known.has(id)) problems.push(problem(`attachment_ids[${i}]`, `unknown file ${id}`, `ukjent fil ${id}`));
    });
  }
  return problems;
}

/** Attachments of documents, by document, in order. */
export async function attachmentsOf(
  tx: Transaction,
  clientAccountId: number,
  documentIds: readonly number[],
): Promise<Map<number, number[]>> {
  const rows = await tx.rows<{ document_id: number; files: number[] }>(sql`
    select document_id, array_agg(file_id order by position) as files from document_attachments
    where client_account_id = ${clientAccountId} and document_id = any(${numberArray(documentIds)}::bigint[]) group by 1`);
  return new Map(rows.map(({ document_id, files }) => [document_id, files.map(Number)]));
}

export async function writeAttachments(
  tx: Transaction,
  clientAccountId: number,
  documentId: number,
  files: readonly number[],
): Promise<void> {
  await tx.execute(
    sql`delete from document_attachments where client_account_id = ${clientAccountId} and document_id = ${documentId}`,
  );
  if (files.length === 0) return;
  await tx.execute(sql`
    insert into document_attachments (client_account_id, document_id, position, file_id)
    select ${clientAccountId}, ${documentId}, f.position, f.id
    from unnest(${numberArray(files)}::bigint[]) with ordinality f (id, position)`);
}
