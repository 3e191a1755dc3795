import { endOfMonth, localDate, type LocalDate, monthOf, yearOf } from './local-date.ts';

/** A fiscal year (regnskapsår): twelve months, unless the calendar changed or it is the company's first. */
export interface FiscalYear {
  /** The calendar year in its name; entries are numbered in it. */
  name: number;
  from: LocalDate;
  to: LocalDate;
}

/** From this day on, fiscal years begin in its month. A day in year 1 means from the beginning. */
export interface FiscalStart {
  /** First day of a month. */
  from: LocalDate;
  /** Whether the calendar year of its end or of its start names a fiscal year. */
  namedAfter: 'end' | 'start';
  /** Set if the company began on this day: the number of months of its first fiscal year. */
  firstYearMonths?: number;
}

/** For a company's first year, or one lengthened by a change (regnskapsloven § 1-7). */
export const LONGEST_FISCAL_YEAR = 18;

interface Months {
  first: number;
  last: number;
  name: number;
}

interface Rule {
  first: number;
  namedAfter: FiscalStart['namedAfter'];
  /** Months of its first year; 0 if no company begins then. */
  firstYearMonths: number;
}

/**
 * The fiscal years of a company: calendar years unless it chose otherwise (regnskapsloven § 1-7). A change may shorten
 * a year; if the short year would have the same name as its neighbour, the two are one long year. The first year of a
 * company has the chosen length; the time before it belongs to other years.
 */
export class FiscalCalendar {
  /** Ascending. */
  readonly starts: readonly FiscalStart[];
  /** True if every fiscal year is a calendar year. */
  readonly isCalendarYears: boolean;
  readonly #rules: readonly Rule[];

  constructor(starts: readonly FiscalStart[]) {
    this.starts = starts;
    this.isCalendarYears = starts.every(({ from, firstYearMonths }) => monthOf(from) === 1 && !firstYearMonths);
    const rules = starts.map(({ from, namedAfter, firstYearMonths = 0 }): Rule => ({
      first: indexOf(from),
      namedAfter,
      firstYearMonths,
    }));
    // Calendar years from the beginning, if nothing else is set.
    const isFromEver = rules[0] !== undefined && rules[0].first < 24;
    this.#rules = isFromEver ? rules : [{ first: 0, namedAfter: 'end', firstYearMonths: 0 }, ...rules];
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

  /** The fiscal years that overlap the range, ascending. */
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

  /** The year by its rule, cut where the next rule begins. */
  #cutAt(month: number): Months {
    let at = 0;
    while (this.#rules[at + 1] !== undefined && this.#rules[at + 1]!.first <= month) at++;
    const rule = this.#rules[at]!;
    const next = this.#rules[at + 1];
    const since = month - rule.first - rule.firstYearMonths;
    const isFirstYear = rule.firstYearMonths > 0 && month >= rule.first && since < 0;
    const first = isFirstYear ? rule.first : month - (((since % 12) + 12) % 12);
    const length = isFirstYear ? rule.firstYearMonths : 12;
    const last = Math.min(first + length - 1, (next?.first ?? Infinity) - 1);
    const name = nameOf(rule, first, last);
    // The time before a company's first year is not part of it.
    if (!next?.firstYearMonths) return { first, last, name };
    const nextName = nameOf(next, next.first, next.first + next.firstYearMonths - 1);
    return { first, last, name: Math.min(name, nextName - 1) };
  }
}

export const CALENDAR_YEARS = new FiscalCalendar([]);

function nameOf({ namedAfter }: Rule, first: number, last: number): number {
  return Math.floor((namedAfter === 'end' ? last : first) / 12);
}

/** Index of a month, for arithmetic. */
function indexOf(day: LocalDate): number {
  return yearOf(day) * 12 + monthOf(day) - 1;
}

function firstDay(index: number): LocalDate {
  return localDate(Math.floor(index / 12), (index % 12) + 1, 1);
}
