import { READERS } from '../../../platform/caller.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { decideAccess, handedOnOperation, type Operation } from '../../../platform/operation.ts';
import { systemUserErrors } from './errors.ts';
import { failingAs } from './outside-failure.ts';
import { asReturnKey as asUuid } from './return-address.ts';
import { findSystemUser, type SystemUserView, systemUserView } from './system-user.ts';
import { clientAccountOfSystemUser } from './system-user-return.ts';
import { syncSystemUser } from './system-user-sync.ts';

const notFound = () => requestErrors.not_found({ what: 'System user' });

/** For a known client account. */
const getOwn = handedOnOperation<string, SystemUserView>({
  name: 'altinn.system-user-get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, clientAccountId, call }, id) {
    const row = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      findSystemUser(tx, clientAccountId, id),
    );
    if (!row) throw notFound();
    return systemUserView(
      await failingAs(systemUserErrors.status_unavailable, () => syncSystemUser(platform, row, call)),
    );
  },
});

/**
 * A request for a system user with its current status at Altinn. The id is Altinn's and does not contain the client
 * account, which is looked up. Errors: 404, 403, system_users.status_unavailable (400).
 */
export const getSystemUser: Operation<string, SystemUserView> = {
  name: getOwn.name,
  access: { ...getOwn.access, kind: 'clients' } as Operation<string, SystemUserView>['access'],
  writes: false,
  async call(platform, call, text) {
    decideAccess(this.access, { ...call, clientAccountId: null });
    const id = asUuid(text.toLowerCase());
    const clientAccountId = id && (await clientAccountOfSystemUser(platform, id));
    if (!id || !clientAccountId) throw notFound();
    return getOwn.call(platform, { ...call, clientAccountId }, id);
  },
};
