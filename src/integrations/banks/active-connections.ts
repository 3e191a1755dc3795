import sql from 'sql-template-tag';
import type { Database } from '../../platform/database/pool.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import type { AgreementState, IntegrationConfig } from './bank-connection.ts';
import type { Provider } from './bank-directory.ts';

/** An active integration, as needed to fetch and send its files. */
export interface ActiveBankConnection {
  clientAccountId: number;
  bic: string;
  provider: Provider;
  integrationConfig: IntegrationConfig;
  agreementState: AgreementState;
}

/** All active integrations of active client accounts, by ascending id. */
export function activeBankConnections(database: Database): Promise<ActiveBankConnection[]> {
  return ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<ActiveBankConnection>(sql`
      select client_account_id as "clientAccountId", bic, provider, integration_config as "integrationConfig",
        agreement_state as "agreementState"
      from bank_connections where client_account_id = any (${ids}::bigint[]) and is_active
      order by client_account_id, bic`),
  );
}
