import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';

/** Add-ons that a client account may order in addition to its plan. */
export const ADD_ONS = ['BANK_INTEGRATION'] as const;
export type AddOn = (typeof ADD_ONS)[number];

/** Orders the add-on; an existing order stays unchanged. Returns whether it is new. */
export async function addAddOn(
  tx: Transaction,
  clientAccountId: number,
  code: AddOn,
  { now, userId }: { now: Date; userId: number },
): Promise<boolean> {
  const added = await tx.execute(sql`
    insert into billing_add_ons (client_account_id, code, added_at, added_by_id)
    values (${clientAccountId}, ${code}, ${now}, ${userId}) on conflict do nothing`);
  return added > 0;
}

/** Ends the order of the add-on. Returns whether there was one. */
export async function removeAddOn(tx: Transaction, clientAccountId: number, code: AddOn): Promise<boolean> {
  const removed = await tx.execute(sql`
    delete from billing_add_ons where client_account_id = ${clientAccountId} and code = ${code}`);
  return removed > 0;
}
