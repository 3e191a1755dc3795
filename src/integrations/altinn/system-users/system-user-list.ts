import { READERS } from '../../../platform/caller.ts';
import { decideAccess, type Operation } from '../../../platform/operation.ts';
import type { Page } from '../../../platform/http/paging.ts';
import { isOutsideFault } from '../../outside-fault.ts';
import { hasEnded } from './status.ts';
import { listedSystemUsers, type SystemUserRow, type SystemUserView, systemUserView } from './system-user.ts';
import { syncSystemUser } from './system-user-sync.ts';

export interface SystemUserList {
  items: SystemUserView[];
  page: number;
  per_page: number;
  total: number;
}

/** One client account has one request that can change, or a few if its organisation number was changed. */
const MOST_SYNCED = 5;

/**
 * Requests for system users, newest first. For a single client account Altinn is queried first; if that fails, the
 * stored state is returned.
 */
export const listSystemUsers: Operation<Page, SystemUserList> = {
  name: 'altinn.system-user-list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  writes: false,
  async call(platform, call, page) {
    const clientAccounts = decideAccess(this.access, call);
    const read = () =>
      platform.database.transaction({ clientAccounts, mode: 'read' }, (tx) =>
        listedSystemUsers(tx, clientAccounts, page),
      );
    let { rows, total } = await read();
    if (call.clientAccountId !== null) {
      const open = rows.filter((row) => !row.replaced_at && !hasEnded(row.status)).slice(0, MOST_SYNCED);
      for (const row of open) await sync(row);
      if (open.length > 0) ({ rows, total } = await read());
    }
    const value = { items: rows.map(systemUserView), page: page.page, per_page: page.perPage, total };
    return { value, replayed: false };

    async function sync(row: SystemUserRow): Promise<void> {
      try {
        await syncSystemUser(platform, row, call);
      } catch (error) {
        if (!isOutsideFault(error)) throw error;
        platform.log.warn({ client_account_id: row.client_account_id, code: error.code }, 'system user not synced');
      }
    }
  },
};
