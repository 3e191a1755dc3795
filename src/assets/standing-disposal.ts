import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Context } from '../platform/operation.ts';

/** A disposal whose entry is valid; cancelling the entry undoes it. */
export interface StandingDisposal {
  id: number;
  disposed_on: LocalDate;
  journal_entry_id: number;
}

export function standingDisposal(
  tx: Transaction,
  clientAccountId: number,
  assetId: number,
): Promise<(StandingDisposal & Record<string, string | number>) | undefined> {
  return tx.maybe(sql`
    select id, disposed_on, entry_id as journal_entry_id from standing_disposals
    where client_account_id = ${clientAccountId} and asset_id = ${assetId}`);
}

/** Records that the asset changed, and creates the register record of one from imported books. */
export async function touchAsset(
  { tx, clientAccountId, caller, now }: Pick<Context, 'tx' | 'clientAccountId' | 'caller' | 'now'>,
  assetId: number,
): Promise<void> {
  await tx.execute(sql`
    insert into assets (client_account_id, id) values (${clientAccountId}, ${assetId})
    on conflict (client_account_id, id) do update set version = assets.version + 1`);
  await tx.execute(sql`
    update dimension_values set updated_at = ${now}, updated_by_id = ${caller.userId}
    where client_account_id = ${clientAccountId} and id = ${assetId}`);
}
