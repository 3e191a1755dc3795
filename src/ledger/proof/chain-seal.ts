import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { entryHashes } from './chain-entry-hash.ts';

/** Most entries in one block. */
export const LARGEST_BLOCK = 1_000;

/** The hash before the first block. */
export const GENESIS = Buffer.alloc(32);

/** sha256(previous hash || entry hashes in order of posting). */
export function blockHash(previous: Buffer, entries: readonly Buffer[]): Buffer {
  const hash = createHash('sha256').update(previous);
  for (const entry of entries) hash.update(entry);
  return hash.digest();
}

/**
 * Seals the next block of posted entries, if any are unsealed. Runs after the postings and takes no lock that a posting
 * needs, so postings never wait for it. Returns the number of entries sealed; 0 also if another worker was first.
 */
export async function sealNextBlock(tx: Transaction, clientAccountId: number): Promise<number> {
  const last = await tx.maybe<{ block_no: number; last_posting_no: number; hash: Buffer }>(sql`
    select block_no, last_posting_no, hash from chain_blocks where client_account_id = ${clientAccountId}
    order by block_no desc limit 1`);
  const { posted } = await tx.one<{ posted: number }>(sql`
    select last_posting_no as posted from client_account_heads where client_account_id = ${clientAccountId}`);
  const first = (last?.last_posting_no ?? 0) + 1;
  const end = Math.min(posted, first + LARGEST_BLOCK - 1);
  if (end < first) return 0;
  const rows = await tx.rows<{ hash: Buffer }>(entryHashes(clientAccountId, first, end));
  // Posting numbers are assigned under the head's row lock, so all up to the committed head exist.
  assert(rows.length === end - first + 1, `client account ${clientAccountId} misses entries in ${first}..${end}`);
  const hashes = rows.map((row) => row.hash);
  const previous = last?.hash ?? GENESIS;
  return (await tx.execute(sql`
    insert into chain_blocks (client_account_id, block_no, first_posting_no, last_posting_no, entry_hashes, previous_hash, hash)
    values (${clientAccountId}, ${(last?.block_no ?? 0) + 1}, ${first}, ${end}, ${hashes}, ${previous}, ${blockHash(previous, hashes)})
    on conflict do nothing`)) === 1
    ? hashes.length
    : 0;
}
