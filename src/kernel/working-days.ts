import { addDays, type LocalDate, localDate, yearOf } from './local-date.ts';

/** Banks and offices are closed on weekends and public holidays; money and invoices move on the other days. */
export function isWorkingDay(date: LocalDate): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !publicHolidays(yearOf(date)).has(date);
}

/** The date itself, or the first working day after it. */
export function workingDayFrom(date: LocalDate): LocalDate {
  return isWorkingDay(date) ? date : workingDayFrom(addDays(date, 1));
}

/** The date itself, or the last working day before it. */
export function workingDayUntil(date: LocalDate): LocalDate {
  return isWorkingDay(date) ? date : workingDayUntil(addDays(date, -1));
}

/** The days on which Norway's payment systems are closed (lov om helligdager, 1 and 17 May). */
function publicHolidays(year: number): ReadonlySet<LocalDate> {
  const known = holidaysByYear.get(year);
  if (known) return known;
  const easter = easterSunday(year);
  const days = new Set([
    ...[
      [1, 1],
      [5, 1],
      [5, 17],
      [12, 25],
      [12, 26],
    ].map(([month, day]) => localDate(year, month!, day!)),
    ...[-3, -2, 0, 1, 39, 49, 50].map((days) => addDays(easter, days)),
  ]);
  holidaysByYear.set(year, days);
  return days;
}

const holidaysByYear = new Map<number, ReadonlySet<LocalDate>>();

/** Gregorian computus (Meeus, Jones, Butcher). */
function easterSunday(year: number): LocalDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return localDate(year, Math.floor(sum / 31), (sum % 31) + 1);
}
