import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { accessTokenJson, type AccessTokenRow } from './access-token.ts';
import { changesAccess } from '../access/caller-cache.ts';

/** Throws 404 for an unknown token, 403 for another user's. Revoking a revoked token changes nothing. */
export const revokeToken = changesAccess(
  writeOperation({
    name: 'access_tokens.revoke',
    access: { kind: 'user', scope: 'write:profile' },
    async run({ tx, caller, now, audit }, { id }: { id: number }) {
      const before = await tx.maybe<AccessTokenRow>(sql`
        select id, name, scopes, created_at, expires_at, revoked_at, last_used_at
        from access_tokens where id = ${id} and user_id = ${caller.userId} for update`);
      if (!before)
        throw (await exists(tx, id)) ? requestErrors.no_access() : requestErrors.not_found({ what: 'Access token' });
      const after = await tx.one<AccessTokenRow>(sql`
        update access_tokens set revoked_at = coalesce(revoked_at, ${now}) where id = ${id}
        returning id, name, scopes, created_at, expires_at, revoked_at, last_used_at`);
      audit({
        recordType: 'access_token',
        recordId: id,
        before: accessTokenJson(before),
        after: accessTokenJson(after),
      });
      return accessTokenJson(after);
    },
  }),
);

async function exists(tx: Transaction, id: number): Promise<boolean> {
  return Boolean(await tx.maybe(sql`select 1 as found from access_tokens where id = ${id}`));
}
