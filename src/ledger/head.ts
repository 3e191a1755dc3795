import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import { recordId } from '../kernel/ids.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Head } from './posting/posting-job.ts';
import { LOCK_HEADS } from './posting/posting-statements.ts';

/** Takes `count` consecutive record ids of the client account and returns the first. Rolled back with the transaction. */
export async function takeIds(tx: Transaction, clientAccountId: number, count = 1): Promise<number> {
  const [head] = await tx.prepared<{ first: number }>(
    'take-ids',
    sql`
      update client_account_heads set next_id = next_id + ${count}::bigint
      where client_account_id = ${clientAccountId}
      returning next_id - ${count}::bigint as first`,
  );
  assert(head, `client account ${clientAccountId} has no head`);
  return recordId(clientAccountId, head.first);
}

/**
 * Records that accounts, VAT codes or other masters that postings depend on have changed. Every node with a cached copy
 * notices at its next posting, because a posting reads the version under the same row lock.
 */
export async function mastersChanged(tx: Transaction, clientAccountId: number): Promise<void> {
  await tx.execute(sql`
    update client_account_heads set masters_version = masters_version + 1 where client_account_id = ${clientAccountId}`);
}

/**
 * Locks a client account's books: only the transaction that holds the lock posts there, until it ends. All state of the
 * books that a posting depends on is read after it. No file store, network or hashing while it is held.
 */
export async function lockBooks(tx: Transaction, clientAccountId: number): Promise<Head> {
  const [head] = await tx.named<Head>('lock-heads', LOCK_HEADS, [`{${clientAccountId}}`]);
  assert(head, `client account ${clientAccountId} has no ledger`);
  return head;
}

/**
 * The time of a posting, under the lock: now, or that of the last posting if a clock was ahead of this one. The times of one
 * client account thus follow the order of the posting numbers.
 */
export function postingTime(now: Date, last: Date | null): Date {
  return last !== null && last > now ? last : now;
}
