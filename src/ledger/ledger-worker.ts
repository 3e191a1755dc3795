import sql from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';
import { foldBalances } from './balances-fold.ts';
import { sealNextBlock } from './proof/chain-seal.ts';
import { foldVat } from './vat/vat-fold.ts';

/** Counts of what was folded and sealed: balance deltas, entries, VAT lines. */
export interface Finished {
  folded: number;
  sealed: number;
  vat: number;
}

/**
 * Client accounts with an id above the given one whose postings are unfinished, ascending, up to a limit; one query for
 * all of them. `thorough` also finds those left behind only by a process that died midway.
 */
export async function clientAccountsToFinish(
  database: Database,
  { beyond, most, thorough }: { beyond: number; most: number; thorough: boolean },
): Promise<number[]> {
  const rows = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select client_accounts_to_fold(${beyond}, ${most}, ${thorough}) as id`),
  );
  return rows.map(({ id }) => id);
}

/**
 * Does the work that postings defer: folds VAT, seals the hash chain and folds balance deltas. Work done by another
 * node is skipped. Stops between two steps when the signal is set.
 */
export async function finishPostings(
  database: Database,
  clientAccountId: number,
  signal?: AbortSignal,
): Promise<Finished> {
  const repeat = async (step: typeof foldBalances): Promise<number> => {
    for (let total = 0; ;) {
      const done = await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
        step(tx, clientAccountId),
      );
      total += done;
      if (done === 0 || signal?.aborted) return total;
    }
  };
  // Deltas last: unfinished postings are found by them.
  return { vat: await repeat(foldVat), sealed: await repeat(sealNextBlock), folded: await repeat(foldBalances) };
}

/** Finishes all postings, one client account after the other. For programs without a queue, and tests. */
export async function finishAllPostings(database: Database): Promise<Finished> {
  const done = { folded: 0, sealed: 0, vat: 0 };
  for (const id of await clientAccountsToFinish(database, { beyond: 0, most: 4_194_304, thorough: true })) {
    const { folded, sealed, vat } = await finishPostings(database, id);
    done.folded += folded;
    done.sealed += sealed;
    done.vat += vat;
  }
  return done;
}
