import sql from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import { outboundErrors } from '../platform/outbound/errors.ts';
import { type Platform, readOperation } from '../platform/operation.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { integrationErrors } from './errors.ts';
import type { EiendomClient } from './skatteetaten/eiendom/eiendom-client.ts';
import type { MvaMeldingClient } from './skatteetaten/mva-melding/mva-melding-client.ts';

/** The organisation number that a client account is known by outside. Throws integrations.no_organization_number. */
export async function organizationNumberOf(tx: Transaction, clientAccountId: number): Promise<string> {
  const { organization_number: number } = await tx.one<{ organization_number: string | null }>(
    sql`select organization_number from client_accounts where id = ${clientAccountId}`,
  );
  if (!number) throw integrationErrors.no_organization_number();
  return number;
}

/** Skatteetaten's property calls. Throws outbound.not_configured (503). */
export function eiendomOf({ outside }: Platform): EiendomClient {
  if (!outside?.eiendom) throw outboundErrors.not_configured({ service: 'Skatteetaten' });
  return outside.eiendom;
}

/** The way of the VAT return to Skatteetaten. Throws outbound.not_configured (503). */
export function mvaMeldingOf({ outside }: Platform): MvaMeldingClient {
  if (!outside?.mvaMelding) throw outboundErrors.not_configured({ service: 'Altinn (mva-melding)' });
  return outside.mvaMelding;
}

/** Whom parties outside know a client account as. */
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
