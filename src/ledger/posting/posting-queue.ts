import { busy } from '../../platform/database/limits.ts';
import type { PostingJob } from './posting-job.ts';

export interface QueueLimits {
  /** Most entries that may wait or run, in total and per client account; more are refused. */
  entries: number;
  entriesOfOne: number;
  /** The longest wait until a posting starts. */
  patienceMillis: number;
}

/** Most entries in one transaction; with more, the first would wait for the last. */
const LARGEST_BATCH = 512;

/** Milliseconds from any fixed moment; never decreases. */
export type Stopwatch = () => number;

/** Postings in order of arrival. `leave` settles each accepted job once. */
export class PostingQueue {
  readonly #limits: QueueLimits;
  readonly #now: Stopwatch;
  #jobs: PostingJob[] = [];
  /** Latest start time of each accepted job. */
  readonly #deadlines = new Map<PostingJob, number>();
  readonly #entriesOf = new Map<number, number>();
  #entries = 0;

  constructor(limits: QueueLimits, now: Stopwatch) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Accepts the job, or refuses it (`request.busy`) if too many wait. */
  add(job: PostingJob): boolean {
    const own = (this.#entriesOf.get(job.clientAccountId) ?? 0) + job.size;
    if (this.#entries + job.size > this.#limits.entries || own > this.#limits.entriesOfOne) {
      job.reject(busy());
      return false;
    }
    this.#entries += job.size;
    this.#entriesOf.set(job.clientAccountId, own);
    this.#deadlines.set(job, this.#now() + this.#limits.patienceMillis);
    this.#jobs.push(job);
    return true;
  }

  /** Number of waiting entries. */
  get waiting(): number {
    let waiting = 0;
    for (const job of this.#jobs) waiting += job.size;
    return waiting;
  }

  get isEmpty(): boolean {
    return this.#jobs.length === 0;
  }

  /** Time until the oldest waiting job is refused. */
  get millisLeft(): number {
    const [oldest] = this.#jobs;
    return oldest ? Math.max(this.#deadlines.get(oldest)! - this.#now(), 0) : Number.POSITIVE_INFINITY;
  }

  /** The job is settled. */
  leave(job: PostingJob): void {
    if (!this.#deadlines.delete(job)) return;
    this.#entries -= job.size;
    const own = this.#entriesOf.get(job.clientAccountId)! - job.size;
    if (own > 0) this.#entriesOf.set(job.clientAccountId, own);
    else this.#entriesOf.delete(job.clientAccountId);
  }

  /** False, and the job settled, if it waited too long or its caller has disconnected: it is not started. */
  isWanted(job: PostingJob): boolean {
    if (this.#now() < this.#deadlines.get(job)! && !job.hasLeft?.()) return true;
    this.leave(job);
    job.reject(busy());
    return false;
  }

  /** Settles the jobs that are no longer wanted. */
  sweep(): void {
    this.#jobs = this.#jobs.filter((job) => this.isWanted(job));
  }

  /**
   * In order of arrival. A client account is in one batch at a time, with all its entries; an idempotency key occurs
   * once in a batch. `share`: the number of entries that the batch should have; `isBusy`: client accounts that have to
   * wait.
   */
  next(share: number, isBusy: (clientAccountId: number) => boolean): PostingJob[] {
    const batch: PostingJob[] = [];
    const rest: PostingJob[] = [];
    const keys = new Set<string>();
    // If a client account has to wait, all its jobs wait, so that they stay in order.
    const waiting = new Set<number>();
    const taken = new Set<number>();
    let entries = 0;
    for (const job of this.#jobs) {
      const { clientAccountId } = job;
      const key = job.key && `${job.key.userId} ${job.key.key}`;
      const most = taken.has(clientAccountId) ? LARGEST_BATCH : Math.min(share, LARGEST_BATCH);
      const fits = batch.length === 0 || entries + job.size <= most;
      if (!fits || isBusy(clientAccountId) || waiting.has(clientAccountId) || (key && keys.has(key))) {
        waiting.add(clientAccountId);
        rest.push(job);
        continue;
      }
      batch.push(job);
      taken.add(clientAccountId);
      entries += job.size;
      if (key) keys.add(key);
    }
    this.#jobs = rest;
    return batch;
  }
}
