import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';
import { removeUploads } from '../platform/jobs/job-uploads.ts';
import type { Platform } from '../platform/operation.ts';
import { removeExpired, type RemovedExpired } from '../tenancy/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Retention of temporary data (docs/operations.md, Retention). */
export const KEPT = {
  /** The contract promises 24 hours; a client that was offline over the weekend must not post twice. */
  idempotencyKeys: 4 * DAY,
  finishedJobs: 90 * DAY,
  events: 90 * DAY,
  sentMails: 90 * DAY,
  /** The file of a job that did not succeed: for a retry. */
  uploads: 7 * DAY,
  /** A file uploaded for a job that was never added, or whose upload was interrupted. */
  unfinishedUploads: DAY,
} as const;

const AT_ONCE = 5_000;

/** Expired rows of a table, by its key columns. None belongs to the books or the audit trail. */
function outdated(now: Date): { what: string; table: string; key: string; which: Sql }[] {
  const before = (ms: number) => new Date(now.getTime() - ms);
  return [
    {
      what: 'idempotency_keys',
      table: 'idempotency_keys',
      key: 'user_id, key',
      which: sql`created_at < ${before(KEPT.idempotencyKeys)}`,
    },
    // A job whose document still exists waits until that is removed.
    {
      what: 'jobs',
      table: 'jobs',
      key: 'id',
      which: sql`finished_at < ${before(KEPT.finishedJobs)} and file_expires_at is null
        and not exists (select from job_uploads u where u.job_id = jobs.id)`,
    },
    {
      what: 'mails',
      table: 'mail_outbox',
      key: 'id',
      which: sql`sent_at < ${before(KEPT.sentMails)}`,
    },
    { what: 'id_porten_logins', table: 'id_porten_logins', key: 'state_hash', which: sql`expires_at <= ${now}` },
    {
      what: 'id_porten_sessions',
      table: 'id_porten_sessions',
      key: 'user_id',
      // For a refresh token without a stated end: no token lives longer than 90 days at ID-porten.
      which: sql`greatest(access_ends_at, refresh_ends_at) <= ${now}
        and (not renewable or refresh_ends_at is not null or access_ends_at <= ${before(90 * DAY)})`,
    },
    { what: 'id_porten_revocations', table: 'id_porten_revocations', key: 'id', which: sql`expires_at <= ${now}` },
  ];
}

/** Removes expired data; returns the counts above zero. A failure does not stop the others. */
export async function removeOld(platform: Platform): Promise<Record<string, number>> {
  const { database, clock, log, files } = platform;
  const now = clock.now();
  const removed: Record<string, number> = {};
  const step = async (what: string, remove: () => Promise<number>) => {
    try {
      const count = await remove();
      if (count > 0) removed[what] = count;
    } catch (error) {
      log.error({ err: error, what }, 'retention');
    }
  };
  await step('uploads', () => removeOldUploads(platform, now));
  for (const { what, table, key, which } of outdated(now))
    await step(what, () => removeRows(database, { table, key, which }));
  for (const [what, count] of Object.entries(await expired(platform, now))) await step(what, async () => count);
  await step('events', () => removeEvents(database, new Date(now.getTime() - KEPT.events)));
  await step(
    'file_contents',
    async () => (await files?.storage.tidy?.(new Date(now.getTime() - KEPT.unfinishedUploads))) ?? 0,
  );
  await step('incoming', () => removeStaged(files?.incoming, now));
  return removed;
}

/** Expired sessions, tokens, programs' grants and attempt counters. */
async function expired({ database, log }: Platform, now: Date): Promise<Partial<RemovedExpired>> {
  try {
    return await removeExpired(database, now);
  } catch (error) {
    log.error({ err: error, what: 'expired' }, 'retention');
    return {};
  }
}

/** A few thousand per transaction, so that each is short. */
async function removeRows(
  database: Database,
  { table, key, which }: { table: string; key: string; which: Sql },
): Promise<number> {
  for (let total = 0; ;) {
    const count = await database.transaction({ clientAccounts: [], mode: 'write', work: 'expiry' }, (tx) =>
      tx.execute(sql`
        delete from ${raw(table)} where (${raw(key)}) in (
          select ${raw(key)} from ${raw(table)} where ${which} limit ${AT_ONCE})`),
    );
    total += count;
    if (count < AT_ONCE) return total;
  }
}

/** The oldest of each client account, in list order. */
async function removeEvents(database: Database, before: Date): Promise<number> {
  for (let total = 0; ;) {
    const { count } = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
      tx.one<{ count: number }>(sql`select remove_old_events(${before}, ${AT_ONCE}) as count`),
    );
    total += count;
    if (count === 0) return total;
  }
}

async function removeOldUploads({ database, files }: Platform, now: Date): Promise<number> {
  if (!files) return 0;
  const rows = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ key: string }>(sql`
      select u.key from job_uploads u left join jobs j on j.id = u.job_id
      where u.created_at < ${new Date(now.getTime() - KEPT.unfinishedUploads)}
        and (j.id is null or j.status = 'succeeded'
          or j.status = 'failed' and j.finished_at < ${new Date(now.getTime() - KEPT.uploads)})
      order by u.created_at limit ${AT_ONCE}`),
  );
  await removeUploads(
    { database, files },
    rows.map(({ key }) => key),
  );
  return rows.length;
}

/** Uploads interrupted by the end of a process remain in its staging folder, unknown to every other process. */
async function removeStaged(folder: string | undefined, now: Date): Promise<number> {
  if (!folder) return 0;
  let count = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile() || found.mtimeMs > now.getTime() - KEPT.unfinishedUploads) continue;
    await rm(path, { force: true });
    count++;
  }
  return count;
}
