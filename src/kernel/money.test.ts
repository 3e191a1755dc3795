import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountAsNumber,
  divideRounded,
  formatAmount,
  formatPercent,
  formatScaled,
  MAX_AMOUNT,
  MAX_TURNOVER,
  netOfGross,
  ore,
  parseAmount,
  parsePercent,
  parseScaled,
  percentOf,
  percentOfPercent,
} from './money.ts';

fc.configureGlobal({ seed: 1814, numRuns: 500 });

const amounts = fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT });

describe('amounts as text', () => {
  test.each([
    ['0', 0n],
    ['0.1', 10n],
    ['1000.00', 100_000n],
    ['-1234.5', -123_450n],
    ['1.5000', 150n],
    [' 12 ', 1_200n],
    [0.1, 10n],
    [1e3, 100_000n],
    ['100000000000.00', MAX_AMOUNT],
  ])('%s is %s øre', (text, amount) => expect(parseAmount(text)).toBe(amount));

  test.each([
    '0.001',
    '1.234',
    '',
    ' ',
    '.5',
    '5.',
    '+5',
    '1,50',
    '1 000',
    '1e3',
    '--1',
    'NaN',
    'Infinity',
    '0x10',
    '१२',
    NaN,
    Infinity,
    1e-7,
    0.1 + 0.2,
    1e21,
    '100000000000.01',
    '-100000000000.01',
    '99999999999999999',
  ])('%s is no amount', (text) => expect(parseAmount(text)).toBeNull());

  test('what is written reads back as itself', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseAmount(formatAmount(amount))).toBe(amount);
      }),
    );
  });

  test('a number reads back as itself, to the last amount that a number can tell', () => {
    const last = 2n ** 46n * 100n - 1n;
    const read = (amount: bigint) => parseScaled(amountAsNumber(amount), 2);
    fc.assert(fc.property(fc.bigInt({ min: -last, max: last }), (amount) => read(amount) === amount));
    for (let amount = last; amount > last - 1_000n; amount--) expect(read(amount)).toBe(amount);
    expect(() => amountAsNumber(last + 1n)).toThrow('amount beyond exact numbers');
  });

  test('the form is an optional minus, whole kroner, a point, two decimals', () => {
    fc.assert(fc.property(amounts, (amount) => /^-?(0|[1-9]\d*)\.\d\d$/.test(formatAmount(amount))));
    expect(formatAmount(-5n)).toBe('-0.05');
    expect(formatAmount(0n)).toBe('0.00');
    expect(formatScaled(7n, 0)).toBe('7');
  });

  test('any number of decimals reads back, fewer than it has are refused', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.integer({ min: 1, max: 8 }),
        (value, decimals) => {
          const text = formatScaled(value, decimals);
          expect(parseScaled(text, decimals)).toBe(value);
          if (value % 10n !== 0n) expect(parseScaled(text, decimals - 1)).toBeNull();
        },
      ),
    );
  });

  test('beyond exact numbers is a fault, not a wrong figure', () => {
    expect(() => amountAsNumber(BigInt(Number.MAX_SAFE_INTEGER))).toThrow('amount beyond exact numbers');
    expect(parseAmount(amountAsNumber(MAX_TURNOVER - 1n))).toBe(null);
    expect(amountAsNumber(MAX_TURNOVER - 1n)).toBe(69_999_999_999_999.99);
    expect(ore(null)).toBe(0n);
    expect(ore('170141183460469231731')).toBe(170141183460469231731n);
  });
});

describe('rounding half away from zero', () => {
  test.each([
    [5n, 10n, 1n],
    [-5n, 10n, -1n],
    [4n, 10n, 0n],
    [-4n, 10n, 0n],
    [15n, 10n, 2n],
    [25n, 10n, 3n],
    [-25n, 10n, -3n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
  ])('%s / %s is %s', (numerator, denominator, rounded) => {
    expect(divideRounded(numerator, denominator)).toBe(rounded);
  });

  test('is within a half, symmetric, and away from zero at exactly a half', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 12n }), (numerator, denominator) => {
        const rounded = divideRounded(numerator, denominator);
        const twiceTheError = 2n * (rounded * denominator - numerator);
        const magnitude = twiceTheError < 0n ? -twiceTheError : twiceTheError;
        expect(magnitude <= denominator).toBe(true);
        if (magnitude === denominator) expect(rounded * denominator * numerator >= numerator * numerator).toBe(true);
        expect(divideRounded(-numerator, denominator)).toBe(-rounded);
      }),
    );
  });

  test('a denominator of zero or less is a fault', () => {
    expect(() => divideRounded(1n, 0n)).toThrow('denominator must be positive');
    expect(() => divideRounded(1n, -1n)).toThrow('denominator must be positive');
  });
});

describe('percents', () => {
  const percents = fc.bigInt({ min: 0n, max: 1_000_000n });

  test('read and write', () => {
    expect(parsePercent('25')).toBe(250_000n);
    expect(parsePercent('11.11')).toBe(111_100n);
    expect(formatPercent(111_100n)).toBe('11.1100');
    expect(formatPercent(111_100n, 2)).toBe('11.11');
    expect(() => parsePercent('12.34567')).toThrow('not a percent');
    fc.assert(fc.property(percents, (percent) => parsePercent(formatPercent(percent)) === percent));
  });

  test('a share of an amount is within half an øre of the exact share', () => {
    fc.assert(
      fc.property(amounts, percents, percents, (amount, percent, share) => {
        const once = 1_000_000n * percentOf(amount, percent) - amount * percent;
        expect(2n * (once < 0n ? -once : once) <= 1_000_000n).toBe(true);
        const twice = 10n ** 12n * percentOfPercent(amount, percent, share) - amount * percent * share;
        expect(2n * (twice < 0n ? -twice : twice) <= 10n ** 12n).toBe(true);
        expect(percentOf(amount, 1_000_000n)).toBe(amount);
        expect(percentOf(amount, 0n)).toBe(0n);
      }),
    );
  });

  test('the net within a gross amount, with its VAT, is the gross amount within an øre', () => {
    fc.assert(
      fc.property(amounts, percents, (gross, rate) => {
        const net = netOfGross(gross, rate);
        const difference = net + percentOf(net, rate) - gross;
        expect(difference >= -1n && difference <= 1n).toBe(true);
      }),
    );
    expect(netOfGross(12_500n, 250_000n)).toBe(10_000n);
    expect(netOfGross(-12_500n, 250_000n)).toBe(-10_000n);
  });
});
