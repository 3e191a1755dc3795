import sql from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';
import { foldBalances } from './balances-fold.ts';
import { sealNextBlock } from './proof/chain-seal.ts';
import { foldVat } from './vat/vat-fold.ts';

/** What was folded and sealed: balance deltas, entries, VAT lines. */
export interface Finished {
  folded: number;
  sealed: number;
  vat: number;
}

/**
 * Client accounts beyond the given one whose postings are not finished, ascending, at most so many. One look for all of
 * them. `thorough`: also those that only a process that ended in the middle leaves behind.
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
 * Does after postings what postings do not wait for: folds VAT, seals the hash chain and folds balance deltas. What
 * another node has done is found done. Ends between two steps when the signal is set.
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
  // The deltas last: they are what unfinished postings are found by.
  return { vat: await repeat(foldVat), sealed: await repeat(sealNextBlock), folded: await repeat(foldBalances) };
}

/** All that is to be finished now, one client account after the other. For programs without a queue, and tests. */
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
