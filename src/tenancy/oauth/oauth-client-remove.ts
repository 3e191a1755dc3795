import sql from 'sql-template-tag';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { oauthClientJson, type OAuthClientRow } from './oauth-client.ts';

/** Removes one of the caller's clients and its tokens. Throws 404 for an unknown one, 403 for another user's. */
export const removeOAuthClient = changesAccess(
  writeOperation({
    name: 'oauth_clients.remove',
    access: { kind: 'user', scope: 'write:profile' },
    async run({ tx, caller, audit }, { client_id: clientId }: { client_id: string }) {
      const found = await tx.maybe<{ own: boolean }>(sql`
        select coalesce(user_id = ${caller.userId}, false) as own from oauth_clients where client_id = ${clientId}`);
      if (!found) throw requestErrors.not_found({ what: 'OAuth client' });
      if (!found.own) throw requestErrors.no_access();
      // Done first: the transaction may change the program's tokens only while the caller owns it.
      await tx.execute(sql`
        delete from oauth_records where payload ? 'clientId' and payload ->> 'clientId' = ${clientId}`);
      const removed = await tx.maybe<OAuthClientRow>(sql`
        delete from oauth_clients where client_id = ${clientId} and user_id = ${caller.userId}
        returning client_id, metadata, created_at`);
      if (!removed) throw requestErrors.not_found({ what: 'OAuth client' });
      const before = oauthClientJson(removed);
      audit({ recordType: 'oauth_client', before, after: null });
      return before;
    },
  }),
);
