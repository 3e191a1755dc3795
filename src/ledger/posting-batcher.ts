import { assert } from '../kernel/assert.ts';
import { type Database, OutcomeUnknown } from '../platform/database/pool.ts';
import { MastersCache } from './masters.ts';
import { runPostingBatch } from './posting-batch.ts';
import type { PostingJob } from './posting-job.ts';

/** Entries that share one transaction at most; more would make the first ones wait for the last. */
const LARGEST_BATCH = 256;
/** Fewer are not worth a transaction of their own while others wait as well. */
const SMALLEST_SHARE = 10;
/** Batches under way at once: the database writes some while the next is prepared. */
const PARALLEL_BATCHES = 3;

/**
 * Puts concurrent postings into shared transactions. One caller alone is served at once; under load the callers that
 * arrived while the last batch was written go together in the next, so the commit's flush is paid once for all of
 * them. Each is acknowledged only when its transaction has committed, and a refusal of one touches no other.
 */
export class PostingBatcher {
  readonly #database: Database;
  readonly #masters: MastersCache;
  #queue: PostingJob[] = [];
  readonly #busy = new Set<number>();
  #running = 0;
  #scheduled = false;

  constructor(database: Database) {
    this.#database = database;
    this.#masters = new MastersCache(database);
  }

  get masters(): MastersCache {
    return this.#masters;
  }

  submit(job: PostingJob): void {
    this.#queue.push(job);
    this.#schedule();
  }

  /** Waits for the end of this turn of the event loop, so that requests read in one go travel together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#drain();
    });
  }

  /** What waits is shared among the free batches: all at once would leave the database idle between two batches. */
  #drain(): void {
    while (this.#running < PARALLEL_BATCHES) {
      let waiting = 0;
      for (const job of this.#queue) waiting += job.size;
      const share = Math.ceil(waiting / (PARALLEL_BATCHES - this.#running));
      const batch = this.#nextBatch(Math.min(Math.max(share, SMALLEST_SHARE), LARGEST_BATCH));
      if (batch.length === 0) return;
      void this.#run(batch);
    }
  }

  /**
   * In order of arrival; a client account is in one batch at a time, so all its entries go along; an idempotency key
   * once in a batch.
   */
  #nextBatch(share: number): PostingJob[] {
    const batch: PostingJob[] = [];
    const rest: PostingJob[] = [];
    const keys = new Set<string>();
    // A client account that has to wait keeps all its jobs waiting, so that they stay in order.
    const waiting = new Set<number>();
    const taken = new Set<number>();
    let entries = 0;
    for (const job of this.#queue) {
      const { clientAccountId } = job;
      const key = job.key && `${job.key.userId} ${job.key.key}`;
      const most = taken.has(clientAccountId) ? LARGEST_BATCH : share;
      const fits = batch.length === 0 || entries + job.size <= most;
      if (!fits || this.#busy.has(clientAccountId) || waiting.has(clientAccountId) || (key && keys.has(key))) {
        waiting.add(clientAccountId);
        rest.push(job);
        continue;
      }
      batch.push(job);
      taken.add(clientAccountId);
      entries += job.size;
      if (key) keys.add(key);
    }
    this.#queue = rest;
    return batch;
  }

  async #run(batch: PostingJob[]): Promise<void> {
    const accounts = new Set(batch.map((job) => job.clientAccountId));
    for (const id of accounts) this.#busy.add(id);
    this.#running++;
    try {
      await this.#attempt(batch);
    } finally {
      this.#running--;
      for (const id of accounts) this.#busy.delete(id);
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  async #attempt(batch: PostingJob[]): Promise<void> {
    try {
      const settle = await runPostingBatch(this.#database, this.#masters, batch);
      settle();
    } catch (error) {
      for (const job of batch) this.#masters.forget(job.clientAccountId);
      // It may be in the books: posting it again could post it twice.
      if (error instanceof OutcomeUnknown) {
        for (const job of batch) job.reject(error);
        return;
      }
      if (batch.length === 1) {
        const job = batch[0];
        assert(job, 'a batch of one has one job');
        if (job.retries-- > 0 && isPassing(error)) return this.#attempt(batch);
        job.reject(error);
        return;
      }
      // Somebody's fault that only the database saw: each alone, so that it hits only its cause.
      for (const job of batch) await this.#attempt([job]);
    }
  }
}

/** Two nodes in each other's way, or two requests with one new key at once: the second attempt sees the first's result. */
function isPassing(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '40001' || code === '40P01' || (code === '23505' && constraint === 'idempotency_keys_pkey');
}

const batchers = new WeakMap<Database, PostingBatcher>();

export function batcherOf(database: Database): PostingBatcher {
  let batcher = batchers.get(database);
  if (!batcher) batchers.set(database, (batcher = new PostingBatcher(database)));
  return batcher;
}
