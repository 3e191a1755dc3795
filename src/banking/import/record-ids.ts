import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';

const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 20_000;

/**
 * Ids for the rows of an import, in blocks that are taken in separate transactions: an import may take seconds, and every
 * posting of the client account waits for the row that assigns ids. A short import takes them in its own transaction, as a
 * posting does. Unused ids are dropped.
 */
export class RecordIds {
  readonly #database: Database;
  readonly #clientAccountId: number;
  readonly #own: Transaction | null;
  #next = 0;
  #end = 0;
  #size = FIRST_BLOCK;

  /** `own`: the transaction of a short import. */
  constructor(database: Database, clientAccountId: number, own: Transaction | null) {
    this.#database = database;
    this.#clientAccountId = clientAccountId;
    this.#own = own;
  }

  /** Must be called before `take`: at least this many ids are available then. The rest of the previous block is dropped. */
  async have(count: number): Promise<void> {
    if (this.#end - this.#next >= count) return;
    const size = Math.max(count, this.#size);
    this.#size = Math.min(LARGEST_BLOCK, this.#size * 4);
    this.#next = this.#own ? await takeIds(this.#own, this.#clientAccountId, size) : await this.#takeBeside(size);
    this.#end = this.#next + size;
  }

  #takeBeside(size: number): Promise<number> {
    return this.#database.transaction(
      { clientAccounts: [this.#clientAccountId], mode: 'write', besideLasting: true },
      async (tx) => {
        // The transaction that holds the row for so long may be waiting for this import.
        await tx.execute(sql`set local lock_timeout = '30s'`);
        return takeIds(tx, this.#clientAccountId, size);
      },
    );
  }

  take(): number {
    if (this.#next >= this.#end) throw new Error('ids were not asked for');
    return this.#next++;
  }
}
