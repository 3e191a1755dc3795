import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { mastersChanged, readFiscalCalendar } from '../ledger/index.ts';
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
import { readAssetBooks } from './depreciation/asset-books.ts';
import { planQuestion, readOwnPlans } from './depreciation/asset-plan.ts';
import { firstOpenMonth } from './depreciation/first-open-month.ts';
import { monthNumber, yearOfCalendar } from './depreciation/month.ts';
import { depreciationPlan, type PlannedMonth } from './depreciation/plan.ts';
import { assetErrors } from './errors.ts';
import { standingDisposal } from './standing-disposal.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** Locks the asset for a change. Throws 404, and 409 while it is being changed by another request. */
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
 * Changes the given fields; omitted fields stay. Deactivation requires accounts without a balance on the asset. Class
 * and dates apply from a month on: a change that would rewrite depreciated or locked months is refused, naming the
 * first possible month, unless the caller says how to treat those months. Errors: masters.has_balance,
 * assets.retired_before_acquired, assets.class_has_no_property, assets.change_in_the_past, 409.
 */
export async function changeAsset(context: Context, id: number, changes: AssetChanges): Promise<AssetView> {
  const { tx, clientAccountId, caller, now } = context;
  const before = await lockAsset(context, id);
  // Activation affects postings: take the row lock of the client account before balances are read.
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
  const restart = await restartOf(context, before, after, changes.earlier_months);
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
  const set = restart === undefined ? given : { ...given, plan_restarts_on: restart };
  await tx.execute(sql`
    update assets set version = version + 1 ${Object.keys(set).length > 0 ? sql`, ${assignments(set)}` : sql``}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  const changed = viewOf(await findAsset(tx, clientAccountId, id));
  context.audit({ recordType: 'asset', recordId: id, before: viewOf(before), after: changed });
  return changed;
}

/**
 * The first day of the month from which the changed values apply, so that earlier months stay; null if they apply to
 * all months, undefined if that makes no difference. Throws 400 if the caller must specify it.
 */
async function restartOf(
  { tx, clientAccountId }: Context,
  before: AssetRow,
  after: AssetRow,
  earlierMonths: AssetChanges['earlier_months'],
): Promise<LocalDate | null | undefined> {
  const same = (['asset_class', 'acquisition_date', 'retirement_date'] as const).every(
    (key) => before[key] === after[key],
  );
  if (same) return undefined;
  if (earlierMonths === 'correct') return null;
  const books = (await readAssetBooks(tx, clientAccountId, [before.id])).get(before.id);
  const earliest = books ? await firstOpenMonth(tx, clientAccountId, books) : null;
  if (!books || earliest === null) return undefined;
  const own = (await readOwnPlans(tx, clientAccountId, [before.id])).get(before.id) ?? [];
  const yearOf = yearOfCalendar(await readFiscalCalendar(tx, clientAccountId));
  const last = monthNumber(earliest) - 1;
  const planned = (asset: AssetRow) => {
    const question = planQuestion({ asset, books, own, yearOf }, last);
    return typeof question === 'string' ? null : depreciationOf(depreciationPlan(question));
  };
  const [was, is] = [planned(before), planned(after)];
  if (was === null || was === is) return undefined;
  if (earlierMonths === 'keep') return earliest;
  throw assetErrors.change_in_the_past({ earliest });
}

/** The depreciation by month, as a comparable text. */
function depreciationOf(plan: readonly PlannedMonth[]): string {
  return plan
    .filter(({ depreciation }) => depreciation !== 0n)
    .map(({ month, depreciation }) => `${month}:${depreciation}`)
    .join(' ');
}

/** An asset that was depreciated, or has its own plan, stays in a class with depreciation accounts. */
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
