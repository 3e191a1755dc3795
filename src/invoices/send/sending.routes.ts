import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { DeliveryView, listDeliveries, SEND_CHANNELS } from './delivery.ts';
import { previewRoute, RouteView } from './route-preview.ts';
import { sendInvoice } from './send-invoice.ts';

const record = { tag: 'Invoices', client: 'record', recordIn: 'documents', params: strict({ id: Id }) } as const;

export const sendingRoutes: Route[] = [
  route({
    ...record,
    method: 'POST',
    path: '/documents/{id}/send',
    summary:
      'Send a posted sales document once: eFaktura, AvtaleGiro, Peppol, e-mail with PDF or print, whichever is the first that can be',
    operation: sendInvoice,
    body: strict({
      channel: Type.Optional(Type.Enum([...SEND_CHANNELS])),
      email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' })),
    }),
    response: DeliveryView,
    input: ({ params, body }) => ({ id: params.id, channel: body.channel ?? null, email: body.email ?? null }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/documents/{id}/route',
    summary: 'Which way a sales document would go now, and why not another; nothing is written',
    operation: previewRoute,
    response: RouteView,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/documents/{id}/deliveries',
    summary: 'How a document was sent, with attempts and reasons',
    operation: listDeliveries,
    response: strict({ data: Type.Array(DeliveryView) }),
    input: ({ params }) => ({ id: params.id }),
  }),
];
