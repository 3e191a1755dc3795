import sql from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';
import type { Log } from '../platform/operation.ts';
import { foldBalances } from './balances-fold.ts';
import { sealNextBlock } from './chain-seal.ts';
import { foldVat } from './vat-fold.ts';

/** Client accounts looked through in one query. */
const CHUNK = 1_000;

/**
 * Does after postings what postings do not wait for: folds balance deltas and VAT, and seals the hash chain. Any number of nodes
 * may run it; what one has done another finds done.
 */
export class LedgerWorker {
  readonly #database: Database;
  readonly #log: Log;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(options: { database: Database; log: Log; everyMs?: number }) {
    this.#database = options.database;
    this.#log = options.log;
    this.#everyMs = options.everyMs ?? 1_000;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.runOnce()
        .then(
          () => {},
          (error: unknown) => this.#log.error({ err: error }, 'ledger worker'),
        )
        .finally(() => {
          if (!this.#stopped) this.start();
        });
    }, this.#everyMs);
    this.#timer.unref();
  }

  /** Ends after the step under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Everything there is to do now. Returns what was done. */
  async runOnce(): Promise<{ folded: number; sealed: number; vat: number }> {
    const done = { folded: 0, sealed: 0, vat: 0 };
    const ids = await this.#database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ id: number }>(sql`select id from client_accounts order by id`),
    );
    for (let i = 0; i < ids.length && !this.#stopped; i += CHUNK) {
      const chunk = ids.slice(i, i + CHUNK).map(({ id }) => id);
      for (const { id, deltas, entries, vat } of await this.#pending(chunk)) {
        if (this.#stopped) break;
        if (deltas) done.folded += await this.#repeat(id, foldBalances);
        if (vat) done.vat += await this.#repeat(id, foldVat);
        if (entries) done.sealed += await this.#repeat(id, sealNextBlock);
      }
    }
    return done;
  }

  #pending(ids: number[]): Promise<{ id: number; deltas: boolean; entries: boolean; vat: boolean }[]> {
    return this.#database.transaction({ clientAccounts: ids, mode: 'read' }, (tx) =>
      tx.rows(sql`
        select id, deltas, entries, vat from (
          select h.client_account_id as id,
            exists (select 1 from balance_deltas d where d.client_account_id = h.client_account_id) as deltas,
            h.last_posting_no > coalesce((select b.last_posting_no from chain_blocks b
              where b.client_account_id = h.client_account_id order by b.block_no desc limit 1), 0) as entries,
            h.last_posting_no > coalesce((select v.posting_no from vat_folds v
              where v.client_account_id = h.client_account_id), 0) as vat
          from client_account_heads h where h.client_account_id = any(${ids})) p
        where deltas or entries or vat`),
    );
  }

  async #repeat(id: number, step: typeof foldBalances): Promise<number> {
    let total = 0;
    for (;;) {
      const done = await this.#database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) => step(tx, id));
      total += done;
      if (done === 0 || this.#stopped) return total;
    }
  }
}
