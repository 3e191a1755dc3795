import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { Transaction } from './pool.ts';

/** Transactions a second that count as busy. A node without callers ends about ten, looking for work. */
const BUSY = 60;
const LOOK_EVERY_MILLIS = 1_000;
/** Longest pause: the transaction that gives way holds the lock of its own books. */
const LONGEST_MILLIS = 500;

interface Time {
  /** Milliseconds, monotonic. */
  now(): number;
  sleep(millis: number): Promise<unknown>;
}

/**
 * Lets a long transaction of many statements give way to short ones: while other connections, of whatever node, end many
 * transactions, it pauses after each piece of work for as long as that took.
 */
export class GiveWay {
  readonly #tx: Pick<Transaction, 'one'>;
  readonly #time: Time;
  #isLooking = false;
  #lookedAt: number | undefined;
  #ended = 0;
  #isBusy = false;

  constructor(tx: Pick<Transaction, 'one'>, time: Time = { now: () => performance.now(), sleep }) {
    this.#tx = tx;
    this.#time = time;
  }

  /**
   * Whether others were busy when last looked. Looks again once a second, without waiting for the answer: it comes behind the
   * statements that are under way.
   */
  isAsked(): boolean {
    const isDue = this.#lookedAt === undefined || this.#time.now() - this.#lookedAt >= LOOK_EVERY_MILLIS;
    if (isDue && !this.#isLooking) void this.#look();
    return this.#isBusy;
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      // Within a transaction, statistics are kept from their first reading unless the snapshot is cleared.
      const { ended } = await this.#tx.one<{ ended: number }>(sql`
        select pg_stat_clear_snapshot(), xact_commit as ended from pg_stat_database where datname = current_database()`);
      const now = this.#time.now();
      if (this.#lookedAt !== undefined) this.#isBusy = ((ended - this.#ended) * 1000) / (now - this.#lookedAt) > BUSY;
      [this.#ended, this.#lookedAt] = [ended, now];
    } catch {
      // The transaction has failed: whoever awaits its statements learns why.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Waits for as long as the piece of work took, which began at the time given by `now`. */
  async pause(begun: number): Promise<void> {
    await this.#time.sleep(Math.min(this.#time.now() - begun, LONGEST_MILLIS));
  }

  now(): number {
    return this.#time.now();
  }
}
