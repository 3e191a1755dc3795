import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  dateInNorway,
  dayOf,
  daysInMonth,
  endOfMonth,
  isLocalDate,
  localDate,
  monthOf,
  startOfMonth,
  yearOf,
} from './local-date.ts';

fc.configureGlobal({ seed: 1814, numRuns: 500 });

const DAY = 86_400_000;
const dates = fc.integer({ min: -25_567, max: 91_000 }).map((day) => new Date(day * DAY).toISOString().slice(0, 10));

describe('the calendar', () => {
  test('every day of four hundred years is a date, and nothing between the months is', () => {
    let next = '1900-01-01';
    for (let year = 1900; year < 2300; year++) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const exists = text === next;
          if (isLocalDate(text) !== exists) throw new Error(`${text} should ${exists ? '' : 'not '}exist`);
          if (exists) next = new Date(Date.parse(next) + DAY).toISOString().slice(0, 10);
        }
      }
    }
    expect(next).toBe('2300-01-01');
  });

  test.each([
    '2025-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '0000-01-01',
    '20240101',
    ' 2024-01-01',
    '2024-01-01T00:00:00Z',
    '2024-01-01\n',
    '',
    null,
    undefined,
    20240101,
  ])('%s is no date', (text) => {
    expect(isLocalDate(text)).toBe(false);
  });

  test('leap years', () => {
    expect([2000, 2024, 1900, 2025].map((year) => daysInMonth(year, 2))).toEqual([29, 29, 28, 28]);
  });
});

describe('counting', () => {
  test('days forth and back', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const later = addDays(date, days);
        expect(isLocalDate(later)).toBe(true);
        expect((Date.parse(later) - Date.parse(date)) / DAY).toBe(days);
        expect(addDays(later, -days)).toBe(date);
        expect(later < date).toBe(days < 0);
      }),
    );
  });

  test('months keep the day, or end with their month', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -600, max: 600 }), (date, months) => {
        const moved = addMonths(date, months);
        expect((yearOf(moved) - yearOf(date)) * 12 + monthOf(moved) - monthOf(date)).toBe(months);
        expect(dayOf(moved)).toBe(Math.min(dayOf(date), daysInMonth(yearOf(moved), monthOf(moved))));
      }),
    );
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2024-03-31', -1)).toBe('2024-02-29');
    expect(addMonths('2024-12-15', 1)).toBe('2025-01-15');
    expect(addMonths('2024-01-15', -1)).toBe('2023-12-15');
  });

  test('a month begins on its first day and ends before the next begins', () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(startOfMonth(date) <= date && date <= endOfMonth(date)).toBe(true);
        expect(addDays(endOfMonth(date), 1)).toBe(addMonths(startOfMonth(date), 1));
        expect(localDate(yearOf(date), monthOf(date), dayOf(date))).toBe(date);
      }),
    );
    expect(() => localDate(2025, 2, 29)).toThrow('no such date: 2025-02-29');
  });
});

test('the date in Norway turns at midnight there, summer and winter', () => {
  expect(dateInNorway(new Date('2026-01-31T22:59:59Z'))).toBe('2026-01-31');
  expect(dateInNorway(new Date('2026-01-31T23:00:00Z'))).toBe('2026-02-01');
  expect(dateInNorway(new Date('2026-06-30T21:59:59Z'))).toBe('2026-06-30');
  expect(dateInNorway(new Date('2026-06-30T22:00:00Z'))).toBe('2026-07-01');
});
