import { FiscalCalendar, type FiscalStart, LONGEST_FISCAL_YEAR } from '../kernel/fiscal-year.ts';
import { addDays, addMonths, endOfMonth, localDate, type LocalDate, monthOf, yearOf } from '../kernel/local-date.ts';
import type { Transaction } from './audit-file/audit-records.ts';

/** The scope of the file. Periods are those of its financial years. */
export interface Selection {
  start: LocalDate;
  end: LocalDate;
  periods: { from: number; to: number } | null;
}

/** Period and year as one number that sorts. */
export function periodIndex(year: number, period: number): number {
  return year * 100 + period;
}

/** Number of matching vouchers from which on their dates determine where the financial year begins. */
const ENOUGH = 3;

interface Days {
  from: LocalDate;
  to: LocalDate;
}

/**
 * Determines the posting day of vouchers. The accounting period decides (Period, PeriodYear); within it the day is that
 * of the document, otherwise of the posting, otherwise the nearest of the period. If the period is missing or outside a
 * selection by dates, the posting date decides, then the document's. Period 0 is the first day of the financial year,
 * periods beyond its months are its last.
 */
export class AccountingCalendar {
  /** Months between a period's number and its calendar month; 0 if the financial year is the calendar year. */
  readonly #shift: number;
  readonly #selection: Selection | null;
  readonly #days = new Map<number, Days | null>();
  /** Set if the file is of a company's first financial year with more months than later ones. */
  readonly #firstYear: Required<FiscalStart> | null;
  readonly #calendar: FiscalCalendar | null;

  constructor(shift: number, selection: Selection | null, firstYear: Required<FiscalStart> | null = null) {
    this.#firstYear = firstYear;
    this.#calendar = firstYear && new FiscalCalendar([firstYear]);
    this.#shift = shift;
    this.#selection = selection && shift !== 0 && selection.periods ? shifted(selection, shift) : selection;
  }

  get selection(): Selection | null {
    return this.#selection;
  }

