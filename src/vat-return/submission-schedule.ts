import sql from 'sql-template-tag';
import type { Platform } from '../platform/operation.ts';

/** Client accounts looked through in one query. */
const CHUNK = 1_000;

/** Submissions that are due, of all client accounts: what a process that ended left, and what waits for its time. */
export async function dueSubmissions({
  database,
  clock,
}: Pick<Platform, 'database' | 'clock'>): Promise<{ clientAccountId: number; id: number }[]> {
  const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number }>(sql`select id from client_accounts where is_active order by id`),
  );
  const due: { clientAccountId: number; id: number }[] = [];
  for (let i = 0; i < accounts.length; i += CHUNK) {
    const ids = accounts.slice(i, i + CHUNK).map(({ id }) => id);
    const rows = await database.transaction({ clientAccounts: ids, mode: 'read' }, (tx) =>
      tx.rows<{ client_account_id: number; id: number }>(sql`
        select client_account_id, id from vat_submissions
        where client_account_id = any(${ids}::bigint[]) and next_at <= ${clock.now()}
        order by client_account_id, id`),
    );
    due.push(...rows.map((row) => ({ clientAccountId: row.client_account_id, id: row.id })));
  }
  return due;
}
