import { describe, expect, test } from 'vitest';
import { interestOf, largestFee, ratesInUse, type ReminderRate } from './reminder-rates.ts';

const rate = (kind: ReminderRate['kind'], valid_from: string, valid_to: string, value: string): ReminderRate => ({
  kind,
  valid_from,
  valid_to,
  value,
});
const known = ratesInUse([]);

describe('interest for late payment', () => {
  test.each([
    ['a year at one rate', [rate('INTEREST', '2030-01-01', '2030-12-31', '10')], '2029-12-31', '2030-12-31', 1_000_00n],
    ['a day', [rate('INTEREST', '2030-01-01', '2030-12-31', '12.25')], '2030-03-01', '2030-03-02', 3_35n],
    ['none on the due date', known, '2026-03-01', '2026-03-01', 0n],
    [
      'over a change: 10 days of 10 and 5 of 12',
      [rate('INTEREST', '2030-01-01', '2030-06-30', '10'), rate('INTEREST', '2030-07-01', '2030-12-31', '12')],
      '2030-06-20',
      '2030-07-05',
      43_83n,
    ],
  ])('%s', (_, rates, due, until, amount) => {
    expect(interestOf(rates, 10_000_00n, due, until)).toMatchObject({ amount });
  });

  test('a rate ends with its half-year: nothing is made up for the next', () => {
    expect(interestOf(known, 100n, '2026-06-20', '2026-07-05')).toEqual({ missing: '2026-07-01' });
    expect(interestOf(known, 100n, '2025-12-20', '2026-01-05')).toEqual({ missing: '2025-12-21' });
    const entered = ratesInUse([rate('INTEREST', '2026-07-01', '2026-12-31', '11.75')]);
    expect(interestOf(entered, 10_000_00n, '2026-06-20', '2026-07-05')).toEqual({
      amount: 48_97n,
      rates: [
        { percent: '12', date_from: '2026-06-21', date_to: '2026-06-30', days: 10 },
        { percent: '11.75', date_from: '2026-07-01', date_to: '2026-07-05', days: 5 },
      ],
    });
  });

  test('a rate that is entered stands instead of the known one that it meets', () => {
    const own = rate('INTEREST', '2026-01-01', '2026-06-30', '12.5');
    expect(ratesInUse([own]).filter(({ valid_to }) => valid_to === '2026-06-30')).toEqual([own]);
  });
});

test('a fee is at most a twentieth of the debt collection rate, and none where that is not known', () => {
  expect(largestFee(known, '2026-05-01')).toBe(37_50n);
  expect(largestFee(known, '2027-01-01')).toBeNull();
  expect(largestFee(ratesInUse([rate('COLLECTION', '2027-01-01', '2027-12-31', '780')]), '2027-01-01')).toBe(39_00n);
});
