import type { FiscalCalendar } from '../../kernel/fiscal-year.ts';
import { type LocalDate, localDate, monthOf, yearOf } from '../../kernel/local-date.ts';

/** A calendar month as a number that can be counted: year × 12 + month (1 to 12). */
export type Month = number;

export function monthNumber(date: LocalDate): Month {
  return yearOf(date) * 12 + monthOf(date);
}

/** 1 to 12. */
export function monthInYear(month: Month): number {
  return ((month - 1) % 12) + 1;
}

/** Of the fiscal year that a month is in: the months left with this one, and how many it has. */
export type YearOf = (month: Month) => { left: number; length: number };

export const calendarYearOf: YearOf = (month) => ({ left: 13 - monthInYear(month), length: 12 });

export function yearOfCalendar(calendar: FiscalCalendar): YearOf {
  if (calendar.isCalendarYears) return calendarYearOf;
  return (month) => {
    const { from, to } = calendar.yearAt(firstDay(month));
    return { left: monthNumber(to) - month + 1, length: monthNumber(to) - monthNumber(from) + 1 };
  };
}

/** The first day of the month. */
export function firstDay(month: Month): LocalDate {
  const within = monthInYear(month);
  return localDate((month - within) / 12, within, 1);
}
