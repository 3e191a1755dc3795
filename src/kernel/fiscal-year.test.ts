import { describe, expect, test } from 'vitest';
import { CALENDAR_YEARS, FiscalCalendar, type FiscalStart } from './fiscal-year.ts';

const calendar = (...starts: [from: string, namedAfter?: FiscalStart['namedAfter']][]) =>
  new FiscalCalendar(starts.map(([from, namedAfter = 'end']) => ({ from, namedAfter })));

const founded = (from: string, firstYearMonths: number, namedAfter: FiscalStart['namedAfter'] = 'end') =>
  new FiscalCalendar([{ from, namedAfter, firstYearMonths }]);
const FOUNDED = founded('2025-08-01', 17);
const JULY = calendar(['0001-07-01']);

describe('the fiscal year of a day', () => {
  test.each([
    ['calendar years', CALENDAR_YEARS, '2025-08-31', 2025, '2025-01-01', '2025-12-31', 8],
    ['July to June, named after its end', JULY, '2025-07-01', 2026, '2025-07-01', '2026-06-30', 1],
    ['… its last day', JULY, '2026-06-30', 2026, '2025-07-01', '2026-06-30', 12],
    ['… named after its start', calendar(['0001-07-01', 'start']), '2026-06-30', 2025, '2025-07-01', '2026-06-30', 12],
    ['… where the calendar begins', JULY, '0001-03-05', 1, '0001-01-01', '0001-06-30', 9],
    ['… and ends', JULY, '9999-12-31', 10_000, '9999-07-01', '9999-12-31', 6],
    ['a short year before the change', calendar(['2025-07-01']), '2025-02-01', 2025, '2025-01-01', '2025-06-30', 2],
    ['and the first after it', calendar(['2025-07-01']), '2025-07-01', 2026, '2025-07-01', '2026-06-30', 1],
    [
      'two years of one name are one long year',
      calendar(['0001-07-01'], ['2026-01-01']),
      '2025-12-24',
      2025,
      '2024-07-01',
      '2025-12-31',
      18,
    ],
    [
      '… from its beginning',
      calendar(['0001-07-01'], ['2026-01-01']),
      '2024-07-01',
      2025,
      '2024-07-01',
      '2025-12-31',
      1,
    ],
    [
      '… and the year after it',
      calendar(['0001-07-01'], ['2026-01-01']),
      '2026-05-01',
      2026,
      '2026-01-01',
      '2026-12-31',
      5,
    ],
    ['a company’s long first year', FOUNDED, '2025-08-01', 2026, '2025-08-01', '2026-12-31', 1],
    ['… its last month', FOUNDED, '2026-12-31', 2026, '2025-08-01', '2026-12-31', 17],
    ['… the year after it', FOUNDED, '2027-03-31', 2027, '2027-01-01', '2027-12-31', 3],
    ['… the time before it', FOUNDED, '2025-07-31', 2025, '2025-01-01', '2025-07-31', 7],
    ['… named after its start', founded('2025-08-01', 17, 'start'), '2026-12-31', 2025, '2025-08-01', '2026-12-31', 17],
    ['… then the next is', founded('2025-08-01', 17, 'start'), '2027-01-01', 2027, '2027-01-01', '2027-12-31', 1],
    ['a first year to June', founded('2025-02-01', 17), '2026-07-01', 2027, '2026-07-01', '2027-06-30', 1],
    ['a short first year to June', founded('2025-04-01', 3), '2025-06-30', 2025, '2025-04-01', '2025-06-30', 3],
    ['a first year of 12 months', founded('2025-01-01', 12), '2025-12-31', 2025, '2025-01-01', '2025-12-31', 12],
  ])('%s', (_, years, day, name, from, to, period) => {
    expect(years.yearAt(day)).toEqual({ name, from, to });
    expect(years.periodOf(day)).toEqual({ fiscalYear: name, period });
  });
});

test('the years of a range', () => {
  expect(JULY.yearsIn({ from: '2025-06-30', to: '2026-07-01' }).map(({ name }) => name)).toEqual([2025, 2026, 2027]);
  expect(CALENDAR_YEARS.yearsIn({ from: '2025-06-30', to: '2025-07-01' }).map(({ name }) => name)).toEqual([2025]);
});

test('every month is in exactly one year, and each year begins where the one before ended', () => {
  const years = calendar(['0001-07-01'], ['2021-01-01'], ['2023-04-01', 'start'], ['2025-09-01']);
  let before = years.yearAt('2018-01-01');
  for (let year = 2018; year < 2030; year++)
    for (let month = 1; month <= 12; month++) {
      const day = `${year}-${String(month).padStart(2, '0')}-15`;
      const at = years.yearAt(day);
      expect(at.from <= day && day <= at.to).toBe(true);
      if (at.from !== before.from) expect(new Date(at.from).getTime() - new Date(before.to).getTime()).toBe(86_400_000);
      before = at;
    }
});
