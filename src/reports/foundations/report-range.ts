import { addMonths, type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { problem } from '../../platform/errors.ts';
import { reportErrors } from '../errors.ts';

export interface ReportRange {
  from: LocalDate;
  /** Inclusive. */
  to: LocalDate;
}

/** The parameter names of a range: the specification's reports differ. */
export type RangeFields = readonly [from: string, to: string];

export const DATE_FROM_TO: RangeFields = ['date_from', 'date_to'];
export const FROM_TO_DATE: RangeFields = ['from_date', 'to_date'];
export const START_END_DATE: RangeFields = ['start_date', 'end_date'];

const LONGEST_YEARS = 10;

/**
 * Throws 422 for a range that ends before it begins or is longer than ten years, with the request's parameter names.
 */
export function requireRange({ from, to }: ReportRange, [first, last]: RangeFields = DATE_FROM_TO): void {
  if (from > to) {
    const fault = problem(first, `must not be after ${last}`, `kan ikke være etter ${last}`);
    throw reportErrors.date_order({ from, to }, [fault]);
  }
  if (yearOf(to) - yearOf(from) >= LONGEST_YEARS && to >= addMonths(from, LONGEST_YEARS * 12)) {
    const fault = problem(
      last,
      `must be within ${LONGEST_YEARS} years of ${first}`,
      `må være innen ${LONGEST_YEARS} år fra ${first}`,
    );
    throw reportErrors.range_too_long({ from, to, years: LONGEST_YEARS }, [fault]);
  }
}
