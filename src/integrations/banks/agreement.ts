import sql from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type AccountReadiness, type AgreementState, findConnection } from './bank-connection.ts';

/** A provider's report about an agreement. */
export interface AgreementNews {
  clientAccountId: number;
  /** Eight characters. */
  bic: string;
  state: AgreementState;
  /** The bank's own words, if it was refused or ended. */
  reason?: string | null;
  /** States of single accounts; the others stay unchanged. */
  accounts?: readonly (Omit<AccountReadiness, 'reason'> & { reason?: string | null })[];
  now: Date;
}

/**
 * Stores a provider's report about an agreement and its accounts, in the caller's transaction, under the lock of the
 * books. Returns whether anything changed; false also if the integration was never ordered.
 */
export async function recordAgreement(tx: Transaction, news: AgreementNews): Promise<boolean> {
  const { clientAccountId, bic, state, reason = null, accounts = [], now } = news;
  await lockBooks(tx, clientAccountId);
  const before = await findConnection(tx, clientAccountId, bic, sql`for update`);
  if (!before) return false;
  const moved = await tx.execute(sql`
    update bank_connections set agreement_state = ${state}, agreement_reason = ${reason}, agreement_at = ${now},
      updated_at = ${now}
    where client_account_id = ${clientAccountId} and bic = ${bic}
      and (agreement_state, coalesce(agreement_reason, '')) is distinct from (${state}, coalesce(${reason}::text, ''))`);
  let changed = moved > 0;
  for (const account of accounts) {
    const written = await tx.execute(sql`
      insert into bank_connection_accounts as a (client_account_id, bank_account_id, state, reason, services, updated_at)
      values (${clientAccountId}, ${account.bank_account_id}, ${account.state}, ${account.reason ?? null},
        ${account.services}, ${now})
      on conflict (client_account_id, bank_account_id) do update
        set state = excluded.state, reason = excluded.reason, services = excluded.services, updated_at = excluded.updated_at
        where (a.state, a.reason, a.services) is distinct from (excluded.state, excluded.reason, excluded.services)`);
    changed ||= written > 0;
  }
  if (changed)
    await tx.execute(sql`
      insert into audit_log (client_account_id, operation, record_type, before, after)
      values (${clientAccountId}, 'bank-integration.agreement', 'bank_connection', ${JSON.stringify(before)},
        ${JSON.stringify({ bic, state, reason, accounts })})`);
  return changed;
}

/**
 * A file or response of the bank for these accounts came through the provider: the agreement is in force, and they are
 * ready.
 */
export function markConnected(
  tx: Transaction,
  news: Pick<AgreementNews, 'clientAccountId' | 'bic' | 'now'> & {
    bankAccountIds: readonly number[];
    services: AccountReadiness['services'];
  },
): Promise<boolean> {
  const { bankAccountIds, services, ...rest } = news;
  return recordAgreement(tx, {
    ...rest,
    state: 'connected',
    accounts: bankAccountIds.map((id) => ({ bank_account_id: id, state: 'ready', services: [...services] })),
  });
}
