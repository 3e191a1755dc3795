import { dateInNorway } from '../../kernel/local-date.ts';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import { READERS } from '../../platform/caller.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { findAsset } from '../asset.ts';
import { assetClass } from '../asset-class.ts';
import { type AssetBooks, readAssetBooks } from './asset-books.ts';
import { FROM_START, type OwnPlan, planQuestion, readOwnPlans } from './asset-plan.ts';
import { firstDay, type Month, monthNumber, yearOfCalendar } from './month.ts';
import { depreciationPlan, type PlanRule } from './plan.ts';

/** skatteloven § 14-40, § 14-47: from 2024; a balance below it may be written off. */
export const SMALL_BALANCE: Ore = 3_000_000n;

/** Default length of the answer for a plan without an end. */
const HORIZON_MONTHS = 120;
const LONGEST_MONTHS = 1200;

const Money = Type.String({ description: 'Amount with two decimals' });

export const OwnPlanView = strict({
  valid_from: nullable({ ...DateText, description: 'First day of a month; null: from the start' }),
  method: nullable(Type.Enum(['linear', 'saldo', 'none'])),
  convention: nullable(Type.Enum(['full_year', 'pro_rata'])),
  rate: nullable(Type.String({ description: 'Share of one a year' })),
  life_months: nullable(Type.Integer()),
  residual_value: Money,
});

export const PlanView = strict({
  asset_id: Id,
  asset_class: nullable(Type.String()),
  method: Type.Enum(['linear', 'saldo', 'none']),
  auto_depreciate: Type.Boolean(),
  reason: nullable(
    Type.Enum(['no_class', 'no_value'], {
      description: 'Why there is no plan: no class is chosen, or nothing was bought',
    }),
  ),
  own_plans: Type.Array(OwnPlanView),
  book_value: { ...Money, description: 'As the ledger stands' },
  remaining_plan: { ...Money, description: 'Planned depreciation that the books do not have yet' },
  rest_may_be_written_off: Type.Boolean({
    description: 'A saldo never reaches zero: the rest at the end is below the limit of skatteloven § 14-47',
  }),
  months: Type.Array(
    strict({
      month: Type.String({ description: 'YYYY-MM' }),
      opening_balance: Money,
      change: { ...Money, description: 'Additions, disposals, reversals' },
      depreciation: Money,
      closing_balance: Money,
      posted: { ...Money, description: 'Depreciation of this month that stands in the books' },
    }),
  ),
});
export type PlanView = Static<typeof PlanView>;

/** The book plan of an asset, month by month: past, posted and future. */
export const getDepreciationPlan = readOperation({
  name: 'asset.depreciation-plan',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, input: { id: number; until: Month | null }): Promise<PlanView> {
    const asset = await findAsset(tx, clientAccountId, input.id);
    const books = (await readAssetBooks(tx, clientAccountId, [input.id])).get(input.id);
    const own = (await readOwnPlans(tx, clientAccountId, [input.id])).get(input.id) ?? [];
    const today = monthNumber(dateInNorway(now));
    const yearOf = yearOfCalendar(await readFiscalCalendar(tx, clientAccountId));
    const question = planQuestion({ asset, books, own, yearOf }, today);
    const method = own.at(-1)?.method ?? (asset.asset_class ? assetClass(asset.asset_class)!.method : 'none');
    const head = {
      asset_id: asset.id,
      asset_class: asset.asset_class,
      method,
      auto_depreciate: asset.auto_depreciate,
      own_plans: own.map(ownPlanView),
      book_value: formatAmount(books?.value ?? 0n),
    };
    if (typeof question === 'string' || !books)
      return {
        ...head,
        reason: typeof question === 'string' ? question : 'no_value',
        remaining_plan: formatAmount(0n),
        rest_may_be_written_off: false,
        months: [],
      };
    const until = input.until ?? lastMonth(question.rules, Math.max(today, question.start));
    const months = depreciationPlan({ ...question, until: Math.min(until, question.start + LONGEST_MONTHS) });
    const planned = months.reduce((sum, { depreciation }) => sum + depreciation, 0n);
    const rest = months.at(-1)?.closing ?? 0n;
    return {
      ...head,
      reason: null,
      remaining_plan: formatAmount(planned - total(books.charges)),
      rest_may_be_written_off: method === 'saldo' && rest > 0n && rest < SMALL_BALANCE,
      months: months.map((month) => ({
        month: firstDay(month.month).slice(0, 7),
        opening_balance: formatAmount(month.opening),
        change: formatAmount(month.change),
        depreciation: formatAmount(month.depreciation),
        closing_balance: formatAmount(month.closing),
        posted: formatAmount(books.charges.get(month.month) ?? 0n),
      })),
    };
  },
});

export function ownPlanView(plan: OwnPlan) {
  return {
    valid_from: plan.validFrom === FROM_START ? null : plan.validFrom,
    method: plan.method,
    convention: plan.convention,
    rate: plan.rate,
    life_months: plan.lifeMonths,
    residual_value: formatAmount(plan.residual),
  };
}

/** The end of the last rule's life; a saldo and a rule without depreciation have none. */
function lastMonth(rules: readonly { rule: PlanRule }[], from: Month): Month {
  const last = rules.at(-1)!.rule;
  return last.method === 'linear'
    ? Math.max(last.lastMonth, from)
    : from + (last.method === 'saldo' ? HORIZON_MONTHS : 0);
}

function total(charges: AssetBooks['charges']): Ore {
  let sum = 0n;
  for (const amount of charges.values()) sum += amount;
  return sum;
}
