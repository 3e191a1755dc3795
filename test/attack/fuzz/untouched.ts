import pg from 'pg';
import type { OwnerConnection } from '../../support/database/global-setup.ts';

/** Tables without a column `client_account_id` whose rows belong to a client account, with the condition that finds them. */
const SHARED: readonly [table: string, condition: string][] = [
  ['client_accounts', 'id = $1'],
  ['users', 'id in (select user_id from client_account_users where client_account_id = $1)'],
  ['access_tokens', 'user_id in (select user_id from client_account_users where client_account_id = $1)'],
  ['organizations', 'id = (select organization_id from client_accounts where id = $1)'],
];

/** Data that change without a request. */
const MOVING: Record<string, string> = {
  users: "- 'last_login'",
  access_tokens: "- 'last_used_at'",
  webhooks: "- 'position' - 'failures' - 'failing_since' - 'rests_until'",
};

/**
 * Data that background work derives from other tables at any time, for all client accounts: folded balances and VAT, the
 * hash chain, the positions of events and their deliveries.
 */
const FOLLOWING = [
  'account_balances',
  'balance_delta_batches',
  'year_balances',
  'chain_blocks',
  'vat_balances',
  'vat_folds',
  'vat_notes',
  'new_events',
  'events',
  'event_heads',
  'webhook_deliveries',
];

/**
 * Rows and their hash per table of all data of a client account, read as the owner of the schema. Equal fingerprints prove
 * that nothing was added, changed or removed.
 */
export async function fingerprint(
  connection: OwnerConnection,
  clientAccountId: number,
): Promise<Record<string, string>> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'client_account_id' and not a.attisdropped and not c.relispartition
        and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all ($1) order by 1`,
      [FOLLOWING],
    );
    const { rows: there } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relname = any ($1)`,
      [SHARED.map(([table]) => table)],
    );
    const known = new Set(there.map(({ name }) => name));
    const tables = [
      ...rows.map(({ name }): [string, string] => [name, 'client_account_id = $1']),
      ...SHARED.filter(([table]) => known.has(table)),
    ];
    const sums = tables.map(
      ([table, condition]) => `
        select '${table}' as name, count(*) || ' ' || coalesce(md5(string_agg(row, E'\\n' order by row)), '') as sum
        from (select (to_jsonb(t) ${MOVING[table] ?? ''})::text as row from "${table}" t where ${condition}) s`,
    );
    const { rows: found } = await client.query<{ name: string; sum: string }>(sums.join(' union all '), [
      clientAccountId,
    ]);
    return Object.fromEntries(found.map(({ name, sum }) => [name, sum]));
  } finally {
    await client.end();
  }
}

/** The tables in which two fingerprints differ. */
export function touched(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys({ ...before, ...after }).filter((table) => before[table] !== after[table]);
}
