import sql, { raw } from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError } from '../../platform/errors.ts';
import { type Platform, writeAudit } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import { ISSUER_AGREEMENT_COLUMNS, issuerAgreementJson, type IssuerAgreementRow } from './issuer-agreement.ts';
import { expireAgreements } from './issuer-order.ts';

/** Client accounts whose order waits: for its signer until it expires, or for the operator. */
export async function clientAccountsWithWaitingOrders({ database, clock }: Platform): Promise<number[]> {
  const waiting = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select client_account_id as id from issuer_agreements
      where client_account_id = any (${ids}::bigint[]) and state = 'PENDING'
        and (accepted_at is not null or expires_at <= ${clock.now()})
      order by 1`),
  );
  return waiting.map(({ id }) => id);
}

/** Processes a client account's order: expires it, or asks the operator about an accepted one. */
export async function settleIssuerOrder(platform: Platform, clientAccountId: number): Promise<void> {
  const { database, clock } = platform;
  const opened = { clientAccounts: [clientAccountId], mode: 'write' } as const;
  const accepted = await database.transaction(opened, async (tx) => {
    for (const row of await expireAgreements(tx, clientAccountId, clock.now()))
      await audited(tx, row, { ...row, state: 'EXPIRED', state_at: row.expires_at });
    return tx.maybe<{ id: number; organization_number: string | null }>(sql`
      select a.id, c.organization_number from issuer_agreements a join client_accounts c on c.id = a.client_account_id
      where a.client_account_id = ${clientAccountId} and a.state = 'PENDING' and a.accepted_at is not null`);
  });
  if (!accepted?.organization_number || !platform.outside?.efaktura) return;
  const order = { reference: `${accepted.id}`, organizationNumber: accepted.organization_number };
  const state = await askQuietly(platform, order);
  if (state === 'PENDING') return;
  await database.transaction(opened, async (tx) => {
    const before = await tx.maybe<IssuerAgreementRow>(sql`
      select ${raw(ISSUER_AGREEMENT_COLUMNS)} from issuer_agreements
      where client_account_id = ${clientAccountId} and id = ${accepted.id} and state = 'PENDING' for update`);
    if (!before) return;
    const after = await tx.one<IssuerAgreementRow>(sql`
      update issuer_agreements set state = ${state}, state_at = ${clock.now()},
        reason = ${state === 'REJECTED' ? 'refused by the operator' : null}
      where client_account_id = ${clientAccountId} and id = ${accepted.id} returning ${raw(ISSUER_AGREEMENT_COLUMNS)}`);
    await audited(tx, before, after);
  });
}

/** A party that is down is asked again in the next round. */
async function askQuietly({ outside }: Platform, order: { reference: string; organizationNumber: string }) {
  try {
    return await outside!.efaktura!.orderIssuer(order);
  } catch (error) {
    if (error instanceof AppError) return 'PENDING';
    throw error;
  }
}

function audited(tx: Transaction, before: IssuerAgreementRow, after: IssuerAgreementRow): Promise<void> {
  const { client_account_id: clientAccountId, id } = before;
  return writeAudit(tx, 'consumer_invoicing.issuer.round', { caller: null, clientAccountId }, [
    {
      recordType: 'issuer_agreement',
      recordId: id,
      before: issuerAgreementJson(before),
      after: issuerAgreementJson(after),
    },
  ]);
}
