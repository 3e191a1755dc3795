import { verifyMatching } from '../../../src/banking/index.ts';
import { verifyBooks } from '../../../src/ledger/index.ts';
import type { Books } from '../books/books.ts';

/** The findings of `verify` in the books of a test, including the bank's side. */
export async function findings({ platform, clientAccountId }: Books): Promise<string[]> {
  const ledger = await verifyBooks(platform.database, clientAccountId);
  const bank = await verifyMatching(platform.database, clientAccountId);
  return [...ledger, ...bank].map(({ message }) => message);
}
