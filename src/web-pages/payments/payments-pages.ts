import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getDeliveryStatus } from '../../bank-delivery/index.ts';
import { clientAccountOf } from '../../kernel/ids.ts';
import { addDays, dateInNorway, isLocalDate } from '../../kernel/local-date.ts';
import {
  approvePaymentOrder,
  cancelPaymentOrder,
  createPaymentOrder,
  getPaymentDesk,
  getPaymentOrder,
  listPayable,
  listPaymentEvents,
  listPaymentOrders,
  listPayments,
} from '../../payments/index.ts';
import { AppError, invalid, problem } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Call, Operation, Platform } from '../../platform/operation.ts';
import { paymentOrderPage } from './payment-order-page.tsx';
import { paymentsPage } from './payments-page.tsx';
import { idOf } from '../record-id.ts';
import { sendHtml } from '../send-html.ts';

type Run = <I, O>(
  operation: Operation<I, O>,
  request: FastifyRequest,
  clientAccountId: number | null,
  input: I,
  more?: Partial<Call>,
) => Promise<O>;

/** The page first shows bills due within this many days. */
const DAYS = 7;

/** The pages for payments: debts, orders, approval. They call the API's own operations. */
export function registerPaymentPages(pages: FastifyInstance, platform: Platform, run: Run): void {
  acceptForms(pages);

  pages.get<{ Params: { id: string } }>('/client-accounts/:id/payments', async (request, reply) => {
    const id = idOf(request.params.id);
    const { language } = request;
    const desk = await run(getPaymentDesk, request, id, undefined);
    const payable = await run(listPayable, request, id, { dueUntil: null, language });
    const orders = await run(listPaymentOrders, request, id, { page: 1, perPage: 50, status: null, language });
    const deliveries = await run(getDeliveryStatus, request, id, { language });
    const dueUntil = addDays(dateInNorway(platform.clock.now()), DAYS);
    const parts = { language, clientAccountId: id, desk, payable, dueUntil };
    return sendHtml(reply, paymentsPage({ ...parts, orders: orders.data, deliveries: deliveries.data }));
  });

  pages.post<{ Params: { id: string } }>('/client-accounts/:id/payments', async (request, reply) => {
    const id = idOf(request.params.id);
    const form = formOf(request);
    const dueUntil = form['due_until'] ?? '';
    if (!isLocalDate(dueUntil))
      throw invalid([problem('due_until', 'must be an existing date', 'må være en dato som finnes')]);
    const order = await run(
      createPaymentOrder,
      request,
      id,
      { bankAccountId: idOf(form['bank_account_id'] ?? ''), dueUntil, documents: null, language: request.language },
      form['key'] ? { idempotencyKey: form['key'] } : {},
    );
    return reply.redirect(`/payment-orders/${order.id}`, 303);
  });

  pages.get<{ Params: { id: string } }>('/payment-orders/:id', (request, reply) =>
    showOrder(request, reply, idOf(request.params.id), null),
  );

  pages.post<{ Params: { id: string } }>('/payment-orders/:id/approve', (request, reply) =>
    change(request, reply, (id) =>
      run(approvePaymentOrder, request, clientAccountOf(id), { id, language: request.language }),
    ),
  );

  pages.post<{ Params: { id: string } }>('/payment-orders/:id/cancel', (request, reply) =>
    change(request, reply, (id) => {
      const reason = formOf(request)['reason']?.trim().slice(0, 500) || null;
      return run(cancelPaymentOrder, request, clientAccountOf(id), { id, reason, language: request.language });
    }),
  );

  /** On success it shows the updated order; on refusal, the order with the reason. */
  async function change(
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    work: (id: number) => Promise<unknown>,
  ) {
    const id = idOf(request.params.id);
    try {
      await work(id);
      return reply.redirect(`/payment-orders/${id}`, 303);
    } catch (error) {
      if (!(error instanceof AppError) || ![403, 409].includes(error.spec.status)) throw error;
      return showOrder(request, reply, id, error);
    }
  }

  async function showOrder(request: FastifyRequest, reply: FastifyReply, id: number, refusal: AppError | null) {
    const clientAccountId = clientAccountOf(id);
    const { language } = request;
    const { page } = request.query as Record<string, unknown>;
    const number = typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
    const order = await run(getPaymentOrder, request, clientAccountId, { id, language });
    const desk = await run(getPaymentDesk, request, clientAccountId, undefined);
    const payments = await run(listPayments, request, clientAccountId, { id, language, page: number, perPage: 100 });
    const events = await run(listPaymentEvents, request, clientAccountId, { id, language, page: 1, perPage: 50 });
    const parts = { language, clientAccountId, desk, order, payments, refusal };
    return sendHtml(reply, paymentOrderPage({ ...parts, events: events.data }), refusal?.spec.status ?? 200);
  }
}

function formOf(request: FastifyRequest): Record<string, string | undefined> {
  return (request.body ?? {}) as Record<string, string | undefined>;
}
