import sql from 'sql-template-tag';
import type { Transaction } from '../../../platform/database/pool.ts';
import { requestErrors } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/operation.ts';
import { bankStanding, type ConnectedAccount, providerOf, requireBank } from '../bank-connection.ts';
import type { Provider, SupportedBank } from '../bank-directory.ts';
import type { IntegrationConfig } from '../bank-connection.ts';

/** The supplier of the accounting system, as registered at banks. */
export interface SystemSupplier {
  name: string;
  organizationNumber: string | null;
  /** Customer unit at Nets/Mastercard Payment Services, eight digits. */
  dataReceiverId: string | null;
}

declare module '../../../platform/outbound/outside.ts' {
  interface Outside {
    systemSupplier: SystemSupplier;
  }
}

/** The data filled in. */
export interface AgreementData {
  bank: SupportedBank;
  provider: Provider;
  supplier: SystemSupplier;
  customer: {
    name: string;
    organizationNumber: string | null;
    address: string | null;
    phone: string | null;
  };
  contact: { name: string; email: string };
  /** Active accounts at this bank. */
  accounts: ConnectedAccount[];
  config: IntegrationConfig;
}

/**
 * The data of the agreement. The contact is the owner (CA) of the client account, otherwise its accountant (AA); of several,
 * the one who got the role first. Throws 404 if the contact or the bank accounts are not found.
 */
export async function readAgreementData(
  tx: Transaction,
  platform: Platform,
  clientAccountId: number,
  bic: string,
): Promise<AgreementData> {
  const bank = requireBank(platform, bic);
  const customer = await readCustomer(tx, clientAccountId);
  const contact = await tx.maybe<{ first_name: string; last_name: string; email: string }>(sql`
    select u.first_name, u.last_name, u.email
    from client_account_users m join users u on u.id = m.user_id join roles r on r.id = m.role_id
    where m.client_account_id = ${clientAccountId} and m.is_active and u.is_active and r.code in ('CA', 'AA')
    order by r.code desc, m.created_at, u.id limit 1`);
  if (!contact) throw requestErrors.not_found({ what: 'Contact user' });
  const standing = await bankStanding(tx, platform, clientAccountId, bank);
  const accounts = standing.accounts.filter((account) => account.is_active);
  if (accounts.length === 0) throw requestErrors.not_found({ what: 'Bank accounts at the bank', id: bank.bic });
  return {
    bank,
    provider: providerOf(standing),
    supplier: platform.outside?.systemSupplier ?? { name: 'Hovedbok', organizationNumber: null, dataReceiverId: null },
    customer,
    contact: { name: `${contact.first_name} ${contact.last_name}`.trim(), email: contact.email },
    accounts,
    config: standing.connection?.integration_config ?? {},
  };
}

async function readCustomer(tx: Transaction, clientAccountId: number): Promise<AgreementData['customer']> {
  const row = await tx.maybe<{
    display_name: string;
    organization_number: string | null;
    name: string | null;
    address_line: string | null;
    postal_code: string | null;
    city: string | null;
    phone: string | null;
  }>(sql`
    select a.display_name, a.organization_number, o.name, o.address_line, o.postal_code, o.city, o.phone
    from client_accounts a left join organizations o on o.id = a.organization_id where a.id = ${clientAccountId}`);
  if (!row) throw requestErrors.not_found({ what: 'Client account' });
  const place = [row.postal_code, row.city].filter(Boolean).join(' ');
  return {
    name: row.name ?? row.display_name,
    organizationNumber: row.organization_number,
    address: [row.address_line, place].filter(Boolean).join(', ') || null,
    phone: row.phone,
  };
}
