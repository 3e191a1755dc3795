import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { NewDocument } from '../banking/index.ts';
import { contentDisposition } from '../platform/http/content-disposition.ts';
import { route, type Route } from '../platform/http/route.ts';
import { Id, strict } from '../platform/http/schema.ts';
import { getInvoiceEhf, getInvoicePdf } from './invoice-load.ts';
import { previewInvoice } from './invoice-preview.ts';
import {
  changeInvoiceSettings,
  getInvoiceSettings,
  InvoiceSettingsInput,
  InvoiceSettingsView,
} from './invoice-settings.ts';
import { invoicePdf, type InvoicePdfParts } from './pdf/invoice-pdf.ts';

const tag = 'Invoices';
const record = { tag, client: 'record', recordIn: 'documents', params: strict({ id: Id }) } as const;

function sendPdf(parts: InvoicePdfParts, reply: FastifyReply) {
  reply.header('content-type', 'application/pdf');
  reply.header('content-disposition', contentDisposition('inline', `${parts.print.name}.pdf`));
  return reply.send(Readable.from(invoicePdf(parts)));
}

export const invoiceSettingsRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/invoice-settings',
    tag,
    summary: 'How a client account invoices: account, terms, numbers, KID',
    operation: getInvoiceSettings,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: InvoiceSettingsView,
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path: '/invoice-settings',
    tag,
    summary: 'Change what is given; from then on sales documents are numbered from the series',
    operation: changeInvoiceSettings,
    client: 'query',
    query: strict({ client_account_id: Id }),
    body: InvoiceSettingsInput,
    response: InvoiceSettingsView,
    input: ({ body }) => body,
  }),
  route({
    method: 'POST',
    path: '/documents/preview',
    tag,
    summary: 'The PDF that a document would be; nothing is written',
    operation: previewInvoice,
    client: 'body',
    body: NewDocument,
    produces: ['application/pdf'],
    input: ({ body: { client_account_id: _, ...body } }) => body,
    send: sendPdf,
  }),
  route({
    ...record,
    method: 'GET',
    path: '/documents/{id}/pdf',
    summary: 'A sales document as PDF/A-3 with its EHF inside; a draft is marked as one',
    operation: getInvoicePdf,
    produces: ['application/pdf'],
    input: ({ params }) => ({ id: params.id }),
    send: sendPdf,
  }),
  route({
    ...record,
    method: 'GET',
    path: '/documents/{id}/ehf',
    summary: 'A sales document as EHF Billing 3.0 (UBL 2.1)',
    operation: getInvoiceEhf,
    produces: ['application/xml'],
    input: ({ params }) => ({ id: params.id }),
    send: ({ ehf, number }, reply) =>
      reply
        .header('content-type', 'application/xml; charset=utf-8')
        .header('content-disposition', contentDisposition('attachment', `${number ?? 'utkast'}.xml`))
        .send(ehf),
  }),
];
