import sql from 'sql-template-tag';
import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { lockBooks, numberArray } from '../../ledger/index.ts';
import { BOOKKEEPERS, type Caller } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { workingDayFrom } from '../../kernel/working-days.ts';
import { paymentErrors } from '../errors.ts';
import { obstacleTo, readPayable } from '../payable.ts';
import { addEvent } from '../payment-event.ts';
import { findOrder, type OrderRow, orderView, readPayments } from './payment-order.ts';
import { readPaymentSettings } from '../payment-settings.ts';

/**
 * Approves an order, after which it is sent. Under the lock of the books every payment is checked again: the document
 * is still owed, and the account is still the creditor's. Throws the payments errors.
 */
export const approvePaymentOrder = writeOperation({
  name: 'payment-order.approve',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, { id, language }: { id: number; language: Language }) {
    await lockBooks(tx, clientAccountId);
    const order = await findOrder(tx, clientAccountId, id);
    if (order.status !== 'PREPARED') throw paymentErrors.wrong_status({ status: order.status, expected: 'PREPARED' });
    const settings = await readPaymentSettings(tx, clientAccountId);
    refuseRole(caller, clientAccountId, settings.approver_roles);
    const fourEyes = order.four_eyes || settings.four_eyes;
    if (fourEyes && order.prepared_by_id === caller.userId) throw paymentErrors.same_person();
    await refuseChanged(tx, clientAccountId, order);
    await moveDates(tx, clientAccountId, id, dateInNorway(now));
    await tx.execute(sql`
      update outgoing_payments set status = 'APPROVED', updated_at = ${now}
      where client_account_id = ${clientAccountId} and order_id = ${id}`);
    await tx.execute(sql`
      update payment_orders set status = 'APPROVED', four_eyes = ${fourEyes}, approved_at = ${now},
        approved_by_id = ${caller.userId}, updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    await addEvent(tx, clientAccountId, { orderId: id, at: now, event: 'approved' });
    const view = orderView(await findOrder(tx, clientAccountId, id), language);
    audit({ recordType: 'payment_order', recordId: id, before: { status: order.status }, after: view });
    return view;
  },
});

function refuseRole(caller: Caller, clientAccountId: number, roles: readonly string[]): void {
  const held = caller.roles.get(clientAccountId);
  if (held && [...held].some((role) => roles.includes(role))) return;
  throw paymentErrors.not_approver({ roles: roles.join(', ') });
}

/** The prepared payments must still be valid: nothing paid or cancelled meanwhile, no account number changed. */
async function refuseChanged(tx: Transaction, clientAccountId: number, order: OrderRow): Promise<void> {
  const payments = await readPayments(tx, clientAccountId, sql`p.order_id = ${order.id} order by p.position`);
  const payables = await readPayable(tx, clientAccountId, {
    documentIds: [...new Set(payments.map(({ document_id }) => document_id))],
    limit: 1_000_000,
  });
  const standing = new Map(payables.map((each) => [`${each.document_id} ${each.payment_line_id}`, each]));
  const changed = payments.filter(({ document_id, payment_line_id, creditor_account, amount, currency_code }) => {
    const payable = standing.get(`${document_id} ${payment_line_id}`);
    if (!payable || payable.amount !== amount || payable.currency_code !== currency_code) return true;
    // The amount under way is that of this order itself.
    return (
      payable.under_way > payable.pending ||
      obstacleTo({ ...payable, order_id: null, under_way: 0 }, creditor_account) !== null
    );
  });
  if (changed.length === 0) return;
  throw paymentErrors.changed({
    count: changed.length,
    documents: changed.slice(0, 20).map(({ document_id }) => document_id),
  });
}

/** Dates that have passed since it was prepared: banks refuse them. Payments of a day are a batch. */
async function moveDates(tx: Transaction, clientAccountId: number, orderId: number, today: LocalDate): Promise<void> {
  const day = workingDayFrom(today);
  const moved = await tx.execute(sql`
    update outgoing_payments set execution_date = ${day}
    where client_account_id = ${clientAccountId} and order_id = ${orderId} and execution_date < ${day}::date`);
  if (moved === 0) return;
  const rows = await tx.rows<{ id: number; batch: number }>(sql`
    select id, dense_rank() over (order by currency_code, execution_date) as batch from outgoing_payments
    where client_account_id = ${clientAccountId} and order_id = ${orderId}`);
  await tx.execute(sql`
    update outgoing_payments p set payment_information_id = 'HB-' || ${orderId}::text || '-' || n.batch
    from unnest(${numberArray(rows.map(({ id }) => id))}::bigint[], ${numberArray(rows.map(({ batch }) => batch))}::int[])
      as n (id, batch)
    where p.client_account_id = ${clientAccountId} and p.id = n.id`);
}
