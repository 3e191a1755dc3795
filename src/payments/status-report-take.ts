import sql from 'sql-template-tag';
import { clientAccountOf } from '../kernel/ids.ts';
import { lockBooks } from '../ledger/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Platform } from '../platform/operation.ts';
import { numberArray, textArray } from '../platform/database/arrays.ts';
import type { BankStatus, StatusReport } from './pain002.ts';
import { addEvent } from './payment-event.ts';
import { findOrder, type PaymentStatus, readPayments } from './orders/payment-order.ts';
import { refreshOrder } from './orders/payment-order-refresh.ts';

/** The meaning of a bank's payment status (ISO 20022 external payment status codes). PART: see the level below. */
const MEANING: Record<string, PaymentStatus> = {
  RCVD: 'RECEIVED',
  ACTC: 'RECEIVED',
  PDNG: 'WAITING',
  PATC: 'WAITING',
  ACCP: 'ACCEPTED',
  ACWC: 'ACCEPTED',
  ACFC: 'ACCEPTED',
  ACSP: 'ACCEPTED',
  ACWP: 'ACCEPTED',
  ACSC: 'EXECUTED',
  ACCC: 'EXECUTED',
  RJCT: 'REJECTED',
  CANC: 'CANCELLED',
};

/** The progress of a payment; a late report never moves it back. */
const ORDER: Partial<Record<PaymentStatus, number>> = {
  APPROVED: 0,
  SENT: 1,
  RECEIVED: 2,
  WAITING: 3,
  ACCEPTED: 3,
  EXECUTED: 4,
  // The bank may refuse an accepted payment, but never a booked one.
  REJECTED: 5,
  CANCELLED: 5,
};

/** The order that a report refers to, by the id of our message; null if it is not ours. */
export function orderOfMessage(messageId: string): { clientAccountId: number; orderId: number } | null {
  const found = /^HB-([1-9]\d{0,15})$/.exec(messageId.trim());
  const orderId = Number(found?.[1] ?? 0);
  if (!Number.isSafeInteger(orderId) || clientAccountOf(orderId) === 0) return null;
  return { clientAccountId: clientAccountOf(orderId), orderId };
}

export type ReportOutcome =
  | { status: 'taken' | 'known'; clientAccountId: number; orderId: number; bic: string }
  | { status: 'unknown' };

/** Processes a bank's status of an order, in one transaction. A repeated report changes nothing. */
export async function takeStatusReport(platform: Platform, report: StatusReport): Promise<ReportOutcome> {
  const order = orderOfMessage(report.messageId);
  if (!order) return { status: 'unknown' };
  const { clientAccountId, orderId } = order;
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const there = await tx.maybe<{ bic: string }>(sql`
      select o.debtor_bic as bic from payment_orders o join client_account_heads h on h.client_account_id = o.client_account_id
      where o.client_account_id = ${clientAccountId} and o.id = ${orderId} and o.approved_at is not null`);
    if (!there) return { status: 'unknown' };
    await lockBooks(tx, clientAccountId);
    if (await isKnown(tx, clientAccountId, orderId, report))
      return { status: 'known', clientAccountId, orderId, bic: there.bic };
    await apply(tx, clientAccountId, orderId, report, platform.clock.now());
    return { status: 'taken', clientAccountId, orderId, bic: there.bic };
  });
}

async function isKnown(
  tx: Transaction,
  clientAccountId: number,
  orderId: number,
  { reportId }: StatusReport,
): Promise<boolean> {
  if (reportId === null) return false;
  const found = await tx.maybe(sql`
    select 1 as known from payment_order_events where client_account_id = ${clientAccountId} and order_id = ${orderId}
      and report_id = ${reportId} limit 1`);
  return found !== undefined;
}

async function apply(tx: Transaction, clientAccountId: number, orderId: number, report: StatusReport, now: Date) {
  const order = await findOrder(tx, clientAccountId, orderId);
  const { group } = report;
  await addEvent(tx, clientAccountId, {
    orderId,
    at: now,
    event: 'status',
    reportId: report.reportId,
    bankStatus: group.status ?? report.batches[0]?.status ?? null,
    reasonCode: group.reasonCode,
    reasonText: group.reasonText,
  });
  // Sent twice because the first response was lost: the bank has the order, and this is the response to the second
  // message.
  const isOurRepetition = group.status === 'RJCT' && group.reasonCode === 'DU01' && order.send_attempts > 1;
  if (isOurRepetition) return;
  const batches = new Map(report.batches.map((batch) => [batch.batchId, batch]));
  const single = new Map(
    report.payments.flatMap((each) => (each.endToEndId ? [[each.endToEndId, each] as const] : [])),
  );
  const payments = await readPayments(tx, clientAccountId, sql`p.order_id = ${orderId} order by p.position`);
  const changes = payments.flatMap(({ id, end_to_end_id, payment_information_id, status }) => {
    const reported = statusFrom([single.get(end_to_end_id), batches.get(payment_information_id), group]);
    if (!reported || !isFurther(status, reported.status)) return [];
    return [{ id, ...reported }];
  });
  if (changes.length > 0)
    await tx.execute(sql`
      update outgoing_payments p set status = c.status, reason_code = c.code, reason_text = c.text, updated_at = ${now}
      from unnest(${numberArray(changes.map(({ id }) => id))}::bigint[], ${textArray(changes.map(({ status }) => status))}::text[],
        ${textArray(changes.map(({ reasonCode }) => reasonCode))}::text[],
        ${textArray(changes.map(({ reasonText }) => reasonText))}::text[]) as c (id, status, code, text)
      where p.client_account_id = ${clientAccountId} and p.id = c.id`);
  await tx.execute(sql`
    update payment_orders set sent_at = coalesce(sent_at, ${now}), send_error = null, reason_code = ${group.reasonCode},
      reason_text = ${group.reasonText}
    where client_account_id = ${clientAccountId} and id = ${orderId}`);
  await refreshOrder(tx, clientAccountId, orderId, now);
  await tx.execute(sql`
    insert into audit_log (client_account_id, operation, record_type, record_id, after)
    values (${clientAccountId}, 'payment-order.status', 'payment_order', ${orderId},
      ${JSON.stringify({ report_id: report.reportId, status: group.status, changed: changes.length })})`);
}

/**
 * The status of the nearest level counts; reasons come from the same level, or from the next one above that has some.
 */
function statusFrom(places: readonly (BankStatus | undefined)[]) {
  const at = places.findIndex((place) => place?.status != null && Object.hasOwn(MEANING, place.status));
  if (at < 0) return null;
  const { status } = places[at]!;
  const reasoned = places.slice(at).find((place) => place?.reasonCode != null || place?.reasonText != null);
  return {
    status: MEANING[status!]!,
    reasonCode: reasoned?.reasonCode ?? null,
    reasonText: reasoned?.reasonText ?? null,
  };
}

function isFurther(from: PaymentStatus, to: PaymentStatus): boolean {
  const [now, next] = [ORDER[from], ORDER[to]];
  if (now === undefined || next === undefined || from === to) return false;
  return now === 5 ? false : next >= now;
}
