import sql from 'sql-template-tag';
import { readOperation } from '../../platform/operation.ts';
import { oauthClientJson, type OAuthClientRow } from './oauth-client.ts';

/** The caller's own clients, newest first; clients that registered themselves have no owner and are never listed. */
export const listOAuthClients = readOperation({
  name: 'oauth_clients.list',
  access: { kind: 'user', scope: 'read:profile' },
  async run({ tx, caller }, _input: void) {
    const rows = await tx.rows<OAuthClientRow>(sql`
      select client_id, metadata, created_at from oauth_clients where user_id = ${caller.userId}
      order by created_at desc, client_id`);
    return rows.map(oauthClientJson);
  },
});
