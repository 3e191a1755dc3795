import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { reasonInWords } from '../reason.ts';

/**
 * PREPARED (waits for approval), APPROVED (to be sent), SENT (the mailbox has it), RECEIVED (the bank could read it),
 * WAITING (for funds, or for approval at the bank), ACCEPTED, SETTLED (the bank has booked all of it).
 */
export const ORDER_STATUSES = [
  'PREPARED',
  'APPROVED',
  'SENT',
  'RECEIVED',
  'WAITING',
  'ACCEPTED',
  'PARTLY_REJECTED',
  'REJECTED',
  'SETTLED',
  'CANCELLED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** As those of the order; EXECUTED: the bank reports that it was carried out, RETURNED: the money came back. */
export const PAYMENT_STATUSES = [
  'PREPARED',
  'APPROVED',
  'SENT',
  'RECEIVED',
  'WAITING',
  'ACCEPTED',
  'EXECUTED',
  'REJECTED',
  'SETTLED',
  'RETURNED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

const NText = nullable(Type.String());
const Reason = nullable(
  strict(
    { code: NText, message: Type.String({ description: 'In words' }), bank_text: NText },
    { description: 'Why not' },
  ),
);

export const OrderView = strict({
  id: Id,
  client_account_id: Id,
  bank_account_id: Id,
  status: Type.Enum([...ORDER_STATUSES]),
  message_id: Type.String({ description: 'What the bank knows the order by' }),
  four_eyes: Type.Boolean({ description: 'Somebody other than who prepared it must approve it' }),
  debtor_name: Type.String(),
  debtor_account: Type.String(),
  debtor_bic: Type.String(),
  payment_count: Type.Integer(),
  total_amount: Type.String(),
  rejected_count: Type.Integer(),
  settled_count: Type.Integer(),
  prepared_at: TimeText,
  prepared_by_id: Id,
  approved_at: nullable(TimeText),
  approved_by_id: nullable(Id),
  sent_at: nullable(TimeText),
  cancelled_at: nullable(TimeText),
  cancelled_by_id: nullable(Id),
  cancel_reason: NText,
  reason: Reason,
  send_problem: nullable(strict({ code: Type.String(), message: Type.String() })),
  updated_at: TimeText,
});
export type OrderView = Static<typeof OrderView>;

export const PaymentView = strict({
  id: Id,
  payment_order_id: Id,
  document_id: Id,
  payment_line_id: nullable(Id),
  business_partner_id: Id,
  creditor_name: Type.String(),
  creditor_account: Type.String(),
  amount: Type.String(),
  currency_code: Type.String(),
  payment_reference: NText,
  message: NText,
  execution_date: DateText,
  end_to_end_id: Type.String(),
  status: Type.Enum([...PAYMENT_STATUSES]),
  reason: Reason,
  bank_transaction_id: nullable(Id),
  booked_on: nullable(DateText),
});
export type PaymentView = Static<typeof PaymentView>;

export const EventView = strict({
  at: TimeText,
  event: Type.String(),
  payment_id: nullable(Id),
  bank_status: NText,
  reason: Reason,
});

export interface OrderRow {
  id: number;
  client_account_id: number;
  bank_account_id: number;
  status: OrderStatus;
  message_id: string;
  four_eyes: boolean;
  debtor_name: string;
  debtor_organization_number: string | null;
  debtor_account: string;
  debtor_bic: string;
  customer_id: string | null;
  division: string | null;
  payment_count: number;
  total_amount: number;
  prepared_at: Date;
  prepared_by_id: number;
  approved_at: Date | null;
  approved_by_id: number | null;
  cancelled_at: Date | null;
  cancelled_by_id: number | null;
  cancel_reason: string | null;
  message_sha256: Buffer | null;
  send_attempts: number;
  send_error: { code: string; nb: string; en: string } | null;
  sent_at: Date | null;
  reason_code: string | null;
  reason_text: string | null;
  updated_at: Date;
}

const ORDER_COLUMNS = sql`o.id, o.client_account_id, o.bank_account_id, o.status, o.message_id, o.four_eyes, o.debtor_name,
  o.debtor_organization_number, o.debtor_account, o.debtor_bic, o.customer_id, o.division, o.payment_count, o.total_amount,
  o.prepared_at, o.prepared_by_id, o.approved_at, o.approved_by_id, o.cancelled_at, o.cancelled_by_id, o.cancel_reason,
  o.message_sha256, o.send_attempts, o.send_error, o.sent_at, o.reason_code, o.reason_text, o.updated_at`;

/** `rest`: conditions on the order `o`, and the clauses after them. */
export function readOrders(
  tx: Transaction,
  clientAccountId: number,
  rest: Sql,
): Promise<(OrderRow & { rejected: number; settled: number })[]> {
  return tx.rows(sql`
    select ${ORDER_COLUMNS}, s.rejected, s.settled from payment_orders o
    cross join lateral (select count(*) filter (where p.status = 'REJECTED') as rejected,
        count(*) filter (where p.status = 'SETTLED') as settled from outgoing_payments p
      where p.client_account_id = o.client_account_id and p.order_id = o.id) s
    where o.client_account_id = ${clientAccountId} and ${rest}`);
}

/** Throws request.not_found. */
export async function findOrder(tx: Transaction, clientAccountId: number, id: number) {
  const [order] = await readOrders(tx, clientAccountId, sql`o.id = ${id}`);
  if (!order) throw requestErrors.not_found({ what: 'Payment order' });
  return order;
}

export interface PaymentRow {
  id: number;
  order_id: number;
  position: number;
  document_id: number;
  payment_line_id: number | null;
  business_partner_id: number;
  creditor_name: string;
  creditor_account: string;
  creditor_country: string | null;
  amount: number;
  currency_code: string;
  reference: string | null;
  message: string | null;
  execution_date: LocalDate;
  payment_information_id: string;
  end_to_end_id: string;
  status: PaymentStatus;
  reason_code: string | null;
  reason_text: string | null;
  bank_transaction_id: number | null;
  booked_on: LocalDate | null;
}

export function readPayments(tx: Transaction, clientAccountId: number, rest: Sql): Promise<PaymentRow[]> {
  return tx.rows<PaymentRow>(sql`
    select p.id, p.order_id, p.position, p.document_id, p.payment_line_id, p.business_partner_id, p.creditor_name,
      p.creditor_account, p.creditor_country, p.amount, p.currency_code, p.reference, p.message, p.execution_date,
      p.payment_information_id, p.end_to_end_id, p.status, p.reason_code, p.reason_text, p.bank_transaction_id, p.booked_on
    from outgoing_payments p where p.client_account_id = ${clientAccountId} and ${rest}`);
}

export function orderView(order: OrderRow & { rejected: number; settled: number }, language: Language): OrderView {
  const at = (time: Date | null) => (time === null ? null : isoSeconds(time));
  return {
    id: order.id,
    client_account_id: order.client_account_id,
    bank_account_id: order.bank_account_id,
    status: order.status,
    message_id: order.message_id,
    four_eyes: order.four_eyes,
    debtor_name: order.debtor_name,
    debtor_account: order.debtor_account,
    debtor_bic: order.debtor_bic,
    payment_count: order.payment_count,
    total_amount: formatAmount(ore(order.total_amount)),
    rejected_count: order.rejected,
    settled_count: order.settled,
    prepared_at: isoSeconds(order.prepared_at),
    prepared_by_id: order.prepared_by_id,
    approved_at: at(order.approved_at),
    approved_by_id: order.approved_by_id,
    sent_at: at(order.sent_at),
    cancelled_at: at(order.cancelled_at),
    cancelled_by_id: order.cancelled_by_id,
    cancel_reason: order.cancel_reason,
    reason: reasonView(order, language),
    send_problem: order.send_error && { code: order.send_error.code, message: order.send_error[language] },
    updated_at: isoSeconds(order.updated_at),
  };
}

export function paymentView(payment: PaymentRow, language: Language): PaymentView {
  const { order_id, reference, amount, creditor_country: _, payment_information_id: __, ...rest } = payment;
  const { position: ___, reason_code, reason_text, ...shown } = rest;
  return {
    ...shown,
    payment_order_id: order_id,
    payment_reference: reference,
    amount: formatAmount(ore(amount)),
    reason: reasonView({ reason_code, reason_text }, language),
  };
}

export function reasonView(
  { reason_code, reason_text }: { reason_code: string | null; reason_text: string | null },
  language: Language,
): Static<typeof Reason> {
  if (reason_code === null && reason_text === null) return null;
  const words = reasonInWords(reason_code);
  return { code: reason_code, message: words?.[language] ?? reason_text ?? '', bank_text: reason_text };
}
