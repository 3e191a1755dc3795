import sql from 'sql-template-tag';
import { addDays, addMonths, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AssetBooks } from './asset-books.ts';
import { firstDay } from './month.ts';

/** The first month of an asset that is neither depreciated nor locked; null where it has never been depreciated. */
export async function firstOpenMonth(
  tx: Transaction,
  clientAccountId: number,
  books: AssetBooks | undefined,
): Promise<LocalDate | null> {
  if (!books || books.charges.size === 0) return null;
  const afterRun = addMonths(firstDay(Math.max(...books.charges.keys())), 1);
  const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(
    sql`select locked_until from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const afterLock = locked_until === null ? afterRun : startOfMonth(addDays(locked_until, 1));
  return afterRun > afterLock ? afterRun : afterLock;
}
