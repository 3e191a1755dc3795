import { describe, expect, test } from 'vitest';
import { formatAmount, parseAmount } from '../../kernel/money.ts';
import type { SaldoGroup } from '../asset-class.ts';
import { gainAndLossYear, saldoYear, type SaldoYear } from './saldo-year.ts';

const RATES: Record<SaldoGroup, number> = { a: 30, b: 20, c: 24, d: 20, e: 14, f: 12, g: 5, h: 4, i: 2, j: 10 };

type Given = Partial<Record<'opening' | 'additions' | 'grants' | 'consideration' | 'incomeAtOnce', number>>;

function of(group: SaldoGroup, given: Given, more: Partial<SaldoYear> = {}): SaldoYear {
  const money = (key: keyof Given) => parseAmount(given[key] ?? 0)!;
  return {
    group,
    opening: money('opening'),
    additions: money('additions'),
    grants: money('grants'),
    vatAdjustment: 0n,
    consideration: money('consideration'),
    incomeAtOnce: money('incomeAtOnce'),
    rate: { numerator: BigInt(RATES[group]), denominator: 100n },
    deductSmallBalance: false,
    gone: false,
    ...more,
  };
}

type Row = [what: string, saldo: SaldoYear, year: number, expected: string];
// Expected: basis, depreciation, income, to the gain and loss account, closing balance.
const ROWS: Row[] = [
  ['van, year 1', of('c', { additions: 300_000 }), 2024, '300000.00 72000.00 0.00 0.00 228000.00'],
  ['van, year 2', of('c', { opening: 228_000 }), 2025, '228000.00 54720.00 0.00 0.00 173280.00'],
  [
    'van sold in year 3: a small negative balance is income',
    of('c', { opening: 173_280, consideration: 200_000 }),
    2026,
    '-26720.00 0.00 26720.00 0.00 0.00',
  ],
  [
    'a large negative balance: at least the rate',
    of('d', { opening: 100_000, consideration: 200_000 }),
    2025,
    '-100000.00 0.00 20000.00 0.00 -80000.00',
  ],
  [
    'part of the price taken to income at once',
    of('a', { opening: 100_000, consideration: 50_000, incomeAtOnce: 50_000 }),
    2025,
    '100000.00 30000.00 0.00 0.00 70000.00',
  ],
  [
    'goodwill sold above its balance',
    of('b', { opening: 100_000, consideration: 400_000 }),
    2025,
    '-300000.00 0.00 0.00 300000.00 0.00',
  ],
  ['office building, year 1', of('i', { additions: 10_000_000 }), 2021, '10000000.00 200000.00 0.00 0.00 9800000.00'],
  [
    'office building sold in year 4: nothing depreciated, the gain to the account',
    of('i', { opening: 9_411_920, consideration: 12_000_000 }, { gone: true }),
    2024,
    '-2588080.00 0.00 0.00 2588080.00 0.00',
  ],
  [
    'the same at a loss',
    of('i', { opening: 9_411_920, consideration: 9_000_000 }, { gone: true }),
    2024,
    '411920.00 0.00 0.00 -411920.00 0.00',
  ],
  [
    'a small rest deducted whole, from 2024',
    of('a', { opening: 29_999 }, { deductSmallBalance: true }),
    2024,
    '29999.00 29999.00 0.00 0.00 0.00',
  ],
  [
    'not so before',
    of('a', { opening: 29_999 }, { deductSmallBalance: true }),
    2023,
    '29999.00 8999.70 0.00 0.00 20999.30',
  ],
  [
    'a grant reduces the basis',
    of('h', { additions: 500_000, grants: 100_000 }),
    2025,
    '400000.00 16000.00 0.00 0.00 384000.00',
  ],
];

test.each(ROWS)('%s', (_, saldo, year, expected) => {
  const { basis, depreciation, income, toGainAndLoss, closing } = saldoYear(saldo, year);
  expect([basis, depreciation, income, toGainAndLoss, closing].map((amount) => formatAmount(amount)).join(' ')).toBe(
    expected,
  );
});

describe('gain and loss account', () => {
  const rows: [opening: number, added: number, income: string, deduction: string, closing: string][] = [
    [0, 2_588_080, '517616.00', '0.00', '2070464.00'],
    [100_000, -75_000, '25000.00', '0.00', '0.00'],
    [-100_000, 0, '0.00', '20000.00', '-80000.00'],
    [-29_999, 0, '0.00', '29999.00', '0.00'],
    [30_000, 0, '6000.00', '0.00', '24000.00'],
    [0, 0, '0.00', '0.00', '0.00'],
  ];
  test.each(rows)('%d and %d', (opening, added, income, deduction, closing) => {
    const result = gainAndLossYear({ opening: parseAmount(opening)!, added: parseAmount(added)! }, 2025);
    expect([result.income, result.deduction, result.closing].map((amount) => formatAmount(amount))).toEqual([
      income,
      deduction,
      closing,
    ]);
  });
});
