import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distribute, distributeRounded } from './distribute.ts';

test.each<[bigint, bigint[], bigint, bigint[]]>([
  [74_99n, [2499_75n, 2499_75n, 2499_75n], 100n, [2500n, 2500n, 2499n]],
  [100n, [1n, 1n, 1n], 1n, [34n, 33n, 33n]],
  [0n, [5n, -5n], 10n, [1n, -1n]],
  [-1n, [-3n, -4n], 10n, [0n, -1n]],
  [0n, [0n, 0n], 1n, [0n, 0n]],
])('row %#', (total, wanted, scale, parts) => {
  expect(distribute(total, wanted, scale)).toEqual(parts);
});

const amounts = fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), { minLength: 1, maxLength: 40 });

test('a sum rounded once: parts add up to it, none is further than an øre from its own rounding', () => {
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 18n }), (wanted, scale) => {
      const { total, parts } = distributeRounded(wanted, scale);
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
      parts.forEach((part, i) => {
        const off = part * scale - wanted[i]!;
        expect(off * 2n <= scale * 3n && off * 2n >= scale * -3n).toBe(true);
      });
    }),
    { seed: 93 },
  );
});
