import sql from 'sql-template-tag';
import type { Platform } from '../../platform/operation.ts';
import { type EnhetsregisteretClient, FEED_PAGE } from './enhetsregisteret-client.ts';

/** Pages read at one look; the rest waits for the next. */
const MOST_PAGES = 20;
/** The first look begins so long ago: numbers that are new here are asked for themselves. */
const FIRST_LOOK_MS = 3_600_000;

/**
 * Reads the register's changes from where it was left, and has what is named here asked anew. The place and what follows
 * from it are kept in one transaction, so that a change is never passed over; one read twice is only asked twice.
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
    // Nothing has ever changed: there is no place to remember.
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
