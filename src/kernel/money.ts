import { assert } from './assert.ts';
import { trimEndOf } from './trim.ts';

/** An amount in øre (hundredths of a krone). Debit and credit are never negative; a balance is debit − credit. */
export type Ore = bigint;

/** Largest amount of a line, a document or a bank transaction: 100 000 000 000.00 kroner (decision 0012). */
export const MAX_AMOUNT: Ore = 10n ** 13n;

/** Largest debit of an entry: ten times that of a line. */
export const MAX_ENTRY_TOTAL: Ore = 10n ** 14n;

/**
 * Largest total debit of all entries of a client account, cancelled ones included: 70 000 000 000 000.00 kroner. No sum
 * of any of its lines exceeds what a JSON number represents to the øre.
 */
export const MAX_TURNOVER: Ore = 7n * 10n ** 15n;

/** Largest amount in another currency, in its units: in hundredths still an exact number. */
export const MAX_CURRENCY_UNITS = 10n ** 13n;

/** Largest exchange rate: kroner for one unit. */
export const MAX_RATE = 10n ** 9n;

const AMOUNT = /^-?\d{1,16}(?:\.\d+)?$/;

/**
 * Reads an amount with at most two decimals. Returns null for anything else: more decimals are an error, never rounded
 * away. Numbers are converted by their shortest decimal text, so `0.1` is ten øre.
 */
export function parseAmount(input: string | number): Ore | null {
  const scaled = parseScaled(input, 2);
  return scaled === null || scaled > MAX_AMOUNT || scaled < -MAX_AMOUNT ? null : scaled;
}

/** Whether an integer of 10^-decimals is at most the given number of whole units, in absolute value. */
export function isAtMost(scaled: bigint, whole: bigint, decimals: number): boolean {
  const limit = whole * 10n ** BigInt(decimals);
  return scaled <= limit && scaled >= -limit;
}

/** Reads a decimal as an integer of 10^-decimals. Null if it is not a plain decimal or has more decimals. */
export function parseScaled(input: string | number, decimals: number): bigint | null {
  const text = typeof input === 'number' ? String(input) : input.trim();
  if (!AMOUNT.test(text)) return null;
  const point = text.indexOf('.');
  const fraction = point === -1 ? '' : trimEndOf(text.slice(point + 1), '0');
  if (fraction.length > decimals) return null;
  const isNegative = text.startsWith('-');
  const whole = text.slice(isNegative ? 1 : 0, point === -1 ? text.length : point);
  const value = BigInt(whole + fraction.padEnd(decimals, '0'));
  return isNegative ? -value : value;
}

/** `-1234.50`: fixed scale, decimal point, no separators. */
export function formatAmount(amount: Ore): string {
  return formatScaled(amount, 2);
}

export function formatScaled(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${value < 0n ? '-' : ''}${whole}${decimals ? '.' + digits.slice(-decimals) : ''}`;
}

/** Below 2^46 kroner every amount has its own nearest number: neighbouring numbers are less than an øre apart. */
const MAX_NUMBER: Ore = 2n ** 46n * 100n - 1n;

/** The amount as a JSON number, where the specification has one. Exact to the øre, otherwise it throws. */
export function amountAsNumber(amount: Ore): number {
  assert(amount <= MAX_NUMBER && amount >= -MAX_NUMBER, 'amount beyond exact numbers');
  return Number(amount) / 100;
}

/** From a database value: int8 arrives as a number, sums (numeric) as text. */
export function ore(value: number | string | bigint | null): Ore {
  return value === null ? 0n : BigInt(value);
}

export function absolute(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

/** numerator / denominator rounded to a whole number, half away from zero (the rule of the VAT lines). */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'denominator must be positive');
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n);
  return negative ? -rounded : rounded;
}

/** Rates and percents are integers of 1/10000 percent: 25 % = 250000n. */
export type Percent = bigint;
export const HUNDRED_PERCENT: Percent = 1_000_000n;

export function parsePercent(input: string | number): Percent {
  const percent = parseScaled(input, 4);
  assert(percent !== null, `not a percent: ${input}`);
  return percent;
}

export function formatPercent(percent: Percent, decimals = 4): string {
  return formatScaled(divideRounded(percent, 10n ** BigInt(4 - decimals)), decimals);
}

/** amount × rate, rounded to the øre, half away from zero. */
export function percentOf(amount: Ore, percent: Percent): Ore {
  return divideRounded(amount * percent, HUNDRED_PERCENT);
}

/** amount × rate × share, rounded once. */
export function percentOfPercent(amount: Ore, percent: Percent, share: Percent): Ore {
  return divideRounded(amount * percent * share, HUNDRED_PERCENT * HUNDRED_PERCENT);
}

/** The net amount within a gross one: gross / (1 + rate), rounded half away from zero. */
export function netOfGross(gross: Ore, rate: Percent): Ore {
  return divideRounded(gross * HUNDRED_PERCENT, HUNDRED_PERCENT + rate);
}
