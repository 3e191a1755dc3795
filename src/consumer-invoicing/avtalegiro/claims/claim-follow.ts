import sql from 'sql-template-tag';
import { addDays, dateInNorway } from '../../../kernel/local-date.ts';
import { workingDayUntil } from '../../../kernel/working-days.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { type Platform, writeAudit } from '../../../platform/operation.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { ofActiveClientAccounts } from '../../../tenancy/index.ts';

/** Bank days after the due date in which the payment may still arrive: debited, settled, delivered. */
const BANK_DAYS = 3;
/** Paid claims of one run; the next run continues. */
const MOST = 20_000;

/** Client accounts with claims that may have been paid, or whose payment is missing. */
export async function clientAccountsWithOpenClaims({ database }: Platform): Promise<number[]> {
  const open = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select distinct client_account_id as id from avtalegiro_claims
      where client_account_id = any (${numberArray(ids)}::bigint[]) and state in ('IN_FILE', 'SENT', 'STOPPING', 'UNPAID')
      order by 1`),
  );
  return open.map(({ id }) => id);
}

/** States in which the payment of a claim may still arrive. */
const MAY_BE_PAID = sql`('IN_FILE', 'SENT', 'STOPPING', 'UNPAID', 'STOPPED')`;

/** Of these client accounts, those with claims that the latest booked transactions may have paid. */
export async function openClaimsAmong(tx: Transaction, clientAccountIds: readonly number[]): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(sql`
    select a.id from unnest(${numberArray(clientAccountIds)}::bigint[]) as a (id)
    where exists (select from avtalegiro_claims c where c.client_account_id = a.id
      and c.state in ${MAY_BE_PAID})`);
  return rows.map(({ id }) => id);
}

/**
 * Finds the payments of claims among the booked transactions, by account and KID: an OCR giro or a camt.054 has them. A
 * claim without a payment some bank days after its due date is UNPAID: the operator reports no refusals.
 */
export async function followClaims(
  { database, clock }: Platform,
  clientAccountId: number,
): Promise<{ paid: number; unpaid: number }> {
  const now = clock.now();
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const paid = await tx.rows<{ id: number }>(sql`
      with open as (
        select id, account_number, kid, amount from avtalegiro_claims
        where client_account_id = ${clientAccountId} and state in ${MAY_BE_PAID}
        order by id for update
      ), payments as (
        select o.id, o.amount as claimed, d.transaction_id, d.amount from open o
        join bank_transaction_details d on d.client_account_id = ${clientAccountId} and d.structured_reference = o.kid
      ), found as (
        select p.id, max(p.transaction_id) as transaction_id, max(t.booking_date) as paid_on from payments p
        join bank_transactions t on t.client_account_id = ${clientAccountId} and t.id = p.transaction_id and t.amount > 0
          and not t.is_reversal
        join bank_accounts b on b.client_account_id = ${clientAccountId} and b.id = t.bank_account_id
        join open o on o.id = p.id
          and o.account_number = coalesce(b.bban, case when b.iban ~ '^NO[0-9]{13}$' then substring(b.iban from 5) end)
        group by p.id, p.claimed having sum(p.amount) >= p.claimed limit ${MOST}
      )
      update avtalegiro_claims c set state = 'PAID', reason_code = null, state_at = ${now}, paid_on = f.paid_on,
        bank_transaction_id = f.transaction_id
      from found f where c.client_account_id = ${clientAccountId} and c.id = f.id returning c.id`);
    let since = dateInNorway(now);
    for (let i = 0; i < BANK_DAYS; i++) since = workingDayUntil(addDays(since, -1));
    const unpaid = await tx.rows<{ id: number }>(sql`
      update avtalegiro_claims set state = 'UNPAID', reason_code = 'no_payment', state_at = ${now}
      where client_account_id = ${clientAccountId} and state = 'SENT' and due_date < ${since} returning id`);
    await writeAudit(
      tx,
      'consumer_invoicing.avtalegiro.claims.follow',
      { caller: null, clientAccountId },
      [
        { state: 'PAID', rows: paid },
        { state: 'UNPAID', rows: unpaid },
      ]
        .filter(({ rows }) => rows.length > 0)
        .map(({ state, rows }) => ({
          recordType: 'avtalegiro_claim',
          recordIds: rows.map(({ id }) => id),
          after: { state },
        })),
    );
    return { paid: paid.length, unpaid: unpaid.length };
  });
}
