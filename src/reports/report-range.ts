import { addMonths, type LocalDate, yearOf } from '../kernel/local-date.ts';
import { reportErrors } from './errors.ts';

export interface ReportRange {
  from: LocalDate;
  /** Inclusive. */
  to: LocalDate;
}

const LONGEST_YEARS = 10;

/** Throws 422 for a range that ends before it begins or is longer than ten years. */
export function requireRange({ from, to }: ReportRange): void {
  if (from > to) throw reportErrors.date_order({ date_from: from, date_to: to });
  if (yearOf(to) - yearOf(from) >= LONGEST_YEARS && to >= addMonths(from, LONGEST_YEARS * 12)) {
    throw reportErrors.range_too_long({ date_from: from, date_to: to, years: LONGEST_YEARS });
  }
}
