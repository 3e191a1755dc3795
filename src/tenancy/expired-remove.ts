import sql, { type Sql } from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';

const DAY_MS = 86_400_000;
/** An expired or revoked access token stays listed for this long, so that its owner sees what happened to it. */
const TOKEN_DAYS = 90;
const BATCH = 1_000;

/** How many of each were removed. */
export interface RemovedExpired {
  sessions: number;
  access_tokens: number;
  throttles: number;
  oauth_records: number;
}

/**
 * Removes expired sessions and OAuth records, attempt counters outside their window, and access tokens that expired or
 * were revoked 90 days ago. For a scheduled task: any number may run at once, each in short transactions that do not
 * wait for others' locks.
 */
export async function removeExpired(database: Database, now: Date): Promise<RemovedExpired> {
  const tokensBefore = new Date(now.getTime() - TOKEN_DAYS * DAY_MS);
  return {
    sessions: await removeAll(
      database,
      (limit) => sql`
        delete from sessions where token_hash in (
          select token_hash from sessions where expires_at <= ${now} limit ${limit} for update skip locked)`,
    ),
    access_tokens: await removeAll(
      database,
      (limit) => sql`
        delete from access_tokens where id in (
          select id from access_tokens where least(expires_at, revoked_at) <= ${tokensBefore}
          limit ${limit} for update skip locked)`,
    ),
    throttles: await removeAll(
      database,
      (limit) => sql`
        delete from throttles where key in (
          select key from throttles where window_ends_at <= ${now} limit ${limit} for update skip locked)`,
    ),
    oauth_records: await removeAll(
      database,
      (limit) => sql`
        delete from oauth_records where (kind, id_hash) in (
          select kind, id_hash from oauth_records where expires_at <= ${now} limit ${limit} for update skip locked)`,
    ),
  };
}

async function removeAll(database: Database, statement: (limit: number) => Sql): Promise<number> {
  for (let removed = 0; ;) {
    const batch = await database.transaction({ clientAccounts: [], mode: 'write', work: 'expiry' }, (tx) =>
      tx.execute(statement(BATCH)),
    );
    removed += batch;
    if (batch < BATCH) return removed;
  }
}
