import { endOfMonth, localDate, type LocalDate, monthOf, yearOf } from './local-date.ts';

/** A fiscal year (regnskapsår): twelve months, unless the calendar changed. */
export interface FiscalYear {
  /** The calendar year that it is named after; in it entries are numbered. */
  name: number;
  from: LocalDate;
  to: LocalDate;
}

/** From a day on, fiscal years begin in its month. A day of the year 1 is from ever. */
export interface FiscalStart {
  /** First day of a month. */
  from: LocalDate;
  /** Which of the calendar years that a fiscal year lies in names it. */
  namedAfter: 'end' | 'start';
}

/** Of one that is lengthened by a change (regnskapsloven § 1-7). */
export const LONGEST_FISCAL_YEAR = 18;

interface Months {
  first: number;
  last: number;
  name: number;
}

/**
 * When the fiscal years of a company begin and end: with the calendar year, unless it chose otherwise (regnskapsloven
 * § 1-7). Where a change cuts a year short it is a short year; would that have the name of the year beside it, the two are
 * one long year.
 */
export class FiscalCalendar {
  /** Ascending. */
  readonly starts: readonly FiscalStart[];
  /** True where every fiscal year is a calendar year. */
  readonly isCalendarYears: boolean;
  readonly #rules: readonly { first: number; namedAfter: FiscalStart['namedAfter'] }[];

  constructor(starts: readonly FiscalStart[]) {
    this.starts = starts;
    this.isCalendarYears = starts.every(({ from }) => monthOf(from) === 1);
    const rules = starts.map(({ from, namedAfter }) => ({ first: indexOf(from), namedAfter }));
    // From ever, in the calendar's years, where nothing is said of it.
    this.#rules = rules[0] && rules[0].first < 24 ? rules : [{ first: 0, namedAfter: 'end' as const }, ...rules];
  }

  yearAt(day: LocalDate): FiscalYear {
    if (this.isCalendarYears) {
      const year = day.slice(0, 4);
      return { name: Number(year), from: `${year}-01-01`, to: `${year}-12-31` };
    }
    const { first, last, name } = this.#monthsAt(indexOf(day));
    const to = last >= 10_000 * 12 ? '9999-12-31' : endOfMonth(firstDay(last));
    return { name, from: first < 12 ? '0001-01-01' : firstDay(first), to };
  }

  /** The fiscal year of a day, and the number of its month in it, from 1. */
  periodOf(day: LocalDate): { fiscalYear: number; period: number } {
    if (this.isCalendarYears) return { fiscalYear: yearOf(day), period: monthOf(day) };
    const index = indexOf(day);
    const { first, name } = this.#monthsAt(index);
    return { fiscalYear: name, period: index - first + 1 };
  }

  /** The fiscal years that have a day of the range, ascending. */
  yearsIn({ from, to }: { from: LocalDate; to: LocalDate }): FiscalYear[] {
    const years = [this.yearAt(from)];
    for (let last = years[0]!; last.to < to; years.push(last)) last = this.yearAt(firstDay(indexOf(last.to) + 1));
    return years;
  }

  #monthsAt(month: number): Months {
    const { first, last, name } = this.#cutAt(month);
    const [before, after] = [this.#cutAt(first - 1), this.#cutAt(last + 1)];
    return {
      first: before.name === name ? before.first : first,
      last: after.name === name ? after.last : last,
      name,
    };
  }

  /** The year as its rule has it, cut where the next rule begins. */
  #cutAt(month: number): Months {
    let at = 0;
    while (this.#rules[at + 1] !== undefined && this.#rules[at + 1]!.first <= month) at++;
    const rule = this.#rules[at]!;
    const first = month - ((((month - rule.first) % 12) + 12) % 12);
    const last = Math.min(first + 11, (this.#rules[at + 1]?.first ?? Infinity) - 1);
    return { first, last, name: Math.floor((rule.namedAfter === 'end' ? last : first) / 12) };
  }
}

export const CALENDAR_YEARS = new FiscalCalendar([]);

/** A month as a number that can be counted. */
function indexOf(day: LocalDate): number {
  return yearOf(day) * 12 + monthOf(day) - 1;
}

function firstDay(index: number): LocalDate {
  return localDate(Math.floor(index / 12), (index % 12) + 1, 1);
}
