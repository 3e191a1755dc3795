import { assert } from '../kernel/assert.ts';
import { ADMINS } from '../platform/caller.ts';
import { requestErrors } from '../platform/errors.ts';
import { decideAccess, type Operation } from '../platform/operation.ts';
import { type Archive, openArchive } from './archive.ts';

/**
 * The archive of a client account (requirement B10), for its owner and its accountants, also after it was deactivated.
 * It reads for as long as the stream is read, so it holds its transaction itself.
 */
export const getArchive: Operation<object, Archive> = {
  name: 'client-account.archive',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  writes: false,
  async call(platform, call) {
    const [clientAccountId] = decideAccess(getArchive.access, call);
    assert(clientAccountId !== undefined, 'a client operation acts on one client account');
    const { database, clock, log } = platform;
    const archive = await openArchive({
      database,
      storage: platform.files?.storage,
      clientAccountId,
      now: clock.now(),
    });
    if (!archive) throw requestErrors.not_found({ what: 'Client account' });
    archive.faults.then(
      (faults) => faults.length > 0 && log.error({ client_account_id: clientAccountId, faults }, 'archive with faults'),
      (error: unknown) => log.warn({ client_account_id: clientAccountId, err: error }, 'archive not finished'),
    );
    return { value: archive, replayed: false };
  },
};
