import sql from 'sql-template-tag';
import type { Caller, Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import type { AuditRecord } from '../../platform/operation.ts';
import type { contractJson } from './contract.ts';

export interface Parties {
  client_account_id: number;
  provider_client_account_id: number;
}

export interface Sides {
  /** May act for the client: its owner (CA), a role that no contract can give. */
  client: boolean;
  /** May act for the firm: its own owner (CA) or accountant (AA), not a user of a firm that serves the firm. */
  provider: boolean;
}

/** The roles that a user has directly at a client account, without those through contracts. */
export async function directRoles(tx: Transaction, userId: number, clientAccountId: number): Promise<Role[]> {
  const rows = await tx.rows<{ code: Role }>(sql`
    select r.code from client_account_users m join roles r on r.id = m.role_id
    where m.client_account_id = ${clientAccountId} and m.user_id = ${userId} and m.is_active`);
  return rows.map(({ code }) => code);
}

/** The parties of a contract that the caller may act for. */
export async function sidesOf(tx: Transaction, caller: Caller, parties: Parties): Promise<Sides> {
  const atProvider = await directRoles(tx, caller.userId, parties.provider_client_account_id);
  const atClient = await directRoles(tx, caller.userId, parties.client_account_id);
  return {
    client: atClient.includes('CA'),
    provider: atProvider.includes('CA') || atProvider.includes('AA'),
  };
}

export function requireOneSide(sides: Sides): void {
  if (!sides.client && !sides.provider) throw requestErrors.no_access();
}

/** Throws 404 if one of these client accounts does not exist; missing access is a separate error (403). */
export async function requireClientAccounts(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (!(await areClientAccounts(tx, ids))) throw requestErrors.not_found({ what: 'Client account' });
}

/** The firm named in the request body. */
export async function requireProvider(tx: Transaction, id: number): Promise<void> {
  if (!(await areClientAccounts(tx, [id])))
    throw invalid([problem('provider_client_account_id', 'no such client account', 'ingen slik klientkonto')]);
}

async function areClientAccounts(tx: Transaction, ids: readonly number[]): Promise<boolean> {
  const known = await tx.rows<{ id: number }>(sql`
    select id from client_accounts where id = any (${[...ids]}::bigint[])`);
  return known.length === new Set(ids).size;
}

type ContractState = ReturnType<typeof contractJson>;

/** Changes of a contract are recorded in the audit logs of both parties. */
export function auditParties(
  audit: (record: AuditRecord) => void,
  { before, after }: { before: ContractState | null; after: ContractState },
): void {
  for (const clientAccountId of [after.client_account_id, after.provider_client_account_id])
    audit({ clientAccountId, recordType: 'contract', recordId: after.id, before, after });
}
