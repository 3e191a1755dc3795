import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';

/** From now on the software serves the company: an administrator of it has ordered or configured with its key. */
export async function linkVendor(
  tx: Transaction,
  { vendorKeyId, clientAccountId, now }: { vendorKeyId: number | null; clientAccountId: number; now: Date },
): Promise<void> {
  if (vendorKeyId === null) return;
  await tx.execute(sql`
    insert into consumer_invoicing_vendor_companies (vendor_key_id, company_id, linked_at)
    values (${vendorKeyId}, ${clientAccountId}, ${now}) on conflict do nothing`);
}
