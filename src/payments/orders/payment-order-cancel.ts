import sql from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { paymentErrors } from '../errors.ts';
import { addEvent } from '../payment-event.ts';
import { findOrder, orderView } from './payment-order.ts';

export interface CancelOrder {
  id: number;
  reason: string | null;
  language: Language;
}

/**
 * Cancels an order that has certainly not reached the bank: its documents are free again. Throws the payments errors.
 */
export const cancelPaymentOrder = writeOperation({
  name: 'payment-order.cancel',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, { id, reason, language }: CancelOrder) {
    await lockBooks(tx, clientAccountId);
    const order = await findOrder(tx, clientAccountId, id);
    if (order.status === 'CANCELLED')
      throw paymentErrors.wrong_status({ status: order.status, expected: 'PREPARED, APPROVED' });
    if (!['PREPARED', 'APPROVED'].includes(order.status) || order.send_attempts > 0) throw paymentErrors.being_sent();
    await tx.execute(sql`
      update outgoing_payments set status = 'CANCELLED', updated_at = ${now}
      where client_account_id = ${clientAccountId} and order_id = ${id}`);
    await tx.execute(sql`
      update payment_orders set status = 'CANCELLED', cancelled_at = ${now}, cancelled_by_id = ${caller.userId},
        cancel_reason = ${reason}, updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    await addEvent(tx, clientAccountId, { orderId: id, at: now, event: 'cancelled', reasonText: reason });
    const view = orderView(await findOrder(tx, clientAccountId, id), language);
    audit({ recordType: 'payment_order', recordId: id, before: { status: order.status }, after: view });
    return view;
  },
});
