import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { entryHashes } from './chain-entry-hash.ts';
import { blockHash, GENESIS } from './chain-seal.ts';

interface Block {
  block_no: number;
  first_posting_no: number;
  last_posting_no: number;
  entry_hashes: Buffer[];
  previous_hash: Buffer;
  hash: Buffer;
}

/**
 * Recomputes every block from the current entries; reports each entry whose contents differ from what was sealed (B12).
 */
export async function verifyChain(tx: Transaction, clientAccountId: number): Promise<string[]> {
  const findings: string[] = [];
  let previous: Buffer = GENESIS;
  let expectedFirst = 1;
  for (let blockNo = 1; ; blockNo++) {
    const block = await tx.maybe<Block>(sql`
      select block_no, first_posting_no, last_posting_no, entry_hashes, previous_hash, hash
      from chain_blocks where client_account_id = ${clientAccountId} and block_no = ${blockNo}`);
    if (!block) break;
    if (block.first_posting_no !== expectedFirst)
      findings.push(`block ${blockNo} begins at posting ${block.first_posting_no}, expected ${expectedFirst}`);
    if (!block.previous_hash.equals(previous)) findings.push(`block ${blockNo} does not continue the block before it`);
    if (!blockHash(block.previous_hash, block.entry_hashes).equals(block.hash))
      findings.push(`block ${blockNo}: its hash is not that of its contents`);
    findings.push(...(await changedEntries(tx, clientAccountId, block)));
    previous = block.hash;
    expectedFirst = block.last_posting_no + 1;
  }
  const later = await tx.maybe<{ block_no: number }>(sql`
    select block_no from chain_blocks where client_account_id = ${clientAccountId} and first_posting_no >= ${expectedFirst} limit 1`);
  if (later) findings.push(`a block before block ${later.block_no} is missing`);
  return findings;
}

async function changedEntries(tx: Transaction, clientAccountId: number, block: Block): Promise<string[]> {
  const rows = await tx.rows<{ posting_no: number; entry_id: number; hash: Buffer }>(
    entryHashes(clientAccountId, block.first_posting_no, block.last_posting_no),
  );
  const found = new Map(rows.map((row) => [row.posting_no, row]));
  return block.entry_hashes.flatMap((sealed, i) => {
    const postingNo = block.first_posting_no + i;
    const entry = found.get(postingNo);
    if (!entry) return [`posting ${postingNo} was sealed in block ${block.block_no} and is gone`];
    return entry.hash.equals(sealed)
      ? []
      : [`entry ${entry.entry_id} was changed after it was sealed in block ${block.block_no}`];
  });
}
