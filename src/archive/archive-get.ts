import { assert } from '../kernel/assert.ts';
import { ADMINS } from '../platform/caller.ts';
import type { Database } from '../platform/database/pool.ts';
import { requestErrors } from '../platform/errors.ts';
import { decideAccess, type Operation } from '../platform/operation.ts';
import { type Archive, openArchive } from './archive.ts';

/** An archive holds a connection for as long as it is read; slow readers must not take all of them. */
const MOST_AT_ONCE = 2;
const reading = new WeakMap<Database, number>();

/**
 * The archive of a client account (requirement B10), for its owner and its accountants, also after it was deactivated.
 * It reads for as long as its stream is read, so it opens its own transaction. Throws 429 while too many are read.
 */
export const getArchive: Operation<object, Archive> = {
  name: 'client-account.archive',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  writes: false,
  async call({ database, files, clock, log }, call) {
    const [clientAccountId] = decideAccess(getArchive.access, call);
    assert(clientAccountId !== undefined, 'a client operation acts on one client account');
    if ((reading.get(database) ?? 0) >= MOST_AT_ONCE) throw requestErrors.too_many({ retry_after: 30 });
    const leave = enter(database);
    try {
      const archive = await openArchive({ database, storage: files?.storage, clientAccountId, now: clock.now() });
      if (!archive) throw requestErrors.not_found({ what: 'Client account' });
      const facts = { client_account_id: clientAccountId };
      archive.faults.then(leave, leave);
      archive.faults.then(
        (faults) => faults.length > 0 && log.error({ ...facts, faults }, 'archive with faults'),
        (error: unknown) => log.warn({ ...facts, err: error }, 'archive not finished'),
      );
      return { value: archive, replayed: false };
    } catch (error) {
      leave();
      throw error;
    }
  },
};

function enter(database: Database): () => void {
  const change = (by: number) => reading.set(database, (reading.get(database) ?? 0) + by);
  change(1);
  return () => void change(-1);
}
