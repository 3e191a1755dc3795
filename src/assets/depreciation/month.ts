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

/** For the fiscal year of a month: the months left including this one, and its number of months. */
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
