import sql from 'sql-template-tag';
import type { Transaction } from './pool.ts';

/**
 * For reads that join large sets. The planner multiplies the selectivity of the row level security policy with that of
 * the client account in the query, expects a handful of rows, and then scans one set once for each row of the other:
 * minutes instead of a second. Without nested loops it uses hash joins.
 */
export async function wholeSets<T>(tx: Transaction, read: () => Promise<T>): Promise<T> {
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true)`);
  const found = await read();
  await tx.execute(sql`select set_config('enable_nestloop', 'on', true)`);
  return found;
}
