import sql from 'sql-template-tag';
import type { Database, Transaction } from '../../platform/database/pool.ts';

/** Client accounts processed in one transaction. */
const CHUNK = 1_000;

/** The results of `read` in all active client accounts, by ascending id: for scheduled rounds that search for work. */
export async function ofActiveClientAccounts<R>(
  database: Database,
  read: (tx: Transaction, ids: number[]) => Promise<R[]>,
): Promise<R[]> {
  const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select id from client_accounts where is_active order by id`),
  );
  const found: R[] = [];
  for (let i = 0; i < accounts.length; i += CHUNK) {
    const ids = accounts.slice(i, i + CHUNK).map(({ id }) => id);
    found.push(...(await database.transaction({ clientAccounts: ids, mode: 'read' }, (tx) => read(tx, ids))));
  }
  return found;
}
