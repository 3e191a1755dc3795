import { setTimeout } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';

/** Longer than any call to a file store may take. */
const HELD_MILLIS = 120_000;
const WAIT_MILLIS = 10_000;
const LOOK_MILLIS = 50;

/**
 * Works on the content of a file in the store under a lease, so that no other process restores or removes it meanwhile.
 * No transaction is open. Waits some seconds for another holder, then throws 409.
 */
export async function holdContent<T>(
  { database, clock }: { database: Database; clock: Clock },
  clientAccountId: number,
  sha256: string,
  work: () => Promise<T>,
): Promise<T> {
  const scope = { clientAccounts: [clientAccountId], mode: 'write' } as const;
  const hash = Buffer.from(sha256, 'hex');
  const take = () => {
    const now = clock.now();
    return database.transaction(scope, (tx) =>
      tx.maybe(sql`
        insert into content_leases as l (client_account_id, sha256, held_until)
        values (${clientAccountId}, ${hash}, ${new Date(now.getTime() + HELD_MILLIS)})
        on conflict (client_account_id, sha256) do update set held_until = excluded.held_until where l.held_until < ${now}
        returning 1 as taken`),
    );
  };
  for (let waited = 0; !(await take()); waited += LOOK_MILLIS) {
    if (waited >= WAIT_MILLIS) throw requestErrors.concurrent_change();
    await setTimeout(LOOK_MILLIS);
  }
  try {
    return await work();
  } finally {
    await database.transaction(scope, (tx) =>
      tx.execute(sql`delete from content_leases where client_account_id = ${clientAccountId} and sha256 = ${hash}`),
    );
  }
}
