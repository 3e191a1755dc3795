import sql from 'sql-template-tag';
import type { Database, Transaction } from '../platform/database/pool.ts';

/** Events that one transaction numbers. */
const AT_ONCE = 5_000;

const TAKE_NEW = `
with taken as (
  delete from new_events where client_account_id = $1 and id in (
    select id from new_events where client_account_id = $1 order by id limit $3)
  returning id, kind, resource_id, at
)
insert into events (client_account_id, position, kind, resource_id, at)
select $1, $2 + row_number() over (order by id), kind, resource_id, at from taken
returning 1`;

/** A counter-entry is also the cancellation of the entry that it names. */
const TAKE_ENTRIES = `
insert into events (client_account_id, position, kind, resource_id, at)
select $1, $2 + row_number() over (order by e.posting_no, k.kind desc), k.kind, k.id::text, e.posted_at
from journal_entries e cross join lateral (values ('journal_entry.posted', e.id), ('journal_entry.cancelled', e.cancels_entry_id))
  as k (kind, id)
where e.client_account_id = $1 and e.posting_no > $3 and e.posting_no <= $4 and k.id is not null
returning 1`;

/** Client accounts with an id above the given one and events without a position, ascending, up to a limit. */
export async function clientAccountsWithNewEvents(
  database: Database,
  { beyond, most, thorough }: { beyond: number; most: number; thorough: boolean },
): Promise<number[]> {
  const rows = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select client_accounts_with_new_events(${beyond}, ${most}, ${thorough}) as id`),
  );
  return rows.map(({ id }) => id);
}

/**
 * Assigns positions to committed events until none is left (decision 0031). Returns their number. Of two concurrent
 * nodes the second waits and continues where the first ended.
 */
export async function orderEvents(database: Database, clientAccountId: number, signal?: AbortSignal): Promise<number> {
  for (let total = 0; ;) {
    const count = await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      orderSome(tx, clientAccountId),
    );
    total += count;
    if (count === 0 || signal?.aborted) return total;
  }
}

async function orderSome(tx: Transaction, clientAccountId: number): Promise<number> {
  await tx.execute(sql`insert into event_heads (client_account_id) values (${clientAccountId}) on conflict do nothing`);
  const head = await tx.one<{ last_position: number; posting_no: number }>(sql`
    select last_position, posting_no from event_heads where client_account_id = ${clientAccountId} for update`);
  const fresh = await tx.named('order-new-events', TAKE_NEW, [clientAccountId, head.last_position, AT_ONCE]);
  // Numbers are assigned and committed under the lock of the books: all up to the committed last one exist.
  const { posted } = await tx.one<{ posted: number }>(sql`
    select coalesce(max(last_posting_no), 0) as posted from client_account_heads where client_account_id = ${clientAccountId}`);
  const through = Math.min(posted, head.posting_no + AT_ONCE);
  const behind = head.last_position + fresh.length;
  const entries =
    through > head.posting_no
      ? await tx.named('order-entries', TAKE_ENTRIES, [clientAccountId, behind, head.posting_no, through])
      : [];
  const count = fresh.length + entries.length;
  if (count > 0)
    await tx.execute(sql`
      update event_heads set last_position = ${head.last_position + count}, posting_no = ${through}
      where client_account_id = ${clientAccountId}`);
  return count;
}
