import sql from 'sql-template-tag';
import type { Database } from '../../platform/database/pool.ts';
import type { AgreementState, IntegrationConfig } from './bank-connection.ts';
import type { Provider } from './bank-directory.ts';

/** An integration that is switched on, for who fetches and sends its files. */
export interface ActiveBankConnection {
  clientAccountId: number;
  bic: string;
  provider: Provider;
  integrationConfig: IntegrationConfig;
  agreementState: AgreementState;
}

/** Client accounts looked through in one query. */
const CHUNK = 1_000;

/** Every integration that is switched on, of client accounts in use, in the order of their ids. */
export async function activeBankConnections(database: Database): Promise<ActiveBankConnection[]> {
  const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select id from client_accounts where is_active order by id`),
  );
  const found: ActiveBankConnection[] = [];
  for (let i = 0; i < accounts.length; i += CHUNK) {
    const ids = accounts.slice(i, i + CHUNK).map(({ id }) => id);
    const rows = await database.transaction({ clientAccounts: ids, mode: 'read' }, (tx) =>
      tx.rows<ActiveBankConnection>(sql`
        select client_account_id as "clientAccountId", bic, provider, integration_config as "integrationConfig",
          agreement_state as "agreementState"
        from bank_connections where client_account_id = any (${ids}::bigint[]) and is_active
        order by client_account_id, bic`),
    );
    found.push(...rows);
  }
  return found;
}
