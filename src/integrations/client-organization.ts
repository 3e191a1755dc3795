import sql from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import { readOperation } from '../platform/operation.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { integrationErrors } from './errors.ts';

/** The organisation number that identifies a client account to parties. Throws integrations.no_organization_number. */
export async function organizationNumberOf(tx: Transaction, clientAccountId: number): Promise<string> {
  const { organization_number: number } = await tx.one<{ organization_number: string | null }>(
    sql`select organization_number from client_accounts where id = ${clientAccountId}`,
  );
  if (!number) throw integrationErrors.no_organization_number();
  return number;
}

/** A client account as parties know it. */
export interface ClientOrganization {
  id: number;
  name: string;
  organization_number: string | null;
}

export const getClientOrganization = readOperation<undefined, ClientOrganization>({
  name: 'integrations.client-organization',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }) =>
    tx.one<ClientOrganization>(
      sql`select id, display_name as name, organization_number from client_accounts where id = ${clientAccountId}`,
    ),
});
