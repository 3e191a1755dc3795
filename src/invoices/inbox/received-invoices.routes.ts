import { readUpload, UploadBody } from '../../documents/index.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { approveInvoice } from './approve-invoice.ts';
import { PrepareInput, prepareInvoice, rejectInvoice, RejectInput } from './prepare-invoice.ts';
import { CHANNELS, RECEIVED_STATUSES, ReceivedInvoiceView } from './received-invoice.ts';
import { getReceivedInvoice, listReceivedInvoices } from './received-invoice-list.ts';
import { receiveInvoice } from './receive-invoice.ts';

const tag = 'Received invoices';
const record = {
  tag,
  client: 'record',
  recordIn: 'received_invoices',
  params: strict({ id: Id }),
  response: ReceivedInvoiceView,
} as const;

export const receivedInvoiceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/received-invoices',
    tag,
    summary: 'Take in an invoice: EHF is read and checked, a PDF or picture waits for a person',
    operation: receiveInvoice,
    client: 'body',
    status: 201,
    consumes: ['multipart/form-data'],
    readBody: readUpload,
    body: strict({
      client_account_id: Id,
      file: UploadBody.properties.file,
      channel: Type.Optional(Type.Enum([...CHANNELS])),
      instance_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
    response: ReceivedInvoiceView,
    input: ({ body }) => ({
      file: body.file,
      channel: body.channel ?? ('UPLOAD' as const),
      instanceId: body.instance_id ?? null,
    }),
  }),
  route({
    method: 'GET',
    path: '/received-invoices',
    tag,
    summary: 'Invoices that came in, the latest first',
    operation: listReceivedInvoices,
    client: 'query',
    query: strict({
      client_account_id: Id,
      status: Type.Optional(Type.Enum([...RECEIVED_STATUSES])),
      ...pageQuery(50),
    }),
    response: listOf(ReceivedInvoiceView),
    input: ({ query }) => ({ ...pageOf(query, 50), status: query.status ?? null }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/received-invoices/{id}',
    summary: 'A received invoice: what came, what it breaks, what it would become and why',
    operation: getReceivedInvoice,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/received-invoices/{id}/prepare',
    summary: 'Decide how it is booked; what is not given is as suggested',
    operation: prepareInvoice,
    body: PrepareInput,
    input: ({ params, body }) => ({ id: params.id, given: body }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/received-invoices/{id}/approve',
    summary: 'Approve and post what was prepared',
    operation: approveInvoice,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/received-invoices/{id}/reject',
    summary: 'Refuse it, with a reason',
    operation: rejectInvoice,
    body: RejectInput,
    input: ({ params, body }) => ({ id: params.id, reason: body.reason }),
  }),
];
