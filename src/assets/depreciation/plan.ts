import { assert } from '../../kernel/assert.ts';
import { divideRounded, type Ore } from '../../kernel/money.ts';
import { type Month, monthInYear } from './month.ts';

/** How an asset is depreciated in the books from a month on. */
export type PlanRule =
  | { method: 'none' }
  /** Equal parts a month, to the end of the life. */
  | { method: 'linear'; lastMonth: Month; residual: Ore }
  /**
   * A share of the year's balance. `full_year`: the whole year's share in the year of acquisition, over the months that
   * are left of it (as skatteloven § 14-43 gives it). `pro_rata`: by months owned in that year.
   */
  | { method: 'saldo'; rate: Share; convention: 'full_year' | 'pro_rata'; residual: Ore };

/** A share of one as a fraction, exact. */
export interface Share {
  numerator: bigint;
  denominator: bigint;
}

export interface PlannedMonth {
  month: Month;
  /** Book value when the month begins, by the plan. */
  opening: Ore;
  change: Ore;
  depreciation: Ore;
  closing: Ore;
}

export interface PlanQuestion {
  /** The month in which depreciation begins. */
  start: Month;
  /** Nothing is depreciated from this month on. */
  retired: Month | null;
  /** Rules by their first month, ascending; the first is valid from the start. */
  rules: readonly { from: Month; rule: PlanRule }[];
  /** By month: what it became worth more (additions) or less (disposals, reversals) by anything but depreciation. */
  changes: ReadonlyMap<Month, Ore>;
  /** The last month asked for. */
  until: Month;
}

/**
 * The plan of an asset, month by month from the first one in which it has a value. What is planned as a whole (the rest of
 * a life, the rest of a year) is rounded cumulatively (0.01, half away from zero), so that no øre is lost or made and the
 * last month takes the remainder. The book value never goes below the residual value. A change of value or of the rule
 * acts forward only.
 *
 * Conventions: the month of acquisition counts in full, that of retirement not.
 */
export function depreciationPlan({ start, retired, rules, changes, until }: PlanQuestion): PlannedMonth[] {
  assert(rules.length > 0, 'a plan has at least one rule');
  const months: PlannedMonth[] = [];
  let value = 0n;
  let stretch: Stretch | null = null;
  for (let month = Math.min(start, ...changes.keys()); month <= until; month++) {
    const opening = value;
    const change = changes.get(month) ?? 0n;
    value += change;
    const { from, rule } = ruleAt(rules, month);
    if (month < start || (retired !== null && month >= retired)) stretch = null;
    else stretch = stretchAt({ rule, month, value, change, ruleBegins: month === from }, stretch);
    const depreciation = stretch ? take(stretch, month) : 0n;
    value -= depreciation;
    months.push({ month, opening, change, depreciation, closing: value });
  }
  return months;
}

function ruleAt(rules: PlanQuestion['rules'], month: Month) {
  let found = rules[0]!;
  for (const each of rules) if (each.from <= month) found = each;
  return found;
}

/** Months that are planned together. */
interface Stretch {
  begins: Month;
  months: number;
  total: Ore;
  taken: Ore;
  /** For a saldo: twelfths of the balance that the year's share is of, and what of that share was taken before. */
  twelfths: Ore;
  takenBefore: Ore;
}

interface Moment {
  rule: PlanRule;
  month: Month;
  /** With this month's change. */
  value: Ore;
  change: Ore;
  ruleBegins: boolean;
}

/** The stretch that a month belongs to: the one under way, or a new one where something changed. */
function stretchAt(moment: Moment, before: Stretch | null): Stretch {
  const { rule, month, value, change, ruleBegins } = moment;
  const underWay = ruleBegins ? null : before;
  if (rule.method === 'none') return { ...NOTHING, begins: month };
  const room = atLeastZero(value - rule.residual);
  if (rule.method === 'linear') {
    if (underWay && change === 0n) return underWay;
    return { ...NOTHING, begins: month, months: Math.max(rule.lastMonth - month + 1, 1), total: room };
  }
  const left = 13 - monthInYear(month);
  if (underWay && left < 12 && change === 0n) return underWay;
  const share = BigInt(rule.convention === 'pro_rata' ? left : 12);
  let [twelfths, takenBefore] = [value * share, 0n];
  // A new rule in mid-year has only the rest of that year; a later addition joins the year that is under way.
  if (before && ruleBegins) twelfths = value * BigInt(left);
  else if (before && left < 12)
    [twelfths, takenBefore] = [before.twelfths + change * share, before.takenBefore + before.taken];
  const year = divideRounded(twelfths * rule.rate.numerator, rule.rate.denominator * 12n);
  const rest = atLeastZero(year - takenBefore);
  return { ...NOTHING, begins: month, months: left, total: rest < room ? rest : room, twelfths, takenBefore };
}

const NOTHING: Stretch = { begins: 0, months: 1, total: 0n, taken: 0n, twelfths: 0n, takenBefore: 0n };

function take(stretch: Stretch, month: Month): Ore {
  const place = month - stretch.begins + 1;
  if (place > stretch.months) return 0n;
  const amount = divideRounded(stretch.total * BigInt(place), BigInt(stretch.months)) - stretch.taken;
  stretch.taken += amount;
  return amount;
}

function atLeastZero(amount: Ore): Ore {
  return amount > 0n ? amount : 0n;
}
