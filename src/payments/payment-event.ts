import sql from 'sql-template-tag';
import { takeIds } from '../ledger/index.ts';
import type { Transaction } from '../platform/database/pool.ts';

export interface NewEvent {
  orderId: number;
  paymentId?: number | null;
  at: Date;
  /** prepared, approved, cancelled, sent, status, booked, returned. */
  event: string;
  reportId?: string | null;
  bankStatus?: string | null;
  reasonCode?: string | null;
  reasonText?: string | null;
}

export async function addEvent(tx: Transaction, clientAccountId: number, event: NewEvent): Promise<void> {
  const id = await takeIds(tx, clientAccountId);
  await tx.execute(sql`
    insert into payment_order_events (client_account_id, id, order_id, payment_id, at, event, report_id, bank_status, reason_code,
      reason_text)
    values (${clientAccountId}, ${id}, ${event.orderId}, ${event.paymentId ?? null}, ${event.at}, ${event.event},
      ${event.reportId ?? null}, ${event.bankStatus ?? null}, ${event.reasonCode ?? null}, ${event.reasonText ?? null})`);
}
