import sql from 'sql-template-tag';
import { recordId } from '../kernel/ids.ts';
import type { Transaction } from '../platform/database/pool.ts';

/** Takes `count` consecutive record ids of the client account and returns the first. Rolled back with the transaction. */
export async function takeIds(tx: Transaction, clientAccountId: number, count = 1): Promise<number> {
  const { first } = await tx.one<{ first: number }>(sql`
    update client_account_heads set next_id = next_id + ${count}
    where client_account_id = ${clientAccountId}
    returning next_id - ${count} as first`);
  return recordId(clientAccountId, first);
}

/**
 * Says that accounts, VAT codes or other masters that postings depend on have changed. Every node that holds a copy
 * notices at its next posting, because a posting reads the version under the same row lock.
 */
export async function mastersChanged(tx: Transaction, clientAccountId: number): Promise<void> {
  await tx.execute(sql`
    update client_account_heads set masters_version = masters_version + 1 where client_account_id = ${clientAccountId}`);
}
