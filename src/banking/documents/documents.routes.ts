import { parseAmount } from '../../kernel/money.ts';
import { requireSameClientAccount } from '../../masters/index.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, DateText, Id, nullable, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import {
  DOCUMENT_STATUSES,
  DOCUMENT_TYPE_CODES,
  type DocumentType,
  DocumentView,
  PAYMENT_STATUSES,
} from './document.ts';
import { DocumentFields, NewDocument, PostedFields } from './document-input.ts';
import { getDocument, listDocuments } from './document-list.ts';
import { cancelDocument, createDocument, updateDocument } from './document-write.ts';

const tag = 'Documents';
const one = {
  tag,
  path: '/documents/{id}',
  client: 'record',
  recordIn: 'documents',
  params: strict({ id: Id }),
  response: DocumentView,
} as const;

const DocumentChanges = strict({
  client_account_id: Type.Optional(Id),
  document_status: Type.Optional(Type.Enum(['DRAFT', 'POSTED'])),
  ...DocumentFields,
  ...PostedFields,
  document_date: Type.Optional(DateText),
  credits_document_id: Type.Optional(nullable(Id)),
});

/** `document_type=ARINV` or several, separated by commas. */
function readTypes(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const types = text.split(',').map((type) => type.trim());
  const unknown = types.filter((type) => !DOCUMENT_TYPE_CODES.includes(type as DocumentType));
  if (unknown.length === 0) return types;
  const known = DOCUMENT_TYPE_CODES.join(', ');
  throw invalid(
    unknown.map((type) =>
      problem('document_type', `"${type}" is not one of ${known}`, `«${type}» er ikke en av ${known}`),
    ),
  );
}

function readGross(text: string | undefined) {
  if (text === undefined) return null;
  const amount = parseAmount(text);
  if (amount === null) throw invalid([problem('gross_amount', 'must be an amount', 'må være et beløp')]);
  return amount;
}

export const documentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/documents',
    tag,
    summary: 'List documents: invoices, bills, credit notes, receipts',
    operation: listDocuments,
    client: 'query',
    query: strict({
      client_account_id: Id,
      business_partner_id: Type.Optional(Id),
      from_document_date: Type.Optional(DateText),
      to_document_date: Type.Optional(DateText),
      document_type: Type.Optional(Type.String({ maxLength: 200, description: 'One or several, with commas' })),
      document_status: Type.Optional(Type.Enum([...DOCUMENT_STATUSES])),
      document_number: Type.Optional(Type.String({ maxLength: 70 })),
      payment_reference: Type.Optional(Type.String({ maxLength: 35 })),
      gross_amount: Type.Optional(Type.String({ maxLength: 30 })),
      payment_status: Type.Optional(Type.Enum([...PAYMENT_STATUSES])),
      is_active: Type.Optional(QueryBooleanOrAll),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
    }),
    response: listOf(DocumentView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      businessPartnerId: query.business_partner_id ?? null,
      from: query.from_document_date ?? null,
      to: query.to_document_date ?? null,
      types: readTypes(query.document_type),
      status: query.document_status ?? null,
      number: query.document_number ?? null,
      reference: query.payment_reference ?? null,
      gross: readGross(query.gross_amount),
      paymentStatus: query.payment_status ?? null,
      isActive: asBooleanOrAll(query.is_active, true),
      orderBy: query.order_by,
    }),
  }),
  route({
    method: 'POST',
    path: '/documents',
    tag,
    summary: 'Create a document; with lines it is posted, or it stands on a line that the ledger has',
    operation: createDocument,
    client: 'body',
    status: 201,
    body: NewDocument,
    response: DocumentView,
    input: ({ body: { client_account_id: _, ...body } }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A document',
    operation: getDocument,
    input: ({ params }) => ({ id: params.id }),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change a document, or post a draft',
      operation: updateDocument,
      body: DocumentChanges,
      input: ({ params: { id }, body: { client_account_id, ...changes } }) => {
        requireSameClientAccount(id, client_account_id);
        return { id, changes };
      },
    }),
  ),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Cancel a document; what it posted is cancelled by a counter-entry',
    operation: cancelDocument,
    input: ({ params }) => ({ id: params.id }),
  }),
];
