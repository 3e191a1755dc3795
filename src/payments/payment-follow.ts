import sql from 'sql-template-tag';
import { matchAutomatically } from '../banking/index.ts';
import { lockBooks } from '../ledger/index.ts';
import { BOOKKEEPERS, SCOPES } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Platform } from '../platform/operation.ts';
import { numberArray } from '../platform/database/arrays.ts';
import { callerOfUser } from '../tenancy/index.ts';
import { addEvent } from './payment-event.ts';
import { refreshOrder } from './orders/payment-order-refresh.ts';

/** How long matching of a booked payment is retried; after that a user has to handle it. */
const MATCHED_WITHIN_MS = 3 * 86_400_000;

/** Payments that the bank may still book. */
const ALIVE = sql`p.status in ('APPROVED', 'SENT', 'RECEIVED', 'WAITING', 'ACCEPTED', 'EXECUTED')`;

/** Our payments found among the bank's entries. */
export interface Followed {
  booked: number;
  returned: number;
  matched: number;
}

/**
 * Finds our payments among the bank's booked entries, by the ids that we assigned, and lets the matching close the paid
 * items. A repeated run finds only what is new.
 */
export async function followPayments(platform: Platform, clientAccountId: number): Promise<Followed> {
  const { database, clock } = platform;
  const found = await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    if ((await livePaymentsAmong(tx, [clientAccountId])).length === 0) return null;
    await lockBooks(tx, clientAccountId);
    const now = clock.now();
    const booked = [...(await bookedOne(tx, clientAccountId, now)), ...(await bookedBatches(tx, clientAccountId, now))];
    const returned = await returnedPayments(tx, clientAccountId, now);
    for (const [event, rows] of [
      ['booked', booked],
      ['returned', returned],
    ] as const)
      for (const orderId of new Set(rows.map(({ order_id }) => order_id))) {
        await addEvent(tx, clientAccountId, { orderId, at: now, event });
        await refreshOrder(tx, clientAccountId, orderId, now);
        const ids = rows.filter(({ order_id }) => order_id === orderId).map(({ id }) => id);
        await tx.execute(sql`
          insert into audit_log (client_account_id, operation, record_type, record_id, after)
          values (${clientAccountId}, ${`payment-order.${event}`}, 'payment_order', ${orderId},
            ${JSON.stringify({ payments: ids.length, first: ids.slice(0, 100) })})`);
      }
    return { booked: booked.length, returned: returned.length, approver: await approverOf(tx, clientAccountId, now) };
  });
  if (!found) return { booked: 0, returned: 0, matched: 0 };
  const matched = found.approver === null ? 0 : await match(platform, clientAccountId, found.approver);
  return { booked: found.booked, returned: found.returned, matched };
}

/** Those of the client accounts whose payments the bank may have booked since. */
export function paymentsUnderWay(
  tx: Transaction,
  clientAccountIds: readonly number[],
  now: Date,
): Promise<{ id: number }[]> {
  return tx.rows<{ id: number }>(sql`
    select distinct p.client_account_id as id from outgoing_payments p
    where p.client_account_id = any(${numberArray(clientAccountIds)}::bigint[])
      and (${ALIVE} or p.status = 'SETTLED' and p.updated_at > ${new Date(now.getTime() - MATCHED_WITHIN_MS)})
    order by 1`);
}

interface PaymentId {
  id: number;
  order_id: number;
}

/**
 * Those of the client accounts with payments that the bank may still book, that it booked and may return, or whose
 * entry is not matched yet.
 */
export async function livePaymentsAmong(tx: Transaction, clientAccountIds: readonly number[]): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(sql`
    select a.id from unnest(${numberArray(clientAccountIds)}::bigint[]) as a (id)
    where exists (select from outgoing_payments p where p.client_account_id = a.id
      and (${ALIVE} or p.status = 'SETTLED'))`);
  return rows.map(({ id }) => id);
}

/** Entries, or payments within entries, with the id of one of our payments, its amount and its account. */
function bookedOne(tx: Transaction, clientAccountId: number, now: Date): Promise<PaymentId[]> {
  return tx.rows<PaymentId>(sql`
    with entries as (
      select t.id, t.bank_account_id, t.booking_date, e.end_to_end_id, e.amount from bank_transactions t
      join lateral (
        select t.end_to_end_id, t.amount where t.end_to_end_id is not null
        union all
        select d.end_to_end_id, d.amount from bank_transaction_details d
        where d.client_account_id = t.client_account_id and d.transaction_id = t.id and d.end_to_end_id is not null
          and t.end_to_end_id is null
      ) e on true
      where t.client_account_id = ${clientAccountId} and t.amount < 0 and not t.is_reversal
        and t.booking_date >= (select min(p.execution_date) - 10 from outgoing_payments p
          where p.client_account_id = ${clientAccountId} and ${ALIVE})
    ), one as (
      select distinct on (p.id) p.id, e.id as transaction_id, e.booking_date
      from outgoing_payments p
      join payment_orders o on o.client_account_id = ${clientAccountId} and o.id = p.order_id
      join entries e on e.end_to_end_id = p.end_to_end_id and e.bank_account_id = o.bank_account_id
        and (e.amount = -p.amount or e.amount is null or p.currency_code <> 'NOK')
      where p.client_account_id = ${clientAccountId} and ${ALIVE}
      order by p.id, e.id
    )
    update outgoing_payments p set status = 'SETTLED', bank_transaction_id = one.transaction_id, booked_on = one.booking_date,
      reason_code = null, reason_text = null, updated_at = ${now}
    from one where p.client_account_id = ${clientAccountId} and p.id = one.id returning p.id, p.order_id`);
}

