import sql from 'sql-template-tag';
import type { Transaction } from './pool.ts';

/**
 * Reads in which large sets meet. The planner multiplies what it believes of the wall with what it believes of the client
 * account named beside it, expects a handful of rows, and then looks through one set once for each row of the other: minutes
 * instead of a second. Without nested loops it hashes them.
 */
export async function wholeSets<T>(tx: Transaction, read: () => Promise<T>): Promise<T> {
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true)`);
  const found = await read();
  await tx.execute(sql`select set_config('enable_nestloop', 'on', true)`);
  return found;
}
