import { expect, test } from 'vitest';
import { BalanceSums } from './balance-sums.ts';

const line = (account: string, amount: bigint, dimensionSetId: number | null = null) => ({
  account,
  debit: amount > 0n ? amount : 0n,
  credit: amount < 0n ? -amount : 0n,
  dimensionSetId,
});

test('lines are summed by account, month and dimension set', () => {
  const sums = new BalanceSums();
  sums.add('2025-02-28', [line('1920', 100n), line('3000', -70n), line('1920', -30n)]);
  sums.add('2025-03-01', [line('1920', 5n), line('1920', 6n, 7)]);
  sums.add('2025-02-01', [line('1920', 1n), line('3000', -1n, 7)]);
  expect(sums.all).toEqual([
    { account: '1920', month: '2025-02-01', set: 0, debit: 101n, credit: 30n, lines: 3 },
    { account: '3000', month: '2025-02-01', set: 0, debit: 0n, credit: 70n, lines: 1 },
    { account: '1920', month: '2025-03-01', set: 0, debit: 5n, credit: 0n, lines: 1 },
    { account: '1920', month: '2025-03-01', set: 7, debit: 6n, credit: 0n, lines: 1 },
    { account: '3000', month: '2025-02-01', set: 7, debit: 0n, credit: 1n, lines: 1 },
  ]);
});
