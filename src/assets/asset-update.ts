import sql from 'sql-template-tag';
import { mastersChanged } from '../ledger/index.ts';
import { refuseOpenBalances } from '../masters/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { assignments } from '../platform/database/columns.ts';
import { sqlState, type Transaction } from '../platform/database/pool.ts';
import { requestErrors } from '../platform/errors.ts';
import { type Context, writeOperation } from '../platform/operation.ts';
import {
  type AssetChanges,
  type AssetRow,
  type AssetView,
  findAsset,
  registerColumns,
  requireOrder,
  viewOf,
} from './asset.ts';
import { assetClass } from './asset-class.ts';
import { assetErrors } from './errors.ts';
import { standingDisposal } from './standing-disposal.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** Locks the asset for a change. Throws 404, and 409 while another change of it is under way. */
export async function lockAsset(
  { tx, clientAccountId }: Pick<Context, 'tx' | 'clientAccountId'>,
  id: number,
): Promise<AssetRow> {
  try {
    return await findAsset(tx, clientAccountId, id, { lock: true });
  } catch (error) {
    if (sqlState(error) === LOCK_NOT_AVAILABLE) throw requestErrors.concurrent_change();
    throw error;
  }
}

/**
 * Changes the given fields; what is left out stays. Putting it out of use needs accounts without a balance on it.
 * Errors: masters.has_balance, assets.retired_before_acquired, assets.class_has_no_property, 409.
 */
export async function changeAsset(context: Context, id: number, changes: AssetChanges): Promise<AssetView> {
  const { tx, clientAccountId, caller, now } = context;
  const before = await lockAsset(context, id);
  // A change of use concerns postings: under the row lock of the client account, before balances are read.
  if (changes.is_active !== undefined) await mastersChanged(tx, clientAccountId);
  if (changes.is_active === false && before.is_active)
    await refuseOpenBalances(tx, clientAccountId, 'asset', id, { nb: 'eiendelen', en: 'asset' });
  const register = registerColumns(changes);
  if (changes.retirement_date !== undefined && changes.retirement_date !== before.retirement_date) {
    const disposal = await standingDisposal(tx, clientAccountId, id);
    if (disposal) throw assetErrors.is_disposed(disposal);
  }
  const given = Object.fromEntries(Object.entries(register).filter(([, value]) => value !== undefined));
  const after = { ...before, ...given };
  requireOrder(after);
  if (before.external_id !== null && !(after.asset_class && assetClass(after.asset_class)?.isRealEstate))
    throw assetErrors.class_has_no_property({ asset_class: after.asset_class });
  await requireDepreciable(tx, clientAccountId, before, after.asset_class);
  await tx.execute(sql`
    update dimension_values set ${assignments({
      name: changes.name?.trim(),
      autonomy_level: changes.autonomy_level,
      is_active: changes.is_active,
      updated_at: now,
      updated_by_id: caller.userId,
    })}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  await tx.execute(sql`
    insert into assets (client_account_id, id) values (${clientAccountId}, ${id}) on conflict do nothing`);
  await tx.execute(sql`
    update assets set version = version + 1 ${Object.keys(given).length > 0 ? sql`, ${assignments(given)}` : sql``}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  const changed = viewOf(await findAsset(tx, clientAccountId, id));
  context.audit({ recordType: 'asset', recordId: id, before: viewOf(before), after: changed });
  return changed;
}

/** What was depreciated, or has a plan of its own for it, stays in a class with accounts for that. */
async function requireDepreciable(
  tx: Transaction,
  clientAccountId: number,
  { id, asset_class: before }: { id: number; asset_class: string | null },
  after: string | null,
): Promise<void> {
  if (after === null || after === before || assetClass(after)?.method !== 'none') return;
  const isDepreciated = await tx.maybe(sql`
    select 1 where exists (
      select from asset_plans where client_account_id = ${clientAccountId} and asset_id = ${id} and method <> 'none')
    or exists (
      select from depreciation_run_assets
      where client_account_id = ${clientAccountId} and asset_id = ${id} and outcome = 'posted')`);
  if (isDepreciated) throw assetErrors.class_not_depreciated({ asset_class: after });
}

export const updateAsset = writeOperation({
  name: 'asset.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; changes: AssetChanges }) => changeAsset(context, input.id, input.changes),
});
