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

/** The first day of the month. */
export function firstDay(month: Month): LocalDate {
  const within = monthInYear(month);
  return localDate((month - within) / 12, within, 1);
}
