import type { Clock } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AppError } from '../../platform/errors.ts';
import type { IdempotencyKey, Outcome } from '../../platform/operation.ts';
import type { PreparedEntry } from '../entries/entry-check.ts';
import type { Masters } from '../masters.ts';
import type { NewEntry } from '../entries/new-entry.ts';
import type { NumberedEntry } from './posting-write.ts';

/** What is to be posted: a new entry, or one that was derived from a posted one (a cancellation). */
export type Posting = { kind: 'input'; input: NewEntry; source: string } | { kind: 'prepared'; entry: PreparedEntry };

export type PostingResult = { entry: NumberedEntry; error?: undefined } | { entry?: undefined; error: AppError };

/** One caller's request: entries of one client account that stand or fall together, or each for itself. */
export interface PostingJob {
  clientAccountId: number;
  userId: number;
  operation: string;
  requestId: string | undefined;
  key: IdempotencyKey | undefined;
  postings: Posting[];
  size: number;
  /** True: one refused entry refuses all. */
  together: boolean;
  clock: Clock;
  retries: number;
  /** Whether the caller has gone: what was not begun is then left undone. */
  hasLeft?: (() => boolean) | undefined;
  /**
   * What is written in the same transaction as the entries, after them and under the row lock of the client account:
   * the record of which they are the posting. Refusing (an AppError) refuses the entries with it. May be called again
   * when the transaction has to be repeated.
   */
  alongside?: ((tx: Transaction, results: PostingResult[]) => Promise<void>) | undefined;
  /** Makes the answer that is returned, and kept under the idempotency key. */
  answer(results: PostingResult[]): unknown;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

/** The client account's row under its lock: what the next posting takes, and what it must obey. */
export interface Head {
  client_account_id: number;
  next_id: number;
  last_posting_no: number;
  /** Of the last posting, null before the first. No later posting is stamped earlier. */
  last_posted_at: Date | null;
  locked_until: LocalDate | null;
  masters_version: number;
  /** Øre: the debit of all entries. */
  turnover: number;
}

export interface Accepted {
  job: PostingJob;
  head: Head;
  masters: Masters;
  /** Per posting: the entry to write, or why it is refused. */
  results: (PreparedEntry | AppError)[];
}
