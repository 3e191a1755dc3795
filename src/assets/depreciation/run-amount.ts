import type { Ore } from '../../kernel/money.ts';
import type { AssetBooks } from './asset-books.ts';
import type { Month } from './month.ts';
import { depreciationPlan, type PlanQuestion } from './plan.ts';

/** What a run of a month would post for an asset. */
export interface RunAmount {
  /** Positive: depreciation. Negative: too much stands in the books. */
  amount: Ore;
  /** By the plan, when the month ends. */
  closing: Ore;
}

/**
 * What is missing of an asset's depreciation when a month is run: planned until then less what the books have, and never
 * what a later month has already made up for.
 */
export function runAmount(question: Omit<PlanQuestion, 'until'>, books: AssetBooks, month: Month): RunAmount {
  const charged = [...books.charges, ...books.drafted];
  const last = Math.max(month, ...charged.map(([at]) => at));
  const plan = depreciationPlan({ ...question, until: last });
  const missing = (until: Month) => {
    let sum = 0n;
    for (const planned of plan) if (planned.month <= until) sum += planned.depreciation;
    for (const [at, amount] of charged) if (at <= until) sum -= amount;
    return sum;
  };
  const closing = plan.find((planned) => planned.month === month)?.closing ?? 0n;
  return { amount: nearerToZero(missing(month), missing(last)), closing };
}

function nearerToZero(a: Ore, b: Ore): Ore {
  if (a > 0n && b > 0n) return a < b ? a : b;
  if (a < 0n && b < 0n) return a > b ? a : b;
  return 0n;
}

/** What is missing for good when an asset is retired: all that is planned less all that the books have. */
export function missingAtRetirement(question: PlanQuestion, books: AssetBooks): Ore {
  let missing = 0n;
  for (const { depreciation } of depreciationPlan(question)) missing += depreciation;
  for (const amount of books.charges.values()) missing -= amount;
  return missing;
}
