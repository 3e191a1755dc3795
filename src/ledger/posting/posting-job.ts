import type { Clock } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AppError } from '../../platform/errors.ts';
import type { IdempotencyKey, Outcome } from '../../platform/operation.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
import type { Masters } from '../masters.ts';
import type { NewEntry } from '../entries/new-entry.ts';
import type { NumberedEntry } from './posting-write.ts';

/** What to post: a new entry, or one derived from a posted one (a cancellation). */
export type Posting = { kind: 'input'; input: NewEntry; source: string } | { kind: 'prepared'; entry: PreparedEntry };

export type PostingResult = { entry: NumberedEntry; error?: undefined } | { entry?: undefined; error: AppError };

/** One caller's request: entries of one client account that are accepted together or each separately. */
export interface PostingJob {
  clientAccountId: number;
  userId: number;
  operation: string;
  requestId: string | undefined;
  key: IdempotencyKey | undefined;
  /**
   * Reads them from the input at each call where that is cheap. A job that waits keeps its input alone: what is read for a
   * batch is gone with the batch, before the garbage collection copies it twice.
   */
  postings(): readonly Posting[];
  size: number;
  /** True: one refused entry refuses all of them. */
  together: boolean;
  clock: Clock;
  retries: number;
  /** Whether the caller has disconnected: a job that has not begun is then dropped. */
  hasLeft?: (() => boolean) | undefined;
  companion?: Companion | undefined;
  /** Builds the response, which is returned and stored under the idempotency key. */
  answer(results: PostingResult[]): unknown;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

/** A job in a batch, with its entries as read for it. */
export interface AskedJob {
  job: PostingJob;
  postings: readonly Posting[];
}

/** The record that the entries of a job belong to. */
export interface Companion {
  /** Companions of the same kind and client account are written by one call. */
  kind: object;
  /**
   * Writes the records of several jobs, in the same transaction, after the entries and under the row lock of the client
   * account. An AppError refuses the entries too. May be called again if the transaction has to be repeated.
   */
  writeAll(tx: Transaction, members: readonly CompanionMember[]): Promise<void>;
}

export interface CompanionMember {
  companion: Companion;
  results: PostingResult[];
}

/** The client account's head row under its lock: the next numbers and the limits that a posting must obey. */
export interface Head {
  client_account_id: number;
  next_id: number;
  last_posting_no: number;
  /** Time of the last posting, null before the first. No later posting gets an earlier time. */
  last_posted_at: Date | null;
  locked_until: LocalDate | null;
  masters_version: number;
  /** Øre: the total debit of all entries. */
  turnover: number;
}

export interface Accepted extends AskedJob {
  head: Head;
  masters: Masters;
  /** Per posting: the entry to write, or the error that refuses it. */
  results: (PreparedEntry | AppError)[];
}