  /** The first day of the financial year that a day is in. */
  yearStart(day: LocalDate): LocalDate {
    if (this.#calendar) return this.#calendar.yearAt(day).from;
    const month = ((this.#shift + 12) % 12) + 1;
    return localDate(monthOf(day) >= month ? yearOf(day) : yearOf(day) - 1, month, 1);
  }

  /** Where its fiscal years begin, for books that have none yet; null for calendar years. */
  get fiscalStart(): FiscalStart | null {
    if (this.#firstYear) return this.#firstYear;
    if (this.#shift === 0) return null;
    const namedAfter = this.#shift < 0 ? 'end' : 'start';
    return { from: localDate(1, ((this.#shift + 12) % 12) + 1, 1), namedAfter };
  }

  /** Fiscal year and period of a day, in the file's numbering. */
  periodOf(day: LocalDate): { fiscalYear: number; period: number } {
    if (this.#calendar) return this.#calendar.periodOf(day);
    const index = yearOf(day) * 12 + monthOf(day) - 1 - this.#shift;
    return { fiscalYear: Math.floor(index / 12), period: (index % 12) + 1 };
  }

  /** The day on which the voucher is posted; null if it is outside the selection. */
  dayOf({ date, postingDate, period, periodYear }: Transaction): LocalDate | null {
    const selection = this.#selection;
    if (period !== null && periodYear !== null) {
      if (selection?.periods && !inPeriods(selection.periods, periodYear, period)) return null;
      const days = this.#daysOf(periodYear, period);
      if (days) {
        if (date !== null && date >= days.from && date <= days.to) return date;
        if (postingDate !== null && postingDate >= days.from && postingDate <= days.to) return postingDate;
        return (postingDate ?? date ?? days.from) < days.from ? days.from : days.to;
      }
    }
    for (const day of [postingDate, date]) {
      if (day !== null && (!selection || (day >= selection.start && day <= selection.end))) return day;
    }
    return null;
  }

  /** The days of a period that are in the selection; null if there are none. */
  #daysOf(year: number, period: number): Days | null {
    const key = periodIndex(year, period);
    let days = this.#days.get(key);
    if (days === undefined) {
      const all = this.#firstYear ? daysOfFirstYear(this.#firstYear, period) : daysOfPeriod(year, period, this.#shift);
      days = within(all, this.#selection);
      this.#days.set(key, days);
    }
    return days;
  }
}

function daysOfFirstYear({ from, firstYearMonths }: Required<FiscalStart>, period: number): Days {
  if (period < 1) return { from, to: from };
  const last = addDays(addMonths(from, firstYearMonths), -1);
  if (period > firstYearMonths) return { from: last, to: last };
  const month = addMonths(from, period - 1);
  return { from: month, to: endOfMonth(month) };
}

function daysOfPeriod(year: number, period: number, shift: number): Days {
  const first = year * 12 + Math.min(Math.max(period, 1), 12) - 1 + shift;
  const from = localDate(Math.floor(first / 12), (first % 12) + 1, 1);
  if (period < 1) return { from, to: from };
  const to = endOfMonth(from);
  return period > 12 ? { from: to, to } : { from, to };
}

function within(days: Days, selection: Selection | null): Days | null {
  if (!selection) return days;
  const from = days.from > selection.start ? days.from : selection.start;
  const to = days.to < selection.end ? days.to : selection.end;
  return from <= to ? { from, to } : null;
}

/**
 * A selection that begins with the first period includes period 0, one that ends with the twelfth includes later ones.
 */
function inPeriods(periods: { from: number; to: number }, year: number, period: number): boolean {
  const index = periodIndex(year, period);
  const from = periods.from % 100 <= 1 ? periods.from - (periods.from % 100) : periods.from;
  const to = periods.to % 100 >= 12 ? periods.to - (periods.to % 100) + 99 : periods.to;
  return index >= from && index <= to;
}

function shifted(selection: Selection, shift: number): Selection {
  const { from, to } = selection.periods!;
  return {
    start: daysOfPeriod(Math.floor(from / 100), from % 100, shift).from,
    end: daysOfPeriod(Math.floor(to / 100), to % 100, shift).to,
    periods: selection.periods,
  };
}

/**
 * The calendar of a file, derived from its selection and first vouchers. A selection of twelve months other than a
 * calendar year begins with the financial year; otherwise the vouchers decide, if most of those with both dates in one
 * month agree on a month other than their period's number. In empty books, a selection of 13 to 18 months may be the
 * first financial year.
 */
export function calendarOf(
  selection: Selection | null,
  first: readonly Transaction[],
  beginsWithNothing = false,
): AccountingCalendar {
  const firstYear = selection && beginsWithNothing ? firstYearOf(selection, first) : null;
  if (firstYear) return new AccountingCalendar(0, selection, firstYear);
  const votes = new Map<number, number>();
  let voters = 0;
  for (const { date, postingDate, period, periodYear } of first) {
    if (date === null || period === null || periodYear === null || period < 1 || period > 12) continue;
    if (postingDate !== null && postingDate.slice(0, 7) !== date.slice(0, 7) && !isAfter(postingDate, selection))
      continue;
    const shift = yearOf(date) * 12 + monthOf(date) - (periodYear * 12 + period);
    votes.set(shift, (votes.get(shift) ?? 0) + 1);
    voters++;
  }
  const begins = selection && firstMonthOfYear(selection);
  const count = (shift: number) => votes.get(shift) ?? 0;
  let shift = 0;
  if (begins === null || begins === 1) {
    // In a selection of a calendar year, documents of the previous month are more likely than a year shifted by one
    // month.
    const least = begins === null ? 1 : 2;
    for (const [other, agree] of votes)
      if (Math.abs(other) >= least && Math.abs(other) < 12 && agree >= ENOUGH && agree * 2 > voters) shift = other;
  } else {
    // The year is named after the year in which it begins, or in which it ends.
    shift = count(begins - 13) > count(begins - 1) ? begins - 13 : begins - 1;
  }
  return new AccountingCalendar(shift, selection);
}

/** The first year, if most vouchers count their periods from the selection's first month and not by the calendar. */
function firstYearOf({ start, end, periods }: Selection, first: readonly Transaction[]): Required<FiscalStart> | null {
  const begins = yearOf(start) * 12 + monthOf(start);
  const months = yearOf(end) * 12 + monthOf(end) - begins + 1;
  const isWhole = start.endsWith('-01') && end === endOfMonth(end);
  if (periods || !isWhole || months <= 12 || months > LONGEST_FISCAL_YEAR) return null;
  const votes = { end: 0, start: 0 };
  let voters = 0;
  for (const { date, period, periodYear } of first) {
    if (date === null || period === null || periodYear === null || period < 1) continue;
    voters++;
    if (yearOf(date) * 12 + monthOf(date) - period + 1 !== begins) continue;
    if (periodYear === yearOf(end)) votes.end++;
    else if (periodYear === yearOf(start) && monthOf(start) !== 1) votes.start++;
  }
  const namedAfter = votes.end >= votes.start ? 'end' : 'start';
  return votes[namedAfter] * 2 > voters ? { from: start, namedAfter, firstYearMonths: months } : null;
}

/** Posted after the end of the selection: that says nothing about the period. */
function isAfter(postingDate: LocalDate, selection: Selection | null): boolean {
  return selection !== null && postingDate > selection.end;
}

function firstMonthOfYear({ start, end, periods }: Selection): number | null {
  if (periods) return null;
  const month = monthOf(start);
  const lastMonth = yearOf(start) * 12 + month + 11;
  const isYear = start.endsWith('-01') && yearOf(end) * 12 + monthOf(end) === lastMonth && end === endOfMonth(end);
  return isYear ? month : null;
}
