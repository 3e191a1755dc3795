import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';

/**
 * Derives the order's status from its payments: the earliest status of the live ones, and whether some were refused.
 */
export async function refreshOrder(
  tx: Transaction,
  clientAccountId: number,
  orderId: number,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update payment_orders o set updated_at = ${now}, status = case
        when s.alive = 0 then 'REJECTED'
        when s.dead > 0 then 'PARTLY_REJECTED'
        when s.settled = s.alive then 'SETTLED'
        when s.least = 0 then o.status
        else (array['SENT', 'RECEIVED', 'WAITING', 'ACCEPTED'])[least(s.least, 4)] end
    from (
      select count(*) filter (where status in ('REJECTED', 'RETURNED', 'CANCELLED')) as dead,
        count(*) filter (where status not in ('REJECTED', 'RETURNED', 'CANCELLED')) as alive,
        count(*) filter (where status = 'SETTLED') as settled,
        coalesce(min(coalesce(array_position(array['SENT', 'RECEIVED', 'WAITING', 'ACCEPTED', 'EXECUTED', 'SETTLED'], status), 0))
          filter (where status not in ('REJECTED', 'RETURNED', 'CANCELLED')), 0) as least
      from outgoing_payments where client_account_id = ${clientAccountId} and order_id = ${orderId}) s
    where o.client_account_id = ${clientAccountId} and o.id = ${orderId} and o.status <> 'CANCELLED'`);
}
