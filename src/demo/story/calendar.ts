export { monthName } from '../../kernel/month-name.ts';
import { addMonths, endOfMonth, type LocalDate, localDate, monthOf, yearOf } from '../../kernel/local-date.ts';

export interface Month {
  year: number;
  month: number;
  first: LocalDate;
  last: LocalDate;
  /** `2025-04`: the name of the month's own random stream. */
  name: string;
}

/** Every month from the first day's to today's. */
export function monthsBetween(from: LocalDate, today: LocalDate): Month[] {
  const months: Month[] = [];
  for (let first = `${from.slice(0, 8)}01`; first <= today; first = addMonths(first, 1)) {
    months.push({
      year: yearOf(first),
      month: monthOf(first),
      first,
      last: endOfMonth(first),
      name: first.slice(0, 7),
    });
  }
  return months;
}

export function dayIn({ year, month, last }: Month, day: number): LocalDate {
  const date = localDate(year, month, Math.min(day, 28));
  return day > 28 ? (day >= Number(last.slice(8)) ? last : `${last.slice(0, 8)}${day}`) : date;
}

/** `2025-04-09` → `09.04.2025`. */
export function norwegianDate(date: LocalDate): string {
  return `${date.slice(8)}.${date.slice(5, 7)}.${date.slice(0, 4)}`;
}
