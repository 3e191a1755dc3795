import { expect, test } from 'vitest';
import { coveredDays } from './covered-days.ts';

const link = (from: number, to: number, opening: number, closing: number) => ({
  from: `2026-03-${String(from).padStart(2, '0')}`,
  to: `2026-03-${String(to).padStart(2, '0')}`,
  opening: BigInt(opening),
  closing: BigInt(closing),
});

test.each([
  ['alone', link(2, 2, 1000, 960), [], link(2, 2, 1000, 960)],
  ['two parts of a day', link(2, 2, 960, 920), [link(2, 2, 1000, 960)], link(2, 2, 1000, 920)],
  ['the month after a day of it', link(1, 31, 900, 500), [link(2, 2, 1000, 960)], link(1, 31, 900, 500)],
  ['neighbours share no day', link(3, 3, 960, 900), [link(2, 2, 1000, 960)], link(3, 3, 960, 900)],
  ['through another', link(5, 6, 70, 60), [link(1, 3, 90, 80), link(3, 5, 80, 70)], link(1, 6, 90, 60)],
  ['the same again', link(2, 2, 1000, 960), [link(2, 2, 1000, 960)], link(2, 2, 1000, 960)],
  ['a day without movement', link(2, 2, 50, 50), [], link(2, 2, 50, 50)],
  ['balances that contradict', link(2, 2, 10, 20), [link(2, 2, 30, 40)], null],
])('%s', (_, given, stored, expected) => {
  expect(coveredDays(given, stored)).toEqual(expected);
});
