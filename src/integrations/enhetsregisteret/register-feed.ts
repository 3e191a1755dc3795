import sql from 'sql-template-tag';
import type { Platform } from '../../platform/operation.ts';
import { type EnhetsregisteretClient, FEED_PAGE } from './enhetsregisteret-client.ts';

/** Pages read in one round; the rest waits for the next. */
const MOST_PAGES = 20;
/** Start of the first round: numbers new here are queried individually. */
const FIRST_LOOK_MS = 3_600_000;

/**
 * Reads the register's changes from the last position, and marks the organisations referred to here as due. Position
 * and marks are written in one transaction, so that no change is skipped; reading one twice only causes a second query.
 */
export async function readFeed(platform: Platform, client: EnhetsregisteretClient, signal: AbortSignal): Promise<void> {
  const { database, clock } = platform;
  for (let page = 0; page < MOST_PAGES && !signal.aborted; page++) {
    const place = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.maybe<{ last: number }>(sql`select last_update_id as last from register_feed where id = 1`),
    );
    const from = place ? { id: place.last + 1 } : { time: new Date(clock.now().getTime() - FIRST_LOOK_MS) };
    const updates = await client.updates(from);
    const last = updates.at(-1)?.id ?? place?.last;
    // The feed is empty: there is no position to store.
    if (last === undefined) return;
    const numbers = [...new Set(updates.map(({ organizationNumber }) => organizationNumber))];
    await database.transaction({ clientAccounts: [], mode: 'write', work: 'register' }, async (tx) => {
      await tx.execute(sql`
        update registered_organizations set due_at = ${clock.now()} where organization_number in (
          select organization_number from registered_organizations
          where organization_number = any (${numbers}::text[]) order by organization_number for update)`);
      await tx.execute(sql`
        insert into register_feed as f (id, last_update_id, looked_at) values (1, ${last}, ${clock.now()})
        on conflict (id) do update set last_update_id = greatest(f.last_update_id, excluded.last_update_id),
          looked_at = excluded.looked_at`);
    });
    if (updates.length < FEED_PAGE) return;
  }
}
