import sql, { raw } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { registryColumn, type RegistryRow, RegistryView, registryView } from '../../registry/index.ts';
import { SettingsShape } from '../client-account-settings/client-account-settings.ts';
import { MemberShape } from '../client-account-users/client-account-user.ts';
import { ContractShape } from '../contracts/contract.ts';
import { OrganizationShape } from '../organizations/organization.ts';

export const PROVIDER_TYPES = ['ACCOUNTANT', 'AUDITOR'] as const;

export const StatisticsShape = strict({
  posted_entries: Type.Integer(),
  draft_entries: Type.Integer(),
  active_users: Type.Integer(),
  last_entry_date: nullable(Type.String()),
});

export const ClientAccountShape = strict({
  id: Id,
  uuid: Type.String({ description: 'What other systems know it by; `company_uuid` over SOAP' }),
  unique_name: Type.String(),
  display_name: Type.String(),
  is_active: Type.Boolean(),
  accounting_currency: Type.String(),
  organization_id: nullable(Id),
  organization_number: nullable(Type.String()),
  registry: RegistryView,
  is_provider: Type.Boolean(),
  provider_type: nullable(Type.Enum([...PROVIDER_TYPES])),
  metadata: Type.Object({}, { additionalProperties: true }),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  organization: Type.Optional(nullable(OrganizationShape)),
  users: Type.Optional(nullable(Type.Array(MemberShape))),
  provider_contracts: Type.Optional(nullable(Type.Array(ContractShape))),
  client_contracts: Type.Optional(nullable(Type.Array(ContractShape))),
  settings: Type.Optional(nullable(Type.Array(SettingsShape))),
  current_settings: Type.Optional(nullable(SettingsShape)),
  statistics: Type.Optional(nullable(StatisticsShape)),
});

export interface ClientAccountRow {
  id: number;
  uuid: string;
  unique_name: string;
  display_name: string;
  is_active: boolean;
  accounting_currency: string;
  organization_id: number | null;
  organization_number: string | null;
  registry: RegistryRow;
  is_provider: boolean;
  provider_type: (typeof PROVIDER_TYPES)[number] | null;
  metadata: object;
  created_at: Date;
  created_by_id: number | null;
  updated_at: Date;
  updated_by_id: number | null;
}

export const CLIENT_ACCOUNT_COLUMNS = `id, uuid, unique_name, display_name, is_active, accounting_currency, organization_id,
  organization_number, is_provider, provider_type, metadata, created_at, created_by_id, updated_at, updated_by_id,
  ${registryColumn('client_accounts.organization_number').sql}`;

export function clientAccountJson(row: ClientAccountRow) {
  return {
    ...row,
    registry: registryView(row.registry),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}

export type ClientAccountJson = ReturnType<typeof clientAccountJson>;

/** Locked for the rest of the transaction. */
export async function lockClientAccount(tx: Transaction, id: number): Promise<ClientAccountRow> {
  const row = await tx.maybe<ClientAccountRow>(sql`
    select ${raw(CLIENT_ACCOUNT_COLUMNS)} from client_accounts where id = ${id} for update`);
  if (!row) throw requestErrors.not_found({ what: 'Client account' });
  return row;
}
