import { describe, expect, test } from 'vitest';
import { amountOf, formatDecimal, parseDecimal } from './decimal.ts';
import { EMPTY_LINE, emptyInvoice, NO_TOTALS, type TaxCategory } from './invoice.ts';
import { withSums } from './sums.ts';

const decimal = (text: string) => parseDecimal(text)!;

test.each([
  ['3', '33.333', '1', 10000n],
  ['1', '0.005', '1', 1n],
  ['-1', '0.005', '1', -1n],
  ['1', '0.0049', '1', 0n],
  ['7', '400', '1', 280000n],
  ['10', '1', '3', 333n],
  ['0.001', '999999.99', '1', 100000n],
  ['1000000', '0.000001', '1', 100n],
])('%s at %s for each %s comes to %s', (quantity, price, base, expected) => {
  expect(amountOf(decimal(quantity), decimal(price), decimal(base))).toBe(expected);
});

test.each([
  ['1', '1'],
  ['1.50', '1.5'],
  ['-0.10', '-0.1'],
  ['+2', '2'],
  ['.5', '0.5'],
  ['7.', '7'],
  ['000', '0'],
])('%s is the decimal %s', (text, shown) => expect(formatDecimal(decimal(text))).toBe(shown));

test.each(['', '.', '1,5', '1e3', 'NaN', '--1', '1'.repeat(40), '٣'])('"%s" is no decimal', (text) =>
  expect(parseDecimal(text)).toBeNull(),
);

describe('VAT', () => {
  const tax = (code: string, percent: string | null): TaxCategory => ({
    code,
    percent: percent === null ? null : decimal(percent),
  });
  const sums = (
    lines: [bigint, TaxCategory][],
    charge?: [boolean, bigint, TaxCategory],
    rounding: bigint | null = null,
  ) =>
    withSums({
      ...emptyInvoice('Invoice'),
      totals: { ...NO_TOTALS, rounding },
      lines: lines.map(([amount, of]) => ({ ...EMPTY_LINE, amount, tax: of })),
      allowances: charge
        ? [
            {
              isCharge: charge[0],
              amount: charge[1],
              tax: charge[2],
              reason: 'Frakt',
              reasonCode: null,
              percent: null,
              base: null,
            },
          ]
        : [],
    });

  test('is rounded once for each rate, on the total', () => {
    const { taxAmount, taxSubtotals, totals } = sums([
      [1n, tax('S', '25')],
      [1n, tax('S', '25')],
      [33n, tax('S', '15')],
      [100n, tax('Z', '0')],
    ]);
    // 0.02 × 25 % is 0.005, rounded up; line by line it would be nothing.
    expect(taxSubtotals.map(({ taxable, tax: vat }) => [taxable, vat])).toEqual([
      [2n, 1n],
      [33n, 5n],
      [100n, 0n],
    ]);
    expect(taxAmount).toBe(6n);
    expect(totals).toMatchObject({ lines: 135n, taxExclusive: 135n, taxInclusive: 141n, payable: 141n });
  });

  test('follows discounts and charges of the document', () => {
    expect(sums([[10000n, tax('S', '25')]], [false, 1000n, tax('S', '25')])).toMatchObject({
      taxAmount: 2250n,
      totals: { lines: 10000n, allowances: 1000n, charges: null, taxExclusive: 9000n, payable: 11250n },
    });
    expect(sums([[10000n, tax('S', '25')]], [true, 1000n, tax('S', '15')], -50n)).toMatchObject({
      taxAmount: 2650n,
      totals: { charges: 1000n, taxInclusive: 13650n, rounding: -50n, payable: 13600n },
    });
  });

  test('11.11 % and what carries none', () => {
    expect(sums([[900n, tax('S', '11.11')]]).taxAmount).toBe(100n);
    expect(sums([[900n, tax('O', null)]])).toMatchObject({
      taxAmount: 0n,
      taxSubtotals: [{ exemptionReasonCode: 'VATEX-EU-O' }],
    });
  });
});
