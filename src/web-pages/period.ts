import type { FiscalCalendar } from '../kernel/fiscal-year.ts';
import {
  addDays,
  addMonths,
  dateInNorway,
  endOfMonth,
  isLocalDate,
  type LocalDate,
  localDate,
  monthOf,
  startOfMonth,
  yearOf,
} from '../kernel/local-date.ts';
import { type FieldProblem, problem, type Text } from '../platform/errors.ts';
import { fiscalYearText, type ReportRange } from '../reports/index.ts';

/** The range in a page's address; missing dates come from the fiscal year, an invalid date is a fault. */
export function readRange(
  query: Record<string, unknown>,
  names: { from: string; to: string },
  calendar: FiscalCalendar,
  now: Date,
): { range: ReportRange; problems: FieldProblem[] } {
  const year = calendar.yearAt(dateInNorway(now));
  const problems: FieldProblem[] = [];
  const read = (name: string, otherwise: LocalDate) => {
    const given = query[name];
    if (given === undefined || given === '') return otherwise;
    if (isLocalDate(given)) return given;
    problems.push(problem(name, 'must be an existing date, YYYY-MM-DD', 'må være en dato som finnes, ÅÅÅÅ-MM-DD'));
    return otherwise;
  };
  const from = read(names.from, year.from);
  const to = read(names.to, from > year.to ? calendar.yearAt(from).to : year.to);
  return { range: { from, to }, problems };
}

/** Ranges one click away, around the end of the shown one: its fiscal year, the year before, its VAT term, its month. */
export function nearbyPeriods({ to }: ReportRange, calendar: FiscalCalendar): { label: Text; range: ReportRange }[] {
  const year = yearOf(to);
  const term = Math.ceil(monthOf(to) / 2);
  const termStart = localDate(year, term * 2 - 1, 1);
  const month = startOfMonth(to);
  const name = (language: string) =>
    new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      new Date(`${month}T00:00Z`),
    );
  const fiscalYear = calendar.yearAt(to);
  const around = { from: addDays(fiscalYear.from, -1), to: addDays(fiscalYear.to, 1) };
  const years = calendar.yearsIn(around).map((each) => {
    const label = fiscalYearText(each);
    return { label: { nb: label, en: label }, range: { from: each.from, to: each.to } };
  });
  return [
    ...years,
    {
      label: { nb: `${term}. mva-termin ${year}`, en: `VAT term ${term}, ${year}` },
      range: { from: termStart, to: endOfMonth(addMonths(termStart, 1)) },
    },
    { label: { nb: name('nb-NO'), en: name('en-GB') }, range: { from: month, to: endOfMonth(month) } },
  ];
}
