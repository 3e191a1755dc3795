import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScaled } from '../../kernel/money.ts';
import { type AmountLine, documentAmounts, VAT_ROUNDINGS } from './document-amounts.ts';

const RATE_SCALE = 10n ** 18n;
const rateOf = (text: string) => parseScaled(text, 18)!;
const sum = (parts: readonly bigint[]) => parts.reduce((total, part) => total + part, 0n);
const absolute = (value: bigint) => (value < 0n ? -value : value);

test.each([
  ['line', 374_97n, [25_00n, 25_00n, 25_00n]],
  ['total', 374_96n, [25_00n, 25_00n, 24_99n]],
] as const)('3 × 99.99 at 25 %%, rounded by %s', (rounding, gross, vat) => {
  const lines = Array.from({ length: 3 }, () => ({ amount: 99_99n, percent: 250_000n }));
  const amounts = documentAmounts(lines, rounding, null);
  expect(amounts).toMatchObject({ gross, kroner: gross });
  expect(amounts.lines.map((line) => line.vat)).toEqual(vat);
});

test('total: each rate has its own', () => {
  const lines = [0n, 1n, 2n, 3n].map((i) => ({ amount: 10_02n + i, percent: i % 2n === 0n ? 250_000n : 150_000n }));
  // 20.06 at 25 % is 5.015, 20.08 at 15 % is 3.012.
  expect(documentAmounts(lines, 'total', null).tax).toBe(5_02n + 3_01n);
});

test('a currency of small units: what is less than an øre has no line in kroner', () => {
  const amounts = documentAmounts(
    [
      { amount: 1_00n, percent: 250_000n },
      { amount: 90_000_00n, percent: 250_000n },
    ],
    'line',
    rateOf('0.00065'),
  );
  expect(amounts).toMatchObject({ gross: 112_501_25n, kroner: 73_13n });
  expect(amounts.lines[0]).toEqual({ base: 0n, vat: 0n });
});

const percents = fc.constantFrom(null, 0n, 120_000n, 150_000n, 250_000n);
const lines = fc.array(
  fc.record({
    amount: fc.bigInt({ min: -50_00n, max: 2_000_00n }).filter((amount) => amount !== 0n),
    percent: percents,
  }),
  { minLength: 1, maxLength: 30 },
);
const rates = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: 10n ** 15n, max: 40n * RATE_SCALE }),
  fc.constantFrom('11.4325', '0.9987', '13.305').map(rateOf),
);

test('whatever the document: all ties to the øre, and each line is what its amount at the rate is, within an øre or two', () => {
  fc.assert(
    fc.property(lines, fc.constantFrom(...VAT_ROUNDINGS), rates, (input: AmountLine[], rounding, rate) => {
      const { gross, tax, kroner, lines: posted } = documentAmounts(input, rounding, rate);
      expect(gross - tax).toBe(sum(input.map(({ amount }) => amount)));
      expect(sum(posted.map(({ base, vat }) => base + (vat ?? 0n)))).toBe(kroner);
      expect(absolute(kroner * RATE_SCALE - gross * (rate ?? RATE_SCALE)) * 2n <= RATE_SCALE).toBe(true);
      posted.forEach(({ base, vat }, i) => {
        const off = base * RATE_SCALE - input[i]!.amount * (rate ?? RATE_SCALE);
        expect(absolute(off) <= 2n * RATE_SCALE).toBe(true);
        expect(vat === null).toBe(input[i]!.percent === null);
      });
    }),
    { seed: 375, numRuns: 500 },
  );
});
