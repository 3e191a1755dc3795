import { MATCHING_CHECKS } from '../../src/banking/matching/verify-matching.ts';
import { verifyBooks } from '../../src/ledger/index.ts';
import { read } from './bank.ts';
import type { Books } from './books.ts';

/** What `verify` finds in the books of a test, the bank's side included. */
export async function findings(books: Books): Promise<string[]> {
  const ledger = await verifyBooks(books.platform.database, books.clientAccountId);
  const bank = await read(books, async (tx) => {
    const found: string[] = [];
    for (const [, check] of MATCHING_CHECKS) found.push(...(await check(tx, books.clientAccountId)));
    return found;
  });
  return [...ledger.map(({ message }) => message), ...bank];
}
