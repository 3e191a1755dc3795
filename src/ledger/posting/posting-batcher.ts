import { assert } from '../../kernel/assert.ts';
import { isBusy, isLockTimeout } from '../../platform/database/limits.ts';
import { onItsOwn, refuseNested } from '../../platform/database/one-transaction.ts';
import { type Database, MOST_WAITING, OutcomeUnknown } from '../../platform/database/pool.ts';
import { MastersCache } from '../masters.ts';
import { type PostedBatch, runPostingBatch } from './posting-batch.ts';
import type { PostingJob } from './posting-job.ts';
import { PostingQueue, type QueueLimits, type Stopwatch } from './posting-queue.ts';

/** Fewer are not worth a separate transaction while others wait too. */
const SMALLEST_SHARE = 10;
/** Batches that run at once: the database writes some while the next is prepared. */
const PARALLEL_BATCHES = 3;
/** Time limit of one attempt to lock a held client account; then the next one is tried. */
const LOCK_TRY_MILLIS = 250;

const MOST_ENTRIES = 100_000;
const MOST_ENTRIES_OF_ONE = 20_000;

export interface BatcherOptions extends Partial<QueueLimits> {
  now?: Stopwatch;
  lockTryMillis?: number;
}

/**
 * Groups concurrent postings into shared transactions. A single caller is served at once; under load the callers that
 * arrived during the last batch form the next one, so the flush of a commit is paid once for all of them. Each caller
 * is answered only after its transaction has committed, and a refused job does not affect the others.
 *
 * A client account whose head another transaction has locked delays only its own callers: it leaves the batch and waits
 * on separate connections, alternating with other such accounts. Waiting jobs are limited in number and time.
 */
export class PostingBatcher {
  readonly #database: Database;
  readonly #masters: MastersCache;
  readonly #queue: PostingQueue;
  readonly #lockTryMillis: number;
  /** Client accounts of running batches and of those that wait separately. */
  readonly #busy = new Set<number>();
  /** Jobs, one client account per element, whose head was locked when they were tried. */
  readonly #locked: PostingJob[][] = [];
  #running = 0;
  #trying = 0;
  #scheduled = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(database: Database, options: BatcherOptions = {}) {
    this.#database = database;
    this.#masters = new MastersCache(database);
    this.#lockTryMillis = options.lockTryMillis ?? LOCK_TRY_MILLIS;
    const {
      entries = MOST_ENTRIES,
      entriesOfOne = MOST_ENTRIES_OF_ONE,
      patienceMillis = database.limits.lockSeconds * 1000,
    } = options;
    this.#queue = new PostingQueue({ entries, entriesOfOne, patienceMillis }, options.now ?? (() => performance.now()));
  }

  get masters(): MastersCache {
    return this.#masters;
  }

  /**
   * Throws `NestedTransaction` inside a transaction: it would wait for the posting while the posting waits for its
   * connection.
   */
  submit(job: PostingJob): void {
    refuseNested(this.#database);
    if (this.#queue.add(job)) this.#schedule();
  }

  /** Waits for the end of the current turn of the event loop, so that requests read in one turn share a batch. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    onItsOwn(() =>
      setImmediate(() => {
        this.#scheduled = false;
        this.#drain();
      }),
    );
  }

  /**
   * Distributes the waiting jobs over the free batches: one batch with everything would leave the database idle between
   * two batches.
   */
  #drain(): void {
    this.#queue.sweep();
    while (this.#running < PARALLEL_BATCHES) {
      const share = Math.ceil(this.#queue.waiting / (PARALLEL_BATCHES - this.#running));
      const batch = this.#queue.next(Math.max(share, SMALLEST_SHARE), (id) => this.#busy.has(id));
      if (batch.length === 0) break;
      void this.#run(batch);
    }
    this.#setAlarm();
  }

  /** Refuses jobs in time that no other event would wake. */
  #setAlarm(): void {
    if (this.#alarm || this.#queue.isEmpty) return;
    this.#alarm = onItsOwn(() =>
      setTimeout(() => {
        this.#alarm = undefined;
        this.#drain();
      }, this.#queue.millisLeft + 1).unref(),
    );
  }

  async #run(batch: PostingJob[]): Promise<void> {
    const accounts = new Set(batch.map((job) => job.clientAccountId));
    for (const id of accounts) this.#busy.add(id);
    this.#running++;
    const locked = await this.#attempt(batch);
    this.#running--;
    const apart = groupByAccount(locked);
    for (const id of accounts) if (!apart.has(id)) this.#busy.delete(id);
    this.#locked.push(...apart.values());
    this.#tryLocked();
    if (!this.#queue.isEmpty) this.#schedule();
  }

  #tryLocked(): void {
    while (this.#trying < MOST_WAITING) {
      const jobs = this.#locked.shift();
      if (!jobs) return;
      this.#trying++;
      void this.#runLocked(jobs);
    }
  }

  /**
   * One turn of a client account that waits separately; jobs still locked afterwards are queued again behind the
   * others.
   */
  async #runLocked(jobs: PostingJob[]): Promise<void> {
    const [{ clientAccountId }] = jobs as [PostingJob];
    const wanted = jobs.filter((job) => this.#queue.isWanted(job));
    const still = wanted.length > 0 ? await this.#attempt(wanted, this.#lockTryMillis) : [];
    this.#trying--;
    if (still.length > 0) this.#locked.push(still);
    else this.#busy.delete(clientAccountId);
    this.#tryLocked();
    if (!this.#queue.isEmpty) this.#schedule();
  }

  /** Settles the jobs, except those whose head or other rows are locked by another transaction: these are returned. */
  async #attempt(batch: PostingJob[], waitMillis?: number): Promise<PostingJob[]> {
    let posted: PostedBatch;
    try {
      posted = await runPostingBatch(this.#database, this.#masters, batch, waitMillis);
    } catch (error) {
      for (const job of batch) this.#masters.forget(job.clientAccountId);
      if (isLockTimeout(error)) return batch;
      // The entries may be in the books, so posting again could post them twice. Retrying on an overloaded database
      // does not help either.
      if (error instanceof OutcomeUnknown || isBusy(error)) {
        for (const job of batch) this.#reject(job, error);
        return [];
      }
      if (batch.length === 1) {
        const job = batch[0];
        assert(job, 'a batch of one has one job');
        if (job.retries-- > 0 && isPassing(error)) return this.#attempt(batch, waitMillis);
        this.#reject(job, error);
        return [];
      }
      // A fault of one job that only the database detected: run each job in its own transaction, so that only the
      // faulty one fails.
      const locked: PostingJob[] = [];
      for (const job of batch) locked.push(...(await this.#attempt([job], waitMillis)));
      return locked;
    }
    const locked = new Set(posted.locked);
    for (const job of batch) if (!locked.has(job)) this.#queue.leave(job);
    posted.settle();
    return posted.locked;
  }

  #reject(job: PostingJob, error: unknown): void {
    this.#queue.leave(job);
    job.reject(error);
  }
}

function groupByAccount(jobs: readonly PostingJob[]): Map<number, PostingJob[]> {
  const groups = new Map<number, PostingJob[]>();
  for (const job of jobs) {
    const own = groups.get(job.clientAccountId);
    if (own) own.push(job);
    else groups.set(job.clientAccountId, [job]);
  }
  return groups;
}

/**
 * Two nodes that block each other, or two concurrent requests with one new key: the second attempt sees the first one's
 * result.
 */
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
