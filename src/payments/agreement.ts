import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';

/** Identifiers of the agreement at the bank, beside the account. */
export interface Agreement {
  /** DNB: the division that the files belong to. */
  division: string | null;
}

/** From the integration with the bank; without one the order is sent by hand. */
export async function agreementOf(tx: Transaction, clientAccountId: number, bic: string): Promise<Agreement> {
  const row = await tx.maybe<{ division: string | null }>(sql`
    select nullif(integration_config ->> 'division_number', '') as division from bank_connections
    where client_account_id = ${clientAccountId} and bic = ${bic} and is_active`);
  return { division: row?.division ?? null };
}
