import sql from 'sql-template-tag';
import { requestErrors } from '../platform/errors.ts';
import { handedOnOperation } from '../platform/operation.ts';
import { hasAltinnScope } from './id-porten/connection-scopes.ts';
import { liveSession } from './id-porten/status.ts';

/** What the user is connected to, for the page that shows it; without the secrets of `status`. */
export interface Connections {
  /** This installation has a connection to ID-porten at all. */
  configured: boolean;
  idPorten: boolean;
  altinn: boolean;
  /** The client account that the user comes from. */
  clientAccount: { id: number; name: string } | null;
}

/** Throws 403 or 404 for a client account that the user cannot come from. */
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
