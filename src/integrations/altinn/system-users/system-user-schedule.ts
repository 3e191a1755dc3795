import sql from 'sql-template-tag';
import type { Platform } from '../../../platform/operation.ts';
import { isOutsideFault } from '../../outside-fault.ts';
import { nextAfterFailure } from './pace.ts';
import { findSystemUser } from './system-user.ts';
import { syncSystemUser } from './system-user-sync.ts';

interface Due {
  client_account_id: number;
  id: string;
}

/** Most requests per round. */
const MOST = 200;
const AT_ONCE = 5;
/** Time limit of one round: the next one continues. */
const LONGEST_MS = 20_000;

/**
 * Queries the requests that are due, along the customers' way through Altinn: there is no notification of a forwarded
 * approval, a rejection, an expiry or a deletion. Returns the number queried.
 */
export async function syncDueSystemUsers(platform: Platform, signal: AbortSignal): Promise<number> {
  if (!platform.outside?.systemUsers) return 0;
  const due = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<Due>(sql`select client_account_id, id from system_users_due(${platform.clock.now()}, ${MOST})`),
  );
  const end = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  let done = 0;
  const waiting = due.values();
  const worker = async () => {
    for (const one of waiting) {
      if (end.aborted) return;
      await syncOne(platform, one);
      done++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}

async function syncOne(platform: Platform, { client_account_id: clientAccountId, id }: Due): Promise<void> {
  const { database, clock, log } = platform;
  const row = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    findSystemUser(tx, clientAccountId, id),
  );
  if (!row) return;
  try {
    await syncSystemUser(platform, row, { caller: null });
  } catch (error) {
    if (!isOutsideFault(error)) throw error;
    log.warn({ client_account_id: clientAccountId, code: error.code }, 'system user not synced');
    await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        update altinn_system_users set failures = failures + 1,
          next_sync_at = ${nextAfterFailure(row.failures, clock.now())}
        where client_account_id = ${clientAccountId} and id = ${id} and next_sync_at is not null`),
    );
  }
}
