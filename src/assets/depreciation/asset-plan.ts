import sql from 'sql-template-tag';
import { type LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore, parseScaled } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AssetRow } from '../asset.ts';
import { assetClass, type DepreciationMethod } from '../asset-class.ts';
import type { AssetBooks } from './asset-books.ts';
import { type Month, monthNumber, type YearOf } from './month.ts';
import type { PlanQuestion, PlanRule, Share } from './plan.ts';

/** An asset's own plan from a month on; null where its class decides. */
export interface OwnPlan {
  assetId: number;
  validFrom: LocalDate;
  method: DepreciationMethod | null;
  convention: 'full_year' | 'pro_rata' | null;
  /** A share of one as a decimal. */
  rate: string | null;
  lifeMonths: number | null;
  residual: Ore;
}

/** A plan from the start of the asset. */
export const FROM_START = '0001-01-01';

export async function readOwnPlans(
  tx: Transaction,
  clientAccountId: number,
  assetIds: readonly number[] | null,
): Promise<Map<number, OwnPlan[]>> {
  const rows = await tx.rows<{
    asset_id: number;
    valid_from: LocalDate;
    method: DepreciationMethod | null;
    convention: 'full_year' | 'pro_rata' | null;
    rate: string | null;
    life_months: number | null;
    residual_value: number;
  }>(sql`
    select asset_id, valid_from, method, convention, trim_scale(rate)::text as rate, life_months, residual_value
    from asset_plans
    where client_account_id = ${clientAccountId} and (${assetIds}::bigint[] is null or asset_id = any(${assetIds}::bigint[]))
    order by asset_id, valid_from`);
  const plans = new Map<number, OwnPlan[]>();
  for (const row of rows) {
    const plan: OwnPlan = {
      assetId: row.asset_id,
      validFrom: row.valid_from,
      method: row.method,
      convention: row.convention,
      rate: row.rate,
      lifeMonths: row.life_months,
      residual: ore(row.residual_value),
    };
    const before = plans.get(row.asset_id);
    if (before) before.push(plan);
    else plans.set(row.asset_id, [plan]);
  }
  return plans;
}

/** Reasons why an asset has no plan. */
export type NoPlan = 'no_class' | 'no_value';

export interface PlannedAsset {
  asset: Pick<AssetRow, 'asset_class' | 'acquisition_date' | 'retirement_date' | 'plan_restarts_on'>;
  books: AssetBooks | undefined;
  own: readonly OwnPlan[];
  /** The fiscal years of the client account. */
  yearOf: YearOf;
}

/**
 * The input for the plan of an asset, from the register, its own plans and the books. Depreciation begins in the month
 * of acquisition, or of the first cost if no date is given.
 */
export function planQuestion({ asset, books, own, yearOf }: PlannedAsset, until: Month): PlanQuestion | NoPlan {
  // A cancelled purchase leaves no change of value, but may leave depreciation to reverse.
  if (!books || books.changes.size + books.charges.size + books.drafted.size === 0) return 'no_value';
  if (!asset.asset_class) return 'no_class';
  const start = asset.acquisition_date
    ? monthNumber(asset.acquisition_date)
    : Math.min(...books.changes.keys(), ...books.charges.keys());
  const rules = [{ from: 0, rule: ruleOf(asset.asset_class, null, start) }];
  for (const plan of own) {
    const from = plan.validFrom === FROM_START ? 0 : monthNumber(plan.validFrom);
    if (from === 0) rules.length = 0;
    rules.push({ from, rule: ruleOf(asset.asset_class, plan, Math.max(from, start)) });
  }
  return {
    start,
    retired: asset.retirement_date ? monthNumber(asset.retirement_date) : null,
    rules,
    changes: books.changes,
    openings: books.openings,
    restart: asset.plan_restarts_on ? { month: monthNumber(asset.plan_restarts_on), charges: books.charges } : null,
    yearOf,
    until,
  };
}

function ruleOf(classCode: string, own: OwnPlan | null, begins: Month): PlanRule {
  const each = assetClass(classCode)!;
  const method = own?.method ?? each.method;
  const residual = own?.residual ?? 0n;
  // Land is never depreciated, whatever is configured.
  if (method === 'none' || each.method === 'none') return { method: 'none' };
  if (method === 'saldo') {
    return { method, rate: shareOf(own?.rate ?? each.rate), convention: own?.convention ?? 'full_year', residual };
  }
  return { method, lastMonth: begins + lifeOf(each, own) - 1, residual };
}

/** Life in months: as given, by the given rate, or by the class. 0.33 a year is three years. */
function lifeOf(each: NonNullable<ReturnType<typeof assetClass>>, own: OwnPlan | null): number {
  if (own?.lifeMonths) return own.lifeMonths;
  if (own?.rate) return monthsOf(own.rate);
  return each.lifeMonths ?? monthsOf(each.rate);
}

function monthsOf(rate: string): number {
  const { numerator, denominator } = shareOf(rate);
  if (numerator === 0n) return 1200;
  const years = Number(denominator) / Number(numerator);
  // Whole years if the rate was rounded to hundredths, as 0.33 and 0.17 are.
  const whole = Math.round(years);
  return Math.abs(1 / whole - Number(numerator) / Number(denominator)) < 0.005 ? whole * 12 : Math.round(years * 12);
}

export function shareOf(rate: string): Share {
  return { numerator: parseScaled(rate, 4) ?? 0n, denominator: 10_000n };
}
