import { divideRounded, type Ore } from '../kernel/money.ts';
import { trimEndOf } from '../kernel/trim.ts';

/**
 * An exact decimal: `value` × 10^-`scale`. For quantities, prices and rates, which may have more decimals than an amount.
 */
export interface Decimal {
  readonly value: bigint;
  readonly scale: number;
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const LONGEST = 30;

export const ONE: Decimal = { value: 1n, scale: 0 };
export const ZERO: Decimal = { value: 0n, scale: 0 };

/** Reads an xs:decimal of at most thirty digits; null for anything else. Trailing zeros are dropped. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > LONGEST + 2) return null;
  const match = FORM.exec(text);
  if (!match) return null;
  const [, sign, whole = '', decimals = ''] = match;
  if (whole.length + decimals.length === 0) return null;
  const fraction = trimEndOf(decimals, '0');
  const value = BigInt(`${whole}${fraction}` || '0');
  return { value: sign === '-' ? -value : value, scale: fraction.length };
}

/** `-1234.5`: no trailing zeros, no exponent. */
export function formatDecimal({ value, scale }: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = trimEndOf(digits.slice(digits.length - scale), '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 && fraction !== '' ? `.${fraction}` : ''}`;
}

/** As hundredths; null if it has more than two decimals. */
export function oreOfDecimal({ value, scale }: Decimal): Ore | null {
  if (scale <= 2) return value * 10n ** BigInt(2 - scale);
  const factor = 10n ** BigInt(scale - 2);
  return value % factor === 0n ? value / factor : null;
}

/** a − b: negative, zero or positive as a is smaller, equal or greater. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = a.value * 10n ** BigInt(scale - a.scale) - b.value * 10n ** BigInt(scale - b.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { value: a.value * 10n ** BigInt(scale - a.scale) - b.value * 10n ** BigInt(scale - b.scale), scale };
}

/** quantity × price ÷ base, in hundredths, rounded once, half away from zero. `base` is positive. */
export function amountOf(quantity: Decimal, price: Decimal, base: Decimal = ONE): Ore {
  const scale = quantity.scale + price.scale - base.scale - 2;
  const product = quantity.value * price.value;
  return scale >= 0
    ? divideRounded(product, base.value * 10n ** BigInt(scale))
    : divideRounded(product * 10n ** BigInt(-scale), base.value);
}

/** amount × percent ÷ 100, rounded half away from zero. */
export function percentage(amount: Ore, percent: Decimal): Ore {
  return divideRounded(amount * percent.value, 100n * 10n ** BigInt(percent.scale));
}
