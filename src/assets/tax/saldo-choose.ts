import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { parseScaled } from '../../kernel/money.ts';
import { findAsset } from '../asset.ts';
import { ASSET_CLASSES, assetClass, type SaldoGroup } from '../asset-class.ts';
import { isPooled } from './saldo-year.ts';
import type { SaldoChoice } from './tax-depreciation.ts';

export interface ChooseSaldo extends Omit<SaldoChoice, 'assetId'> {
  /** Null for the pool, or the gain and loss account. */
  assetId: number | null;
}

/**
 * Sets a business's choices for a balance of a year: a lower rate than the maximum, immediate income recognition, full
 * deduction of a small balance; and facts outside the books: grants, adjusted VAT, the opening balance. Replaces
 * earlier choices for it. Throws 400.
 */
export const chooseSaldo = writeOperation({
  name: 'tax-depreciation.choose',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: ChooseSaldo) {
    const { group, assetId } = input;
    const pooled = group === 'gl' || isPooled(group);
    if (pooled !== (assetId === null))
      throw invalid([
        pooled
          ? problem(
              'asset_id',
              `must be left out: group ${group} is one balance`,
              `må utelates: gruppe ${group} er én saldo`,
            )
          : problem(
              'asset_id',
              `is required: group ${group} has a balance for each asset`,
              `må oppgis: gruppe ${group} har en saldo for hver eiendel`,
            ),
      ]);
    const most =
      group === 'gl'
        ? null
        : await maximumRate(group, async () => (await findAsset(tx, clientAccountId, assetId!)).asset_class);
    if (group !== 'gl' && most === null)
      throw invalid([problem('asset_id', `is no asset of group ${group}`, `er ingen eiendel i gruppe ${group}`)]);
    if (input.rate !== null && (most === null || parseScaled(input.rate, 4)! > parseScaled(most, 4)!))
      throw invalid([problem('rate', `can be ${most ?? '0'} at most`, `kan være høyst ${most ?? '0'}`)]);
    await tx.execute(sql`
      insert into saldo_choices (client_account_id, income_year, saldo_group, asset_id, opening_balance, rate,
        income_at_once, grants, vat_adjustment, deduct_small_balance, updated_at, updated_by_id)
      values (${clientAccountId}, ${input.year}, ${group}, ${assetId ?? 0}, ${input.opening}, ${input.rate},
        ${input.incomeAtOnce}, ${input.grants}, ${input.vatAdjustment}, ${input.deductSmallBalance}, ${now},
        ${caller.userId})
      on conflict (client_account_id, income_year, saldo_group, asset_id) do update set
        opening_balance = excluded.opening_balance, rate = excluded.rate, income_at_once = excluded.income_at_once,
        grants = excluded.grants, vat_adjustment = excluded.vat_adjustment,
        deduct_small_balance = excluded.deduct_small_balance, updated_at = excluded.updated_at,
        updated_by_id = excluded.updated_by_id`);
    const chosen = {
      income_year: input.year,
      saldo_group: group,
      asset_id: assetId,
      opening_balance: input.opening === null ? null : String(input.opening),
      rate: input.rate,
      deduct_small_balance: input.deductSmallBalance,
    };
    audit({ recordType: 'saldo_choice', after: chosen });
    return { income_year: input.year, saldo_group: group, asset_id: assetId };
  },
});

/** For the pool the group's rate; for an asset its class's. Null if the asset is of another group. */
async function maximumRate(group: SaldoGroup, classOf: () => Promise<string | null>): Promise<string | null> {
  if (isPooled(group)) return ASSET_CLASSES.find(({ saldoGroup }) => saldoGroup === group)!.rate;
  const code = await classOf();
  const each = code === null ? undefined : assetClass(code);
  return each?.saldoGroup === group ? each.rate : null;
}
