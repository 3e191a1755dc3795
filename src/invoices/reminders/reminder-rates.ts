import { addDays, daysBetween, type LocalDate } from '../../kernel/local-date.ts';
import { type Ore, parseScaled } from '../../kernel/money.ts';

export const RATE_KINDS = ['INTEREST', 'COLLECTION'] as const;
export type RateKind = (typeof RATE_KINDS)[number];

/** A rate is valid from the first to the last of its days; afterwards there is none until a user enters one. */
export interface ReminderRate {
  kind: RateKind;
  valid_from: LocalDate;
  valid_to: LocalDate;
  /** INTEREST: percent a year. COLLECTION: the debt collection rate (inkassosats) in kroner. */
  value: string;
}

/**
 * Publicly announced rates: the late payment interest of forsinkelsesrenteloven § 3, set for half a year at a time, and the
 * debt collection rate of inkassoforskriften § 1-1, set for a year. Later rates are entered by an accountant.
 */
export const KNOWN_RATES: readonly ReminderRate[] = [
  { kind: 'INTEREST', valid_from: '2022-07-01', valid_to: '2022-12-31', value: '9.25' },
  { kind: 'INTEREST', valid_from: '2023-01-01', valid_to: '2023-06-30', value: '10.75' },
  { kind: 'INTEREST', valid_from: '2024-01-01', valid_to: '2024-06-30', value: '12.5' },
  { kind: 'INTEREST', valid_from: '2025-01-01', valid_to: '2025-06-30', value: '12.5' },
  { kind: 'INTEREST', valid_from: '2026-01-01', valid_to: '2026-06-30', value: '12' },
  { kind: 'COLLECTION', valid_from: '2026-01-01', valid_to: '2026-12-31', value: '750' },
];

/** Rates of the client account, and the built-in ones that do not overlap with them. */
export function ratesInUse(own: readonly ReminderRate[]): ReminderRate[] {
  const meets = (a: ReminderRate, b: ReminderRate) =>
    a.kind === b.kind && a.valid_from <= b.valid_to && b.valid_from <= a.valid_to;
  const known = KNOWN_RATES.filter((rate) => !own.some((each) => meets(each, rate)));
  return [...known, ...own].toSorted(
    (a, b) => a.kind.localeCompare(b.kind) || a.valid_from.localeCompare(b.valid_from),
  );
}

export function rateOn(rates: readonly ReminderRate[], kind: RateKind, day: LocalDate): ReminderRate | null {
  return rates.find((rate) => rate.kind === kind && rate.valid_from <= day && day <= rate.valid_to) ?? null;
}

/**
 * The maximum fee of a reminder: a twentieth of the debt collection rate (inkassoforskriften § 1-2); null: no rate is known.
 */
export function largestFee(rates: readonly ReminderRate[], day: LocalDate): Ore | null {
  const rate = rateOn(rates, 'COLLECTION', day);
  return rate && parseScaled(rate.value, 4)! / 100n / 20n;
}

export interface Interest {
  amount: Ore;
  /** In order, each with its period. */
  rates: { percent: string; date_from: LocalDate; date_to: LocalDate; days: number }[];
}

/**
 * Interest for late payment from the day after the due date to a day, inclusive: amount × rate × days / 365 for each rate,
 * the sum rounded down. For a day without a rate, returns that day.
 */
export function interestOf(
  rates: readonly ReminderRate[],
  amount: Ore,
  due: LocalDate,
  until: LocalDate,
): Interest | { missing: LocalDate } {
  const used: Interest['rates'] = [];
  let percentDays = 0n;
  for (let day = addDays(due, 1); day <= until;) {
    const rate = rateOn(rates, 'INTEREST', day);
    if (!rate) return { missing: day };
    const last = rate.valid_to < until ? rate.valid_to : until;
    const days = daysBetween(day, last) + 1;
    percentDays += parseScaled(rate.value, 4)! * BigInt(days);
    used.push({ percent: rate.value, date_from: day, date_to: last, days });
    day = addDays(last, 1);
  }
  return { amount: (amount * percentDays) / (365n * 1_000_000n), rates: used };
}
