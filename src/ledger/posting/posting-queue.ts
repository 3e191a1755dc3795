import { busy } from '../../platform/database/limits.ts';
import type { PostingJob } from './posting-job.ts';

export interface QueueLimits {
  /** Entries that may wait or be under way, in all and of one client account; what comes on top is refused. */
  entries: number;
  entriesOfOne: number;
  /** The longest wait until a posting is begun. */
  patienceMillis: number;
}

/** Entries that share one transaction at most; more would make the first ones wait for the last. */
const LARGEST_BATCH = 256;

/** Milliseconds from any fixed moment, never backwards. */
export type Stopwatch = () => number;

/** Postings that wait for their turn, in order of arrival. What is taken in is settled by `leave`, once. */
export class PostingQueue {
  readonly #limits: QueueLimits;
  readonly #now: Stopwatch;
  #jobs: PostingJob[] = [];
  /** By when each job that was taken in must have begun. */
  readonly #deadlines = new Map<PostingJob, number>();
  readonly #entriesOf = new Map<number, number>();
  #entries = 0;

  constructor(limits: QueueLimits, now: Stopwatch) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Takes the job in, or refuses it (`request.busy`) where too much waits. */
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

  /** Entries that wait for their turn. */
  get waiting(): number {
    let waiting = 0;
    for (const job of this.#jobs) waiting += job.size;
    return waiting;
  }

  get isEmpty(): boolean {
    return this.#jobs.length === 0;
  }

  /** Until the oldest that waits for its turn is refused. */
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

  /** False, and the job settled, when it waited for too long or its caller has left: it is not begun. */
  isWanted(job: PostingJob): boolean {
    if (this.#now() < this.#deadlines.get(job)! && !job.hasLeft?.()) return true;
    this.leave(job);
    job.reject(busy());
    return false;
  }

  /** Settles those that are not wanted any more. */
  sweep(): void {
    this.#jobs = this.#jobs.filter((job) => this.isWanted(job));
  }

  /**
   * In order of arrival; a client account is in one batch at a time, so all its entries go along; an idempotency key
   * once in a batch. `share`: entries that the batch is to have; `isBusy`: client accounts that have to wait.
   */
  next(share: number, isBusy: (clientAccountId: number) => boolean): PostingJob[] {
    const batch: PostingJob[] = [];
    const rest: PostingJob[] = [];
    const keys = new Set<string>();
    // A client account that has to wait keeps all its jobs waiting, so that they stay in order.
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
