import type { Ore } from '../../kernel/money.ts';
import type { AssetBooks } from './asset-books.ts';
import type { Month } from './month.ts';
import { depreciationPlan, type PlanQuestion } from './plan.ts';

/** The amount that a run of a month would post for an asset. */
export interface RunAmount {
  /** Positive: depreciation. Negative: too much is posted. */
  amount: Ore;
  /** The part of the amount that was missing in earlier months. */
  late: Ore;
  /** Posted by hand ahead of the plan: the plan resumes when it has caught up. */
  ahead: Ore;
  /** By the plan, at the end of the month. */
  closing: Ore;
  /** Its planned life is over, and its value is still above the residual value. */
  isWaiting: boolean;
}

/**
 * The missing depreciation of an asset when a month is run: the plan up to then minus the posted amount, without
 * amounts that a later month has already caught up. Depreciation posted by hand ahead of the plan counts like any
 * other: it is reversed only if the whole plan has no room for it.
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
  const found = nearerToZero(missing(month), missing(last));
  const kept = found < 0n ? keptByHand(question, books, { missing: missing(last), last }) : 0n;
  const amount = found + kept < 0n ? found + kept : found < 0n ? 0n : found;
  const before = missing(month - 1);
  const { rule } = question.rules.findLast(({ from }) => from <= month) ?? question.rules[0]!;
  return {
    amount,
    late: amount > 0n && before > 0n ? (before < amount ? before : amount) : 0n,
    ahead: amount - found,
    closing,
    isWaiting:
      rule.method === 'linear' &&
      rule.lastMonth < month &&
      closing > rule.residual &&
      (question.retired === null || question.retired > month),
  };
}

/** The part of the excess that was posted by hand and that the plan has room for later. */
function keptByHand(
  question: Omit<PlanQuestion, 'until'>,
  { byRuns, charges, drafted, changes }: AssetBooks,
  { missing, last }: { missing: Ore; last: Month },
): Ore {
  let [posted, drafts, value] = [0n, 0n, 0n];
  for (const amount of charges.values()) posted += amount;
  for (const amount of drafted.values()) drafts += amount;
  for (const amount of changes.values()) value += amount;
  const planned = missing + posted + drafts;
  const { rule } = question.rules.at(-1)!;
  const isOpen = rule.method !== 'none' && (question.retired === null || question.retired > last);
  const wholePlan = isOpen && value - rule.residual > planned ? value - rule.residual : planned;
  const byHand = posted - byRuns;
  const room = wholePlan - byRuns - drafts;
  const kept = byHand < room ? byHand : room;
  // A run reverses what runs posted beyond the plan.
  const beyondRuns = planned - byRuns - drafts;
  const needed = beyondRuns > 0n ? beyondRuns : 0n;
  return kept > needed ? kept - needed : 0n;
}

function nearerToZero(a: Ore, b: Ore): Ore {
  if (a > 0n && b > 0n) return a < b ? a : b;
  if (a < 0n && b < 0n) return a > b ? a : b;
  return 0n;
}

/** The final missing depreciation of a retired asset: the whole plan minus all posted amounts. */
export function missingAtRetirement(question: PlanQuestion, books: AssetBooks): Ore {
  let missing = 0n;
  for (const { depreciation } of depreciationPlan(question)) missing += depreciation;
  for (const amount of books.charges.values()) missing -= amount;
  return missing;
}
