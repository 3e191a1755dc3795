import { assert } from '../../kernel/assert.ts';
import { divideRounded, type Ore } from '../../kernel/money.ts';
import { calendarYearOf, type Month, type YearOf } from './month.ts';

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
  /** Of the changes: what it came into these books with, by the month that begins with it. */
  openings?: ReadonlyMap<Month, Opening>;
  /** Months before it stay as they are, whatever is planned: with these charges. From it on the plan has what is left. */
  restart?: { month: Month; charges: ReadonlyMap<Month, Ore> } | null;
  /** Fiscal years; the calendar's if not given. */
  yearOf?: YearOf;
  /** The last month asked for. */
  until: Month;
}

interface Opening {
  cost: Ore;
  /** Depreciated before, positive. */
  accumulated: Ore;
}

/**
 * The plan of an asset, month by month from the first one in which it has a value. What is planned as a whole (the rest of
 * a life, the rest of a year) is rounded cumulatively (0.01, half away from zero), so that no øre is lost or made and the
 * last month takes the remainder. The book value never goes below the residual value. A change of value or of the rule
 * acts forward only. What takes back all that it cost takes the depreciation back. What an asset came with goes on as it was
 * planned from its acquisition where that ties with what was depreciated; else what is left of it is spread over the rest
 * of its life, and where nothing is left of that, it waits for a plan.
 *
 * Conventions: the month of acquisition counts in full, that of retirement not.
 */
export function depreciationPlan(question: PlanQuestion): PlannedMonth[] {
  const { start, retired, rules, changes, openings, until, restart = null, yearOf = calendarYearOf } = question;
  assert(rules.length > 0, 'a plan has at least one rule');
  const months: PlannedMonth[] = [];
  let value = 0n;
  let taken = 0n;
  let stretch: Stretch | null = null;
  const kept = [...(restart?.charges.keys() ?? [])].filter((month) => month < restart!.month);
  const worth = Math.max(start, Math.min(...changes.keys()));
  for (let month = Math.min(start, ...changes.keys(), ...kept); month <= until; month++) {
    const opening = value;
    const change = changes.get(month) ?? 0n;
    value += change;
    const { from, rule } = ruleAt(rules, month);
    let depreciation = 0n;
    if (restart && month < restart.month) depreciation = restart.charges.get(month) ?? 0n;
    else if (value < 0n && value === -taken) {
      // All that it cost was taken back.
      depreciation = value;
      stretch = null;
    } else if (month < worth || (retired !== null && month >= retired)) stretch = null;
    else {
      const isRestart = month === restart?.month;
      const moment = {
        rule,
        month,
        start,
        value,
        change,
        isRestart,
        year: yearOf(month),
        ruleBegins: month === from || isRestart,
        opened: (from <= start && openings?.get(month)) || null,
        isOpening: openings?.has(month) ?? false,
        yearOf,
      };
      stretch = stretchAt(moment, stretch);
      depreciation = take(stretch, month);
    }
    value -= depreciation;
    taken += depreciation;
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
  /** Of depreciation. */
  start: Month;
  year: ReturnType<YearOf>;
  yearOf: YearOf;
  /** With this month's change. */
  value: Ore;
  change: Ore;
  ruleBegins: boolean;
  isRestart: boolean;
  /** The month begins with what the asset came with … */
  isOpening: boolean;
  /** … and the plan is that from its acquisition. */
  opened: Opening | null;
}

/** The stretch that a month belongs to: the one under way, or a new one where something changed. */
function stretchAt(moment: Moment, before: Stretch | null): Stretch {
  const { rule, month, value, change, ruleBegins, year } = moment;
  const underWay = ruleBegins ? null : before;
  if (rule.method === 'none') return { ...NOTHING, begins: month };
  const room = atLeastZero(value - rule.residual);
  if (rule.method === 'linear') {
    if (underWay && change === 0n) return underWay;
    const goesOn = !before && wentOn(rule, moment);
    if (goesOn) return goesOn;
    // An improvement after the end of the life is gone at once; what was planned otherwise until then waits for a plan.
    if (rule.lastMonth < month && (!before || ruleBegins)) return { ...NOTHING, begins: month };
    return { ...NOTHING, begins: month, months: Math.max(rule.lastMonth - month + 1, 1), total: room };
  }
  const { left, length } = year;
  const isMidYear = left < length;
  if (underWay && isMidYear && change === 0n) return underWay;
  if (moment.isOpening && !before && isMidYear) return restOfYear(rule, moment, room);
  const share = BigInt(rule.convention === 'pro_rata' ? left : length);
  let [twelfths, takenBefore] = [value * share, 0n];
  // A new rule in mid-year has only the rest of that year; a later addition joins the year that is under way.
  if ((before && ruleBegins) || moment.isRestart) twelfths = value * BigInt(left);
  else if (before && isMidYear)
    [twelfths, takenBefore] = [before.twelfths + change * share, before.takenBefore + before.taken];
  const yearsShare = divideRounded(twelfths * rule.rate.numerator, rule.rate.denominator * 12n);
  const rest = atLeastZero(yearsShare - takenBefore);
  return { ...NOTHING, begins: month, months: left, total: rest < room ? rest : room, twelfths, takenBefore };
}

/** Kroner rounded elsewhere. */
const ROUNDED: Ore = 100n;

/** The plan from the acquisition on, where what was depreciated before is what it had planned by then. */
function wentOn(
  { lastMonth, residual }: Extract<PlanRule, { method: 'linear' }>,
  { month, start, opened }: Moment,
): Stretch | null {
  if (!opened || start >= month || lastMonth < month) return null;
  const months = lastMonth - start + 1;
  const total = atLeastZero(opened.cost - residual);
  const planned = divideRounded(total * BigInt(month - start), BigInt(months));
  const apart = planned - opened.accumulated;
  if (apart > ROUNDED || apart < -ROUNDED) return null;
  return { ...NOTHING, begins: start, months, total, taken: opened.accumulated };
}

/**
 * What is left of the year's share of an asset that came in mid-year: its value has been less by a part of that share for
 * each month that was depreciated before.
 */
function restOfYear(
  { rate, convention }: Extract<PlanRule, { method: 'saldo' }>,
  { month, start, value, year: { left, length } }: Moment,
  room: Ore,
): Stretch {
  const owned = Math.min(length, Math.max(month - start, 0) + left);
  const passed = BigInt(owned - left);
  // The year's share in twelfths: of all its months, or of those owned.
  const share = rate.numerator * BigInt(convention === 'pro_rata' ? owned : length);
  const whole = rate.denominator * 12n * BigInt(owned);
  const rest = divideRounded(value * share * BigInt(left), whole - share * passed);
  return {
    begins: month,
    months: left,
    total: rest < room ? rest : room,
    taken: 0n,
    // A later addition joins this year.
    twelfths: divideRounded(rest * rate.denominator * 12n, rate.numerator || 1n),
    takenBefore: 0n,
  };
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
