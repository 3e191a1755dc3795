import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAmount, parseAmount } from '../../kernel/money.ts';
import { monthInYear, monthNumber } from './month.ts';
import { depreciationPlan, type PlannedMonth, type PlanRule } from './plan.ts';

const rate = (percent: number) => ({ numerator: BigInt(percent), denominator: 100n });
const saldo = (percent: number, convention: 'full_year' | 'pro_rata' = 'full_year', residual = 0n): PlanRule => ({
  method: 'saldo',
  rate: rate(percent),
  convention,
  residual,
});
const linear = (bought: string, months: number, residual = 0n): PlanRule => ({
  method: 'linear',
  lastMonth: monthNumber(bought) + months - 1,
  residual,
});

function planOf(
  rule: PlanRule,
  changes: Record<string, string>,
  until: string,
  more: { retired?: string; later?: [string, PlanRule] } = {},
): PlannedMonth[] {
  const start = monthNumber(Object.keys(changes)[0]!);
  return depreciationPlan({
    start,
    retired: more.retired ? monthNumber(more.retired) : null,
    rules: [{ from: 0, rule }, ...(more.later ? [{ from: monthNumber(more.later[0]), rule: more.later[1] }] : [])],
    changes: new Map(Object.entries(changes).map(([date, amount]) => [monthNumber(date), parseAmount(amount)!])),
    until: monthNumber(until),
  });
}

/** Depreciation per calendar year. */
function years(plan: readonly PlannedMonth[]): Record<number, string> {
  const sums = new Map<number, bigint>();
  for (const { month, depreciation } of plan) {
    const year = (month - monthInYear(month)) / 12;
    sums.set(year, (sums.get(year) ?? 0n) + depreciation);
  }
  return Object.fromEntries([...sums].map(([year, sum]) => [year, formatAmount(sum)]));
}

// The worked examples of the reference, and what follows from the same rules.
const EXAMPLES: [what: string, plan: PlannedMonth[], years: Record<number, string>][] = [
  [
    'PC of 45,000 bought 20 December 2024, saldo 30 %, full year',
    planOf(saldo(30), { '2024-12-20': '45000' }, '2026-12-31'),
    { 2024: '13500.00', 2025: '9450.00', 2026: '6615.00' },
  ],
  [
    'the same, pro rata months',
    planOf(saldo(30, 'pro_rata'), { '2024-12-20': '45000' }, '2025-12-31'),
    { 2024: '1125.00', 2025: '13162.50' },
  ],
  [
    'software of 100,000 from 10 March 2024 over 36 months',
    planOf(linear('2024-03-10', 36), { '2024-03-10': '100000' }, '2028-12-31'),
    { 2024: '27777.78', 2025: '33333.33', 2026: '33333.33', 2027: '5555.56', 2028: '0.00' },
  ],
  [
    'office building of 10 million, saldo 2 %, sold in the fourth year',
    planOf(saldo(2), { '2021-01-10': '10000000', '2024-05-02': '-9407920' }, '2024-12-31', { retired: '2024-05-02' }),
    { 2021: '200000.00', 2022: '196000.00', 2023: '192080.00', 2024: '62746.13' },
  ],
  ['land', planOf({ method: 'none' }, { '2024-01-10': '500000' }, '2025-12-31'), { 2024: '0.00', 2025: '0.00' }],
  [
    'linear with residual value 10,000',
    planOf(linear('2024-01-01', 24, 1_000_000n), { '2024-01-15': '130000' }, '2026-06-30'),
    { 2024: '60000.00', 2025: '60000.00', 2026: '0.00' },
  ],
  [
    'an addition in mid-life is spread over what is left of it',
    planOf(linear('2024-01-01', 24), { '2024-01-15': '24000', '2025-01-15': '6000' }, '2025-12-31'),
    { 2024: '12000.00', 2025: '18000.00' },
  ],
  [
    'an addition to a saldo has the whole year',
    planOf(saldo(20), { '2024-01-15': '100000', '2024-10-15': '50000' }, '2024-12-31'),
    { 2024: '30000.00' },
  ],
  [
    'or its own months of it, pro rata',
    planOf(saldo(20, 'pro_rata'), { '2024-01-15': '100000', '2024-10-15': '50000' }, '2024-12-31'),
    { 2024: '22500.00' },
  ],
  [
    'a reversed purchase depreciates no more',
    planOf(linear('2024-01-01', 12), { '2024-01-15': '12000', '2024-03-15': '-10000' }, '2024-12-31'),
    { 2024: '2000.00' },
  ],
  [
    'another life acts forward only: half of it taken, the rest over 24 months',
    planOf(linear('2024-01-01', 24), { '2024-01-15': '24000' }, '2026-12-31', {
      later: ['2025-01-01', linear('2025-01-01', 24)],
    }),
    { 2024: '12000.00', 2025: '6000.00', 2026: '6000.00' },
  ],
  [
    'another saldo rate in mid-year has the rest of the year',
    planOf(saldo(24), { '2024-01-01': '100000' }, '2024-12-31', { later: ['2024-07-01', saldo(10)] }),
    { 2024: '16400.00' },
  ],
];