/**
 * One entry for all payments of a day, by the id of the batch: the payments that were not refused add up to the entry.
 */
function bookedBatches(tx: Transaction, clientAccountId: number, now: Date): Promise<PaymentId[]> {
  return tx.rows<PaymentId>(sql`
    with batches as (
      select p.order_id, p.payment_information_id, sum(p.amount)::bigint as amount, o.bank_account_id
      from outgoing_payments p join payment_orders o on o.client_account_id = ${clientAccountId} and o.id = p.order_id
      where p.client_account_id = ${clientAccountId} and ${ALIVE} and p.currency_code = 'NOK'
      group by p.order_id, p.payment_information_id, o.bank_account_id
    ), entries as (
      select distinct on (b.order_id, b.payment_information_id) b.order_id, b.payment_information_id, t.id, t.booking_date
      from batches b join bank_transactions t on t.client_account_id = ${clientAccountId}
        and t.bank_account_id = b.bank_account_id and t.payment_id = b.payment_information_id and t.amount = -b.amount
        and not t.is_reversal and t.end_to_end_id is null
      order by b.order_id, b.payment_information_id, t.id
    )
    update outgoing_payments p set status = 'SETTLED', bank_transaction_id = e.id, booked_on = e.booking_date,
      reason_code = null, reason_text = null, updated_at = ${now}
    from entries e where p.client_account_id = ${clientAccountId} and p.order_id = e.order_id
      and p.payment_information_id = e.payment_information_id and ${ALIVE} returning p.id, p.order_id`);
}

/**
 * Returned payments: the same id in the other direction. The paid item is owed again; a user has to handle the entry
 * itself.
 */
function returnedPayments(tx: Transaction, clientAccountId: number, now: Date): Promise<PaymentId[]> {
  return tx.rows<PaymentId>(sql`
    update outgoing_payments p set status = 'RETURNED', reason_code = r.code, reason_text = null, updated_at = ${now}
    from (
      select distinct on (p.id) p.id, t.return_reason as code from outgoing_payments p
      join payment_orders o on o.client_account_id = ${clientAccountId} and o.id = p.order_id
      join bank_transactions t on t.client_account_id = ${clientAccountId} and t.bank_account_id = o.bank_account_id
        and t.is_reversal and t.amount > 0 and t.end_to_end_id = p.end_to_end_id and t.amount = p.amount
      where p.client_account_id = ${clientAccountId} and p.status = 'SETTLED'
      order by p.id, t.id) r
    where p.client_account_id = ${clientAccountId} and p.id = r.id returning p.id, p.order_id`);
}

/** The approver of payments that are booked and not matched; null if there is nothing to match. */
async function approverOf(tx: Transaction, clientAccountId: number, now: Date): Promise<number | null> {
  const row = await tx.maybe<{ approved_by_id: number }>(sql`
    select o.approved_by_id from outgoing_payments p
    join payment_orders o on o.client_account_id = ${clientAccountId} and o.id = p.order_id
    join bank_transactions t on t.client_account_id = ${clientAccountId} and t.id = p.bank_transaction_id
    where p.client_account_id = ${clientAccountId} and p.status = 'SETTLED'
      and t.external_reconciled_amount + t.matched_amount <> t.amount and p.updated_at > ${new Date(now.getTime() - MATCHED_WITHIN_MS)}
    order by p.id desc limit 1`);
  return row?.approved_by_id ?? null;
}

/** Acts on behalf of the approver of the payments; if that user may no longer post here, a user has to match them. */
async function match(platform: Platform, clientAccountId: number, userId: number): Promise<number> {
  const caller = await callerOfUser(platform.database, userId, SCOPES, platform.clock.now());
  const held = caller?.roles.get(clientAccountId);
  if (!caller || !held || !BOOKKEEPERS.some((role) => held.has(role))) return 0;
  const everything = { bankAccountId: null, transactionId: null, fromDate: null, toDate: null, dryRun: false };
  const { value } = await matchAutomatically.call(
    platform,
    { caller, clientAccountId },
    { ...everything, evidence: ['end_to_end_id', 'payment_batch'] },
  );
  return value.matches;
}
