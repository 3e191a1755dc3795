import sql from 'sql-template-tag';
import { BOOKKEEPERS, type Caller, type Scope } from '../../platform/caller.ts';
import type { Database } from '../../platform/database/pool.ts';
import { callerOfUser } from './caller-load.ts';

/**
 * The user on whose behalf the system itself writes: `first` if that user may still keep the books; otherwise another
 * user of the client account, otherwise one of its accounting firm. Null if no user may keep them.
 */
export async function bookkeeperOf(
  database: Database,
  clientAccountId: number,
  { first, scopes, now }: { first?: number; scopes: readonly Scope[]; now: Date },
): Promise<Caller | null> {
  const people = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ user_id: number }>(sql`
      select u.user_id, 1 as rank from client_account_users u where u.client_account_id = ${clientAccountId}
      union
      select u.user_id, 2 from contracts c
      join client_account_users u on u.client_account_id = c.provider_client_account_id
      where c.client_account_id = ${clientAccountId}
      order by rank, user_id`),
  );
  const ids = people.map(({ user_id }) => user_id);
  for (const userId of first === undefined ? ids : [first, ...ids]) {
    const caller = await callerOfUser(database, userId, scopes, now);
    const roles = caller?.roles.get(clientAccountId);
    if (caller && roles && BOOKKEEPERS.some((role) => roles.has(role))) return caller;
  }
  return null;
}
