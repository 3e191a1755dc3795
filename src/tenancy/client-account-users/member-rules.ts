import sql from 'sql-template-tag';
import { ADMINS, type Role } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import type { Context } from '../../platform/operation.ts';
import { loadCaller } from '../access/caller-load.ts';
import { lockMembers } from './client-account-user.ts';
import { tenancyErrors } from '../errors.ts';

/** The code of a role id; throws 400 for an unknown one. */
export async function roleOf(tx: Transaction, roleId: number): Promise<Role> {
  const role = await tx.maybe<{ code: Role }>(sql`select code from roles where id = ${roleId}`);
  if (role) return role.code;
  const known = await tx.rows<{ id: number; code: string }>(sql`select id, code from roles order by id`);
  const list = known.map(({ id, code }) => `${id} (${code})`).join(', ');
  throw invalid([problem('role_id', `must be one of ${list}`, `må være en av ${list}`)]);
}

/**
 * The members, locked, for a caller who may still administer them: the caller's access may have ended while the request
 * waited for the lock. Throws 403.
 */
export async function lockMembersFor({ tx, clientAccountId, caller, now }: Context): Promise<LockedMembers> {
  const members = await lockMembers(tx, clientAccountId);
  const held = (await loadCaller(tx, caller.userId, caller.scopes, now))?.roles.get(clientAccountId);
  if (!ADMINS.some((role) => held?.has(role))) throw requestErrors.role_missing();
  return { members, callerIsOwner: held!.has('CA') };
}

interface LockedMembers {
  members: { user_id: number; role: Role; role_id: number }[];
  callerIsOwner: boolean;
}

/** AA exists only at firms. The client account remains a firm until the transaction ends. */
export async function requireRoleFits(tx: Transaction, clientAccountId: number, role: Role): Promise<void> {
  if (role !== 'AA') return;
  const provider = await tx.maybe(sql`
    select 1 as found from client_accounts where id = ${clientAccountId} and is_provider for share`);
  if (!provider) throw tenancyErrors.accountant_only_at_provider();
}

/**
 * Only an owner may grant or remove ownership: an accountant who administers a client's users must not be able to take
 * over the account. If there is no owner yet (a firm opened the account), an accountant names the first.
 */
export function requireMayDecideOver({ members, callerIsOwner }: LockedMembers, roles: readonly Role[]): void {
  if (!roles.includes('CA') || callerIsOwner) return;
  if (members.some(({ role }) => role === 'CA')) throw tenancyErrors.owner_only();
}

export function requireOwnerStays(members: readonly { user_id: number; role: Role }[], userId: number): void {
  const owners = members.filter(({ role }) => role === 'CA');
  if (owners.length === 1 && owners[0]!.user_id === userId) throw tenancyErrors.last_owner();
}
