import sql from 'sql-template-tag';
import { foldVat } from '../../../src/ledger/index.ts';
import type { Books } from './books.ts';

/** Adds all postings to the VAT sums, as the worker does, and returns their VAT notes. */
export async function vatFold({ platform, clientAccountId }: Books): Promise<{ entry_id: number; kind: string }[]> {
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    while ((await foldVat(tx, clientAccountId)) > 0);
    return tx.rows<{ entry_id: number; kind: string }>(sql`
      select entry_id, kind from vat_notes where client_account_id = ${clientAccountId} order by entry_id, kind`);
  });
}
