import sql from 'sql-template-tag';
import type { Database } from '../database/pool.ts';

const KEPT_EVERY_MS = 500;

/** Saves the progress of a job from time to time. */
export function progressOf(database: Database, jobId: number): (share: number) => void {
  let kept = 0;
  let at = 0;
  return (share) => {
    // 100 means finished: a file that is read completely is not yet imported.
    const percent = Math.min(99, Math.floor(share * 100));
    const now = Date.now();
    if (percent <= kept || now - at < KEPT_EVERY_MS) return;
    kept = percent;
    at = now;
    database
      .transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
        tx.execute(sql`update jobs set progress = ${percent} where id = ${jobId} and status = 'running'`),
      )
      .catch(() => {});
  };
}
