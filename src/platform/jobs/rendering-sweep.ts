import sql from 'sql-template-tag';
import type { Platform } from '../operation.ts';
import { renderingKey } from './rendering-job.ts';

const AT_ONCE = 200;

/** Removes the expired renderings of jobs; the jobs stay and report it. Returns the number removed. */
export async function removeExpiredRenderings({ database, files, clock, log }: Platform): Promise<number> {
  if (!files) return 0;
  let removed = 0;
  for (let beyond = 0; ;) {
    const expired = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ id: number; client_account_id: number }>(sql`
        select id, client_account_id from jobs where file_expires_at <= ${clock.now()} and id > ${beyond}
        order by id limit ${AT_ONCE}`),
    );
    for (const { id, client_account_id } of expired) {
      try {
        await files.storage.remove(renderingKey(client_account_id, id));
        await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
          tx.execute(sql`
            update jobs set file_expires_at = null, result = jsonb_set(result, '{download}', 'null') where id = ${id}`),
        );
        removed++;
      } catch (error) {
        // The next round retries it; the other renderings are not delayed.
        log.error({ err: error, job: id }, 'an expired rendering could not be removed');
      }
      beyond = id;
    }
    if (expired.length < AT_ONCE) return removed;
  }
}
