import Cursor from 'pg-cursor';
import type { Transaction } from './pool.ts';

/** The rows of a query through a cursor of the transaction's snapshot, some at a time: memory does not hold them all. */
export async function* rowBatches<R>(
  tx: Transaction,
  { text, values }: { text: string; values: unknown[] },
  atOnce: number,
): AsyncGenerator<R[]> {
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
