import { addMonths, endOfMonth, type LocalDate, monthOf, startOfMonth, yearOf } from '../../kernel/local-date.ts';
import type { ReportRange } from '../foundations/report-range.ts';

/** The part of a calendar month that is in the range. */
export interface ReportPeriod extends ReportRange {
  /** `1`..`12` by calendar month, continuing with `13` if the range extends into the following year. */
  key: string;
  /** First day of the month. */
  month: LocalDate;
}

export function periodsOf({ from, to }: ReportRange): ReportPeriod[] {
  const periods: ReportPeriod[] = [];
  const count = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from) + 1;
  for (let n = 0; n < count; n++) {
    const month = n === 0 ? startOfMonth(from) : addMonths(startOfMonth(from), n);
    const end = endOfMonth(month);
    periods.push({
      key: String(monthOf(from) + n),
      month,
      from: month < from ? from : month,
      to: end > to ? to : end,
    });
  }
  return periods;
}

/**
 * The same range a year earlier; a range that ends with a month also does so there. Null before the start of the
 * calendar.
 */
export function yearEarlier({ from, to }: ReportRange): ReportRange | null {
  if (yearOf(from) === 1) return null;
  const end = addMonths(to, -12);
  return { from: addMonths(from, -12), to: to === endOfMonth(to) ? endOfMonth(end) : end };
}
