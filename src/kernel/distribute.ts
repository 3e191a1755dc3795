import { assert } from './assert.ts';
import { divideRounded } from './money.ts';

/**
 * Divides `total` into parts of whole units: each wanted amount (in 1/scale units, any sign) is rounded down, and the
 * remainder goes to the largest fractions, the first of equal ones. If the wanted amounts do not sum to the total, the
 * difference is first distributed in proportion to their size.
 */
export function distribute(total: bigint, wanted: readonly bigint[], scale: bigint): bigint[] {
  const absolute = (value: bigint) => (value < 0n ? -value : value);
  const size = wanted.reduce((sum, part) => sum + absolute(part), 0n);
  if (size === 0n) {
    assert(total === 0n, 'nothing to distribute by');
    return wanted.map(() => 0n);
  }
  const difference = total * scale - wanted.reduce((sum, part) => sum + part, 0n);
  const unit = scale * size;
  const parts = wanted.map((part, place) => {
    const exact = part * size + difference * absolute(part);
    const down = (exact - modulo(exact, unit)) / unit;
    return { place, down, remainder: modulo(exact, unit) };
  });
  const left = Number(total - parts.reduce((sum, { down }) => sum + down, 0n));
  const result = parts.map(({ down }) => down);
  const byRemainder = parts.toSorted((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : 0));
  for (const { place } of byRemainder.slice(0, left)) result[place]! += 1n;
  return result;
}

/** The non-negative remainder. */
function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}

/** The sum of the wanted amounts, rounded once, half away from zero, and distributed. */
export function distributeRounded(wanted: readonly bigint[], scale: bigint): { total: bigint; parts: bigint[] } {
  const total = divideRounded(
    wanted.reduce((sum, part) => sum + part, 0n),
    scale,
  );
  return { total, parts: distribute(total, wanted, scale) };
}
