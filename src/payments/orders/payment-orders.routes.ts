import { contentDisposition } from '../../platform/http/content-disposition.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { approvePaymentOrder } from './payment-order-approve.ts';
import { cancelPaymentOrder } from './payment-order-cancel.ts';
import { CreatedOrder, createPaymentOrder, MOST_PAYMENTS, type NewOrder } from './payment-order-create.ts';
import {
  getPaymentOrder,
  listPayable,
  listPaymentEvents,
  listPaymentOrders,
  listPayments,
  PayableView,
} from './payment-order-list.ts';
import { getPaymentFile } from './payment-order-message.ts';
import { EventView, ORDER_STATUSES, OrderView, PaymentView } from './payment-order.ts';
import {
  changePaymentSettings,
  getPaymentSettings,
  PaymentSettings,
  PaymentSettingsChanges,
} from '../payment-settings.ts';

const tag = 'Payments';
const ofClient = strict({ client_account_id: Id });
const record = { tag, client: 'record', recordIn: 'payment_orders', params: strict({ id: Id }) } as const;

const NewOrderBody = strict({
  client_account_id: Id,
  bank_account_id: { ...Id, description: 'The account of ours that pays' },
  due_until: Type.Optional({ ...DateText, description: 'Pay all that is due until then; or give documents' }),
  documents: Type.Optional(
    Type.Array(
      strict({
        document_id: Id,
        payment_line_id: Type.Optional(nullable(Id)),
        account_number: Type.Optional(
          nullable(Type.String({ maxLength: 42, description: 'Where the creditor has several' })),
        ),
        execution_date: Type.Optional(nullable(DateText)),
      }),
      { minItems: 1, maxItems: MOST_PAYMENTS },
    ),
  ),
});

export const paymentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/payable-documents',
    tag,
    summary: 'What is owed and can be gathered into a payment order, by due date',
    operation: listPayable,
    client: 'query',
    query: strict({ client_account_id: Id, due_until: Type.Optional(DateText) }),
    response: strict({ data: Type.Array(PayableView), has_more: Type.Boolean() }),
    input: ({ query, language }) => ({ dueUntil: query.due_until ?? null, language }),
  }),
  route({
    method: 'GET',
    path: '/payment-orders',
    tag,
    summary: 'List payment orders, the latest first',
    operation: listPaymentOrders,
    client: 'query',
    query: strict({ client_account_id: Id, status: Type.Optional(Type.Enum([...ORDER_STATUSES])), ...pageQuery(50) }),
    response: listOf(OrderView),
    input: ({ query, language }) => ({ ...pageOf(query, 50), status: query.status ?? null, language }),
  }),
  route({
    method: 'POST',
    path: '/payment-orders',
    tag,
    summary: 'Prepare a payment order from what is due, or from chosen documents',
    operation: createPaymentOrder,
    client: 'body',
    status: 201,
    body: NewOrderBody,
    response: CreatedOrder,
    input: ({ body, language }): NewOrder => {
      if ((body.due_until === undefined) === (body.documents === undefined))
        throw invalid([
          problem('documents', 'give either documents or due_until', 'oppgi enten documents eller due_until'),
        ]);
      return {
        bankAccountId: body.bank_account_id,
        dueUntil: body.due_until ?? null,
        documents:
          body.documents?.map((each) => ({
            documentId: each.document_id,
            paymentLineId: each.payment_line_id ?? null,
            accountNumber: each.account_number ?? null,
            executionDate: each.execution_date ?? null,
          })) ?? null,
        language,
      };
    },
  }),
  route({
    ...record,
    method: 'GET',
    path: '/payment-orders/{id}',
    summary: 'A payment order',
    operation: getPaymentOrder,
    response: OrderView,
    input: ({ params, language }) => ({ id: params.id, language }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/payment-orders/{id}/payments',
    summary: 'The payments of an order',
    operation: listPayments,
    query: strict(pageQuery(100, 1_000)),
    response: listOf(PaymentView),
    input: ({ params, query, language }) => ({ ...pageOf(query, 100), id: params.id, language }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/payment-orders/{id}/events',
    summary: 'What happened to an order, the latest first',
    operation: listPaymentEvents,
    query: strict(pageQuery(50)),
    response: listOf(EventView),
    input: ({ params, query, language }) => ({ ...pageOf(query, 50), id: params.id, language }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/payment-orders/{id}/file',
    summary: 'The payment file (pain.001.001.09) of an approved order, to be sent by hand',
    operation: getPaymentFile,
    produces: ['application/xml'],
    input: ({ params }) => ({ id: params.id }),
    send: ({ name, xml }, reply) =>
      reply
        .header('content-type', 'application/xml; charset=utf-8')
        .header('content-disposition', contentDisposition('attachment', name))
        .send(xml),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/payment-orders/{id}/approve',
    summary: 'Approve a payment order; it is then sent to the bank',
    operation: approvePaymentOrder,
    body: strict({}),
    response: OrderView,
    input: ({ params, language }) => ({ id: params.id, language }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/payment-orders/{id}/cancel',
    summary: 'Cancel a payment order that was not sent; its documents can be paid by another one',
    operation: cancelPaymentOrder,
    body: strict({ reason: Type.Optional(nullable(Type.String({ maxLength: 500 }))) }),
    response: OrderView,
    input: ({ params, body, language }) => ({ id: params.id, reason: body.reason ?? null, language }),
  }),
  route({
    method: 'GET',
    path: '/payment-settings',
    tag,
    summary: 'Who may approve payments',
    operation: getPaymentSettings,
    client: 'query',
    query: ofClient,
    response: PaymentSettings,
    input: () => undefined,
  }),
  route({
    method: 'PATCH',
    path: '/payment-settings',
    tag,
    summary: 'Change who may approve payments',
    operation: changePaymentSettings,
    client: 'query',
    query: ofClient,
    body: PaymentSettingsChanges,
    response: PaymentSettings,
    input: ({ body }) => body,
  }),
];
