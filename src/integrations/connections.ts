import sql from 'sql-template-tag';
import { requestErrors } from '../platform/errors.ts';
import { handedOnOperation } from '../platform/operation.ts';
import { hasAltinnScope } from './id-porten/connection-scopes.ts';
import { liveSession } from './id-porten/status.ts';

/** The user's connections, for the page that shows them; without the secrets of `status`. */
export interface Connections {
  /** Whether this installation has a connection to ID-porten at all. */
  configured: boolean;
  idPorten: boolean;
  altinn: boolean;
  /** The client account that the user came from. */
  clientAccount: { id: number; name: string } | null;
}

/** Throws 403 or 404 for a client account that the user cannot have come from. */
export const getConnections = handedOnOperation({
  name: 'integrations.connections',
  access: { kind: 'user', scope: 'read:profile' },
  async run({ platform, caller }, { clientAccountId }: { clientAccountId: number | null }): Promise<Connections> {
    const configured = platform.outside?.idPorten !== undefined;
    const session = configured ? await liveSession(platform, caller.userId) : null;
    const found =
      clientAccountId === null
        ? undefined
        : await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
            tx.maybe<{ display_name: string }>(
              sql`select display_name from client_accounts where id = ${clientAccountId}`,
            ),
          );
    if (clientAccountId !== null && !found) throw requestErrors.not_found({ what: 'Client account' });
    if (clientAccountId !== null && !caller.roles.has(clientAccountId)) throw requestErrors.no_access();
    return {
      configured,
      idPorten: session !== null,
      altinn: session !== null && hasAltinnScope(session.scopes),
      clientAccount: found ? { id: clientAccountId!, name: found.display_name } : null,
    };
  },
});
