import sql from 'sql-template-tag';
import type { Platform } from '../operation.ts';
import { documentKey } from './document-job.ts';

const SWEEP_EVERY_MS = 15 * 60_000;
const AT_ONCE = 200;

/** Removes the documents of jobs when their time is up; the jobs stay and say so. Several at once do no harm. */
export class DocumentSweep {
  readonly #platform: Platform;
  #timer: NodeJS.Timeout | undefined;
  #under: Promise<unknown> = Promise.resolve();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  start(): void {
    const look = () => {
      this.#under = this.sweep().catch((error: unknown) =>
        this.#platform.log.error({ err: error }, 'expired documents could not be removed'),
      );
    };
    look();
    this.#timer = setInterval(look, SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#under;
  }

  /** Returns how many were removed. */
  async sweep(): Promise<number> {
    const { database, files, clock } = this.#platform;
    if (!files) return 0;
    const inNone = { clientAccounts: [], mode: 'write' as const };
    let removed = 0;
    for (;;) {
      const expired = await database.transaction(inNone, (tx) =>
        tx.rows<{ id: number; client_account_id: number }>(sql`
          select id, client_account_id from jobs where file_expires_at <= ${clock.now()}
          order by file_expires_at limit ${AT_ONCE}`),
      );
      for (const { id, client_account_id } of expired) {
        await files.storage.remove(documentKey(client_account_id, id));
        await database.transaction(inNone, (tx) =>
          tx.execute(sql`
            update jobs set file_expires_at = null, result = jsonb_set(result, '{download}', 'null') where id = ${id}`),
        );
      }
      removed += expired.length;
      if (expired.length < AT_ONCE) return removed;
    }
  }
}
