import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import {
  DocumentResponseView,
  getDocumentResponse,
  listDocumentResponses,
  listResponsesToDocument,
  TAKEN_STATUSES,
} from './document-response.ts';
import { InvoiceResponseView, listInvoiceResponses } from './invoice-response.ts';
import { respondToInvoice } from './respond.ts';
import { RespondInput } from './respond-input.ts';

const record = { client: 'record', params: strict({ id: Id }) } as const;
const received = { ...record, tag: 'Received invoices', recordIn: 'received_invoices' } as const;
const sent = { ...record, tag: 'Invoices' } as const;

export const responseRoutes: Route[] = [
  route({
    ...received,
    method: 'POST',
    path: '/received-invoices/{id}/responses',
    summary: 'Answer the supplier over Peppol (Invoice Response): what has become of the invoice, and why',
    operation: respondToInvoice,
    body: RespondInput,
    response: InvoiceResponseView,
    input: ({ params, body }) => ({ ...body, id: params.id }),
  }),
  route({
    ...received,
    method: 'GET',
    path: '/received-invoices/{id}/responses',
    summary: 'What the supplier was answered, with attempts and reasons',
    operation: listInvoiceResponses,
    response: strict({ data: Type.Array(InvoiceResponseView) }),
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...sent,
    recordIn: 'documents',
    method: 'GET',
    path: '/documents/{id}/responses',
    summary: 'What the customer has answered to a document that was sent over Peppol',
    operation: listResponsesToDocument,
    response: strict({ data: Type.Array(DocumentResponseView) }),
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    method: 'GET',
    path: '/document-responses',
    tag: 'Invoices',
    summary: 'What customers have answered, the latest first; QUESTIONED is for a person to look at',
    operation: listDocumentResponses,
    client: 'query',
    query: strict({
      client_account_id: Id,
      status: Type.Optional(Type.Enum([...TAKEN_STATUSES])),
      ...pageQuery(50),
    }),
    response: listOf(DocumentResponseView),
    input: ({ query }) => ({ ...pageOf(query, 50), status: query.status ?? null }),
  }),
  route({
    ...sent,
    recordIn: 'document_responses',
    method: 'GET',
    path: '/document-responses/{id}',
    summary: 'What a customer has answered',
    operation: getDocumentResponse,
    response: DocumentResponseView,
    input: ({ params }) => ({ id: params.id }),
  }),
];
