import sql from 'sql-template-tag';
import type { Platform } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';

/** Submissions that are due, of all client accounts: those left by a dead process, and those whose time has come. */
export async function dueSubmissions({
  database,
  clock,
}: Pick<Platform, 'database' | 'clock'>): Promise<{ clientAccountId: number; id: number }[]> {
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ client_account_id: number; id: number }>(sql`
      select client_account_id, id from vat_submissions
      where client_account_id = any(${ids}::bigint[]) and next_at <= ${clock.now()}
      order by client_account_id, id`),
  );
  return due.map((row) => ({ clientAccountId: row.client_account_id, id: row.id }));
}
