import sql from 'sql-template-tag';
import { bicOfAccount } from '../banking/index.ts';
import { type ActiveBankConnection, activeBankConnections } from '../integrations/index.ts';
import type { Database } from '../platform/database/pool.ts';

/** A bank account of a client account whose bank delivers through the mailbox. */
export interface Address {
  clientAccountId: number;
  bankAccountId: number;
  bic: string;
  /** The user on whose behalf files are imported: the one who ordered the integration. */
  userId: number;
  organizationNumber: string | null;
  /** The agreement and the account are known to be active: nothing has to be recorded when a file arrives. */
  isReady: boolean;
}

/** Client accounts examined in one query. */
const CHUNK = 1_000;

/** Finds the client account of an account number, among those that have the integration switched on. */
export class DeliveryAddresses {
  readonly connections: readonly ActiveBankConnection[];
  readonly #byNumber: ReadonlyMap<string, Address[]>;

  private constructor(connections: readonly ActiveBankConnection[], byNumber: ReadonlyMap<string, Address[]>) {
    this.connections = connections;
    this.#byNumber = byNumber;
  }

  static async read(database: Database, provider: string): Promise<DeliveryAddresses> {
    const connections = (await activeBankConnections(database)).filter((each) => each.provider === provider);
    const active = new Set(connections.map(({ clientAccountId, bic }) => `${clientAccountId} ${bic}`));
    const ids = [...new Set(connections.map(({ clientAccountId }) => clientAccountId))];
    const byNumber = new Map<string, Address[]>();
    for (let i = 0; i < ids.length; i += CHUNK) {
      const chunk = ids.slice(i, i + CHUNK);
      const rows = await database.transaction({ clientAccounts: chunk, mode: 'read' }, (tx) =>
        tx.rows<AddressRow>(sql`
          select b.client_account_id, b.id, b.bban, b.iban, b.bic, c.organization_number, n.bic as connection_bic,
            coalesce(n.updated_by_id, n.created_by_id, c.created_by_id) as user_id,
            n.agreement_state = 'connected' and coalesce(a.state, '') = 'ready' as is_ready
          from bank_accounts b
          join client_accounts c on c.id = b.client_account_id
          join bank_connections n on n.client_account_id = b.client_account_id and n.is_active
          left join bank_connection_accounts a on a.client_account_id = b.client_account_id and a.bank_account_id = b.id
          where b.client_account_id = any(${chunk}::bigint[]) and b.business_partner_id is null
          order by b.client_account_id, b.is_active desc, b.id`),
      );
      for (const row of rows) note(byNumber, row, active);
    }
    return new DeliveryAddresses(connections, byNumber);
  }

  /** The addresses of an account. With more than one the owner is ambiguous. */
  of(account: { bban: string | null; iban: string | null; other: string | null }): readonly Address[] {
    const number = account.bban ?? account.iban ?? account.other?.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
    return (number && this.#byNumber.get(number)) || [];
  }
}

interface AddressRow {
  client_account_id: number;
  id: number;
  bban: string | null;
  iban: string | null;
  bic: string | null;
  organization_number: string | null;
  connection_bic: string;
  user_id: number;
  is_ready: boolean;
}

function note(byNumber: Map<string, Address[]>, row: AddressRow, active: ReadonlySet<string>): void {
  const bic = bicOfAccount(row);
  if (bic !== row.connection_bic || !active.has(`${row.client_account_id} ${bic}`)) return;
  const address: Address = {
    clientAccountId: row.client_account_id,
    bankAccountId: row.id,
    bic,
    userId: row.user_id,
    organizationNumber: row.organization_number,
    isReady: row.is_ready,
  };
  for (const number of new Set([row.bban, row.iban, /^NO\d{13}$/.test(row.iban ?? '') ? row.iban!.slice(4) : null])) {
    if (number === null) continue;
    const there = byNumber.get(number);
    if (!there) byNumber.set(number, [address]);
    // The same account in two currencies, or closed and opened again, belongs to one client account.
    else if (!there.some(({ clientAccountId }) => clientAccountId === address.clientAccountId)) there.push(address);
  }
}
