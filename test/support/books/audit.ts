import sql from 'sql-template-tag';
import type { Books } from './books.ts';

/** The audit log of a record, oldest first. */
export function auditOf(books: Books, recordId: number) {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ operation: string; user_id: number; before: object | null; after: object | null }>(sql`
      select operation, user_id, before, after from audit_log
      where client_account_id = ${books.clientAccountId} and record_id = ${recordId} order by id`),
  );
}
