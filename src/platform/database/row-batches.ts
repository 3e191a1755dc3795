import Cursor from 'pg-cursor';
import sql from 'sql-template-tag';
import type { Transaction } from './pool.ts';

/**
 * Reads the rows of a query in batches, through a cursor of the transaction's snapshot, because they may not fit in
 * memory. For the database it is one statement that lasts as long as the reader takes: it gets the longer limit, and so
 * do the statements after it.
 */
export async function* rowBatches<R>(
  tx: Transaction,
  { text, values }: { text: string; values: unknown[] },
  atOnce: number,
): AsyncGenerator<R[]> {
  await tx.execute(sql`select set_config('statement_timeout', ${`${tx.lastingSeconds}s`}, true)`);
  const cursor = tx.client.query(new Cursor<R>(text, values));
  try {
    for (;;) {
      const rows = await cursor.read(atOnce);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await cursor.close();
  }
}
