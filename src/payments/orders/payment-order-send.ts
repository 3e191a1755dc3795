import sql from 'sql-template-tag';
import { lockBooks, numberArray } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Platform } from '../../platform/operation.ts';
import { addEvent } from '../payment-event.ts';
import { orderMessage } from './payment-order-message.ts';

/** An order that is being sent: it can no longer be cancelled. */
export interface OrderToSend {
  orderId: number;
  messageId: string;
  xml: string;
  attempt: number;
}

export interface WaitingOrder {
  clientAccountId: number;
  id: number;
  /** Eight characters, of the paying bank. */
  bic: string;
}

/** Approved orders of these client accounts that wait to be sent, oldest first; the next round finds more. */
export function ordersToSend(tx: Transaction, clientAccountIds: readonly number[]): Promise<WaitingOrder[]> {
  return tx.rows<WaitingOrder>(sql`
    select client_account_id as "clientAccountId", id, left(debtor_bic, 8) as bic from payment_orders
    where client_account_id = any(${numberArray(clientAccountIds)}::bigint[]) and status = 'APPROVED'
    order by approved_at, id limit 1000`);
}

/**
 * Marks an order as being sent and commits before anything is sent: from here on it may be at the bank. Null if it must
 * not be sent any more. A repeated send has the same message, which the bank recognises by its id.
 */
export function beginSending(platform: Platform, clientAccountId: number, id: number): Promise<OrderToSend | null> {
  const { database, clock } = platform;
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await lockBooks(tx, clientAccountId);
    const standing = await tx.maybe<{ status: string }>(sql`
      select status from payment_orders where client_account_id = ${clientAccountId} and id = ${id}`);
    if (standing?.status !== 'APPROVED') return null;
    const { order, xml, sha256 } = await orderMessage(tx, clientAccountId, id);
    await tx.execute(sql`
      update payment_orders set send_attempts = send_attempts + 1, message_sha256 = ${sha256}, updated_at = ${clock.now()}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    return { orderId: id, messageId: order.message_id, xml, attempt: order.send_attempts + 1 };
  });
}

export type SendOutcome =
  | { sent: true }
  /** `isCertain`: certainly nothing reached the bank, so that the order may be cancelled again. */
  | { sent: false; isCertain: boolean; problem: { code: string; nb: string; en: string } };

/** Records the outcome of sending. A response of the bank that was recorded first takes precedence. */
export function endSending(
  platform: Platform,
  clientAccountId: number,
  { orderId, attempt }: OrderToSend,
  outcome: SendOutcome,
): Promise<void> {
  const { database, clock } = platform;
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await lockBooks(tx, clientAccountId);
    const now = clock.now();
    if (!outcome.sent) {
      await tx.execute(sql`
        update payment_orders set send_error = ${JSON.stringify(outcome.problem)}, updated_at = ${now},
          send_attempts = ${outcome.isCertain && attempt === 1 ? 0 : attempt}
        where client_account_id = ${clientAccountId} and id = ${orderId} and status = 'APPROVED'`);
      return;
    }
    const changed = await tx.execute(sql`
      update payment_orders set status = case when status = 'APPROVED' then 'SENT' else status end, sent_at = ${now},
        send_error = null, updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${orderId} and sent_at is null and status <> 'CANCELLED'`);
    if (changed === 0) return;
    await tx.execute(sql`
      update outgoing_payments set status = 'SENT', updated_at = ${now}
      where client_account_id = ${clientAccountId} and order_id = ${orderId} and status = 'APPROVED'`);
    await addEvent(tx, clientAccountId, { orderId, at: now, event: 'sent' });
    await tx.execute(sql`
      insert into audit_log (client_account_id, operation, record_type, record_id, after)
      values (${clientAccountId}, 'payment-order.send', 'payment_order', ${orderId}, ${JSON.stringify({ attempt })})`);
  });
}
