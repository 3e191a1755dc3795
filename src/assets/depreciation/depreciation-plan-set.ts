import sql from 'sql-template-tag';
import { type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { lockAsset } from '../asset-update.ts';
import { assetClass, type DepreciationMethod } from '../asset-class.ts';
import { assetErrors } from '../errors.ts';
import { readAssetBooks } from './asset-books.ts';
import { FROM_START, readOwnPlans } from './asset-plan.ts';
import { ownPlanView } from './depreciation-plan-get.ts';
import { firstOpenMonth } from './first-open-month.ts';

export interface SetPlan {
  id: number;
  /** First month of the plan; null means from the start of the asset. */
  validFrom: LocalDate | null;
  method: DepreciationMethod | null;
  convention: 'full_year' | 'pro_rata' | null;
  rate: string | null;
  lifeMonths: number | null;
  residual: Ore;
}

/**
 * Sets an asset's own plan from a month on. Posted depreciation stays as planned: the month must be after the last
 * month run for the asset and after the lock. Throws 400, 404, 409.
 */
export const setDepreciationPlan = writeOperation({
  name: 'asset.set-depreciation-plan',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: SetPlan) {
    const { tx, clientAccountId, caller, now, audit } = context;
    const asset = await lockAsset(context, input.id);
    if (asset.asset_class && assetClass(asset.asset_class)!.method === 'none' && input.method !== 'none')
      throw assetErrors.class_not_depreciated({ asset_class: asset.asset_class });
    const validFrom = input.validFrom === null ? FROM_START : startOfMonth(input.validFrom);
    const books = await readAssetBooks(tx, clientAccountId, [input.id]);
    const earliest = await firstOpenMonth(tx, clientAccountId, books.get(input.id));
    if (earliest !== null && validFrom < earliest) throw assetErrors.plan_in_the_past({ earliest });
    const before = (await readOwnPlans(tx, clientAccountId, [input.id])).get(input.id) ?? [];
    await tx.execute(sql`
      insert into assets (client_account_id, id) values (${clientAccountId}, ${input.id}) on conflict do nothing`);
    await tx.execute(sql`
      insert into asset_plans (client_account_id, asset_id, valid_from, method, convention, rate, life_months,
        residual_value, created_at, created_by_id)
      values (${clientAccountId}, ${input.id}, ${validFrom}, ${input.method}, ${input.convention}, ${input.rate},
        ${input.lifeMonths}, ${input.residual}, ${now}, ${caller.userId})
      on conflict (client_account_id, asset_id, valid_from) do update set method = excluded.method,
        convention = excluded.convention, rate = excluded.rate, life_months = excluded.life_months,
        residual_value = excluded.residual_value, created_at = excluded.created_at,
        created_by_id = excluded.created_by_id`);
    const after = (await readOwnPlans(tx, clientAccountId, [input.id])).get(input.id)!;
    audit({
      recordType: 'asset_plan',
      recordId: input.id,
      before: { own_plans: before.map(ownPlanView) },
      after: { own_plans: after.map(ownPlanView) },
    });
    return { asset_id: input.id, own_plans: after.map(ownPlanView) };
  },
});
