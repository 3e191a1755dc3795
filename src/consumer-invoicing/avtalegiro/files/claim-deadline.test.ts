import { expect, it } from 'vitest';
import { lastDayToCancel, lastDayToSend } from './claim-deadline.ts';

it.each<[string, 'bank' | 'payee', string]>([
  // January's last working day is Friday the 30th.
  ['2026-02-15', 'bank', '2026-01-30'],
  ['2026-03-14', 'bank', '2026-01-30'],
  ['2026-03-15', 'bank', '2026-02-27'],
  // Easter: Maundy Thursday is 2 April 2026.
  ['2026-04-20', 'bank', '2026-03-31'],
  ['2026-06-14', 'bank', '2026-04-30'],
  ['2026-03-20', 'payee', '2026-03-11'],
  // 9 days before is Easter Monday, 6 April: the last bank day is 1 April.
  ['2026-04-15', 'payee', '2026-04-01'],
])('due %s, told by the %s: sent by %s', (due, notice, expected) => {
  expect(lastDayToSend(due, notice)).toBe(expected);
});

it.each([
  ['2026-03-20', '2026-03-19'],
  ['2026-03-23', '2026-03-20'],
  ['2026-04-07', '2026-04-01'],
])('due %s: stopped until %s', (due, expected) => {
  expect(lastDayToCancel(due)).toBe(expected);
});
