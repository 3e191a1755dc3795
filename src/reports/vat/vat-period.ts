import { addDays, addMonths, endOfMonth, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import type { ReportRange } from '../foundations/report-range.ts';

/** A range of days as its whole months, which are already summed, and the remaining days. */
export interface VatPeriod {
  /** First and last whole month, as their first days; null: none. */
  months: { first: LocalDate; last: LocalDate } | null;
  edges: ReportRange[];
}

export function vatPeriod({ from, to }: ReportRange): VatPeriod {
  const whole = { from: from === startOfMonth(from), to: to === endOfMonth(to) };
  if (startOfMonth(from) === startOfMonth(to)) {
    if (!whole.from || !whole.to) return { months: null, edges: [{ from, to }] };
    return { months: { first: from, last: from }, edges: [] };
  }
  const first = whole.from ? from : addMonths(startOfMonth(from), 1);
  const last = whole.to ? startOfMonth(to) : addMonths(startOfMonth(to), -1);
  if (first > last) return { months: null, edges: [{ from, to }] };
  const edges: ReportRange[] = [];
  if (!whole.from) edges.push({ from, to: addDays(first, -1) });
  if (!whole.to) edges.push({ from: startOfMonth(to), to });
  return { months: { first, last }, edges };
}
