import sql from 'sql-template-tag';
import { dateInNorway } from '../../kernel/local-date.ts';
import { type Caller, type Role, type Scope, SCOPES } from '../../platform/caller.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';

/** The kind of service that a contract is about. */
export type ProviderType = 'ACCOUNTANT' | 'AUDITOR';

/**
 * The roles that a person of a provider firm gets at the firm's clients through an approved contract.
 *
 * An accounting firm's accountants (AA) and bookkeepers (BK) keep theirs. The firm's owner (CA) is an accountant (AA)
 * at the clients, never their owner: approving contracts and removing the books stay with the client. An auditing
 * firm's people may read but not write (US), because an auditor must not have kept the books. A firm's ordinary users
 * (US) and employees (EM) get nothing. The kind of service is that of the contract as approved, even if the firm has
 * changed since.
 */
export function roleAtClient(kind: ProviderType | null, role: Role): Role | null {
  if (role === 'US' || role === 'EM') return null;
  if (kind !== 'ACCOUNTANT') return 'US';
  return role === 'CA' ? 'AA' : role;
}

/** An active user as a caller, with its roles at `now`; null if there is no such active user. */
export async function loadCaller(
  tx: Transaction,
  userId: number,
  scopes: ReadonlySet<Scope>,
  now: Date,
): Promise<Caller | null> {
  const user = await tx.maybe<{ language: Language }>(sql`
    select language from users where id = ${userId} and is_active`);
  if (!user) return null;
  const today = dateInNorway(now);
  const held = await tx.rows<{
    client_account_id: number;
    code: Role;
    provider_type: ProviderType | null;
    direct: boolean;
  }>(sql`
    select m.client_account_id, r.code, null as provider_type, true as direct
    from client_account_users m
    join roles r on r.id = m.role_id
    where m.user_id = ${userId} and m.is_active
    union all
    select c.client_account_id, r.code, c.provider_type, false
    from client_account_users m
    join roles r on r.id = m.role_id
    join client_accounts p on p.id = m.client_account_id and p.is_provider and p.is_active
    join contracts c on c.provider_client_account_id = p.id
    where m.user_id = ${userId} and m.is_active and c.approval_status = 'APPROVED'
      and (c.start_date is null or c.start_date <= ${today}) and (c.end_date is null or c.end_date >= ${today})`);
  const roles = new Map<number, Set<Role>>();
  for (const { client_account_id: id, code, provider_type: providerType, direct } of held) {
    const role = direct ? code : roleAtClient(providerType, code);
    if (role) roles.set(id, (roles.get(id) ?? new Set()).add(role));
  }
  return { userId, scopes, roles, language: user.language };
}

/** The caller for a user, for commands, jobs and the demo. Null if there is no such active user. */
export function callerOfUser(
  database: Database,
  userId: number,
  scopes: readonly Scope[] = SCOPES,
  now = new Date(),
): Promise<Caller | null> {
  return database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    loadCaller(tx, userId, new Set(scopes), now),
  );
}
