import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { type DocumentRow, documentsSelect, documentViews, findDocument } from './document.ts';

const ORDER = {
  id: 'd.id',
  document_date: 'd.document_date',
  due_date: 'd.due_date',
  document_number: 'd.document_number',
  document_type: 'd.document_type',
  gross_amount: 'd.gross_amount',
  created_at: 'd.created_at',
};

export interface ListDocuments extends Page {
  businessPartnerId: number | null;
  from: LocalDate | null;
  to: LocalDate | null;
  types: string[] | null;
  status: string | null;
  number: string | null;
  reference: string | null;
  gross: Ore | null;
  paymentStatus: string | null;
  isActive: boolean | null;
  orderBy: string | undefined;
}

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

/** By default in the order of creation: pages stay stable while documents are added. */
export const listDocuments = readOperation({
  name: 'document.list',
  access,
  async run({ tx, clientAccountId }, input: ListDocuments) {
    const filtered = sql`${documentsSelect(clientAccountId)}
      and (${input.businessPartnerId}::bigint is null or d.business_partner_id = ${input.businessPartnerId})
      and (${input.from}::date is null or d.document_date >= ${input.from}::date)
      and (${input.to}::date is null or d.document_date <= ${input.to}::date)
      and (${input.types}::text[] is null or d.document_type = any(${input.types}::text[]))
      and (${input.status}::text is null or d.document_status = ${input.status})
      and (${input.number}::text is null or d.document_number = ${input.number})
      and (${input.reference}::text is null or d.payment_reference = ${input.reference})
      and (${input.gross}::bigint is null or d.gross_amount = ${input.gross})
      and (${input.isActive}::boolean is null or d.is_active = ${input.isActive})`;
    const paid = sql`(${input.paymentStatus}::text is null or d.payment_status = ${input.paymentStatus})`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from (${filtered}) d where ${paid}`,
    );
    const rows = await tx.rows<DocumentRow>(sql`
      select d.* from (${filtered}) d where ${paid}
      ${orderBy(input.orderBy, ORDER, 'id asc', 'd.id')} ${limitOffset(input)}`);
    return envelope(await documentViews(tx, clientAccountId, rows), input, records);
  },
});

export const getDocument = readOperation({
  name: 'document.get',
  access,
  run: ({ tx, clientAccountId }, { id }: { id: number }) => findDocument(tx, clientAccountId, id),
});
