import sql from 'sql-template-tag';
import type { Platform } from '../platform/operation.ts';
import { createAccessToken, forgetCallers } from '../tenancy/index.ts';

const NAME = 'Demo';

/**
 * The demo's access token. Only hashes are stored, so a random one cannot be shown again: every start issues a new one
 * and revokes the previous one. A given one (DEMO_TOKEN) stays the same.
 */
export async function renewDemoToken({ database }: Platform, userId: number, given?: string): Promise<string> {
  const made = await database.transaction({ clientAccounts: [], mode: 'write', userId }, async (tx) => {
    await tx.execute(sql`delete from access_tokens where user_id = ${userId} and name = ${NAME}`);
    const { id, token } = await createAccessToken(tx, { userId, name: NAME, ...(given ? { token: given } : {}) });
    await tx.execute(sql`
      insert into audit_log (user_id, operation, record_type, record_id, after)
      values (${userId}, 'demo.token', 'access_token', ${id}, ${JSON.stringify({ name: NAME })})`);
    return token;
  });
  forgetCallers(database);
  return made;
}