describe('depreciation by year', () => {
  test.each(EXAMPLES)('%s', (_, plan, expected) => {
    expect(years(plan)).toEqual(expected);
  });

  test('the example of three years adds up month by month', () => {
    const plan = planOf(linear('2024-03-10', 36), { '2024-03-10': '100000' }, '2027-02-28');
    const cumulative = (date: string) =>
      formatAmount(
        plan
          .filter(({ month }) => month <= monthNumber(date))
          .reduce((sum, { depreciation }) => sum + depreciation, 0n),
      );
    expect(['2024-12-01', '2025-12-01', '2026-12-01', '2027-02-01'].map(cumulative)).toEqual([
      '27777.78',
      '61111.11',
      '94444.44',
      '100000.00',
    ]);
  });

  test('nothing from the month of retirement on', () => {
    const plan = planOf(linear('2024-01-01', 12), { '2024-01-15': '12000' }, '2024-12-31', { retired: '2024-04-30' });
    expect(plan.map(({ depreciation }) => depreciation > 0n)).toEqual([true, true, true, ...Array(9).fill(false)]);
  });
});

const anyRule = fc.oneof(
  fc
    .record({ months: fc.integer({ min: 1, max: 120 }), residual: fc.bigInt(0n, 5_000_00n) })
    .map(({ months, residual }): PlanRule => ({
      method: 'linear',
      lastMonth: monthNumber('2020-01-01') + months - 1,
      residual,
    })),
  fc
    .record({
      percent: fc.integer({ min: 0, max: 100 }),
      convention: fc.constantFrom('full_year' as const, 'pro_rata' as const),
      residual: fc.bigInt(0n, 5_000_00n),
    })
    .map(({ percent, convention, residual }) => saldo(percent, convention, residual)),
);

test('whatever happens to an asset: values follow from changes and depreciation, never below the residual by depreciating', () => {
  const start = monthNumber('2020-01-01');
  fc.assert(
    fc.property(
      anyRule,
      anyRule,
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.bigInt(-300_000_00n, 900_000_00n)), { maxLength: 6 }),
      fc.bigInt(1n, 5_000_000_00n),
      (rule, later, switches, moves, cost) => {
        const changes = new Map([[start, cost]]);
        for (const [at, amount] of moves) changes.set(start + at, (changes.get(start + at) ?? 0n) + amount);
        const rules = [
          { from: 0, rule },
          { from: start + switches, rule: later },
        ];
        const plan = depreciationPlan({ start, retired: null, rules, changes, until: start + 130 });
        let value = 0n;
        for (const planned of plan) {
          expect(planned.opening).toBe(value);
          value += planned.change;
          expect(planned.depreciation >= 0n).toBe(true);
          const { rule: current } = rules.findLast(({ from }) => from <= planned.month)!;
          const residual = current.method === 'none' ? 0n : current.residual;
          if (planned.depreciation > 0n) expect(value - planned.depreciation >= residual).toBe(true);
          value -= planned.depreciation;
          expect(planned.closing).toBe(value);
        }
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});
