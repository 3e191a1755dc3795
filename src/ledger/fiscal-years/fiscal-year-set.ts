import sql from 'sql-template-tag';
import { FiscalCalendar, type FiscalStart, LONGEST_FISCAL_YEAR } from '../../kernel/fiscal-year.ts';
import {
  addMonths,
  endOfMonth,
  type LocalDate,
  localDate,
  monthOf,
  startOfMonth,
  yearOf,
} from '../../kernel/local-date.ts';
import { ADMINS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { ledgerErrors } from '../errors.ts';
import { readFiscalCalendar, withStart, writeFiscalStart } from './fiscal-calendar.ts';
import { fiscalYearsView } from './fiscal-year-list.ts';
import { lockBooks, mastersChanged } from '../head.ts';

export interface SetFiscalYear {
  /** 1 to 12. */
  firstMonth: number;
  /** The first day of the first fiscal year of that kind; null means from the beginning. */
  validFrom: LocalDate | null;
  namedAfter: FiscalStart['namedAfter'];
  /** The company's first fiscal year, if its months differ from the later years; `validFrom` is then null. */
  firstYear?: { from: LocalDate; to: LocalDate } | null;
}

/**
 * Sets when fiscal years begin, from a day on until the next setting. Never renumbers entries: a change that would move
 * a numbered entry to another fiscal year is refused, and the error names the first day on which the change is
 * possible. Throws 400.
 */
export const setFiscalYear = writeOperation({
  name: 'fiscal-year.set',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, caller, now, audit }, input: SetFiscalYear) {
    const start = startOf(input);
    await lockBooks(tx, clientAccountId);
    const before = await readFiscalCalendar(tx, clientAccountId);
    const after = withStart(before, start);
    const tooLong = longYear(after);
    if (tooLong) throw ledgerErrors.fiscal_year_too_long({ ...tooLong, longest: LONGEST_FISCAL_YEAR });
    const numbered = await numberedMonths(tx, clientAccountId);
    const rewritten = firstRewritten(numbered, before, after);
    if (rewritten !== null && start.firstYearMonths)
      throw ledgerErrors.first_year_rewrites({ entry_month: rewritten.slice(0, 7) });
    if (rewritten !== null) {
      const earliest = earliestStart(numbered, before, start);
      throw ledgerErrors.fiscal_year_rewrites({ entry_month: rewritten.slice(0, 7), earliest });
    }
    await writeFiscalStart(tx, clientAccountId, start, { userId: caller.userId, now });
    await mastersChanged(tx, clientAccountId);
    const views = await Promise.all([before, after].map((each) => fiscalYearsView(tx, clientAccountId, each, now)));
    audit({ recordType: 'fiscal_year', before: views[0]!, after: views[1]! });
    return views[1]!;
  },
});

function startOf({ firstMonth, validFrom, namedAfter, firstYear }: SetFiscalYear): FiscalStart {
  if (firstYear) return firstYearOf(firstYear, validFrom, firstMonth, namedAfter);
  const from = validFrom ?? localDate(1, firstMonth, 1);
  if (from !== startOfMonth(from) || monthOf(from) !== firstMonth)
    throw invalid([
      problem(
        'valid_from',
        `must be the first day of month ${firstMonth}, on which the fiscal year begins`,
        `må være den første dagen i måned ${firstMonth}, som regnskapsåret begynner på`,
      ),
    ]);
  return { from, namedAfter };
}

function firstYearOf(
  { from, to }: { from: LocalDate; to: LocalDate },
  validFrom: LocalDate | null,
  firstMonth: number,
  namedAfter: FiscalStart['namedAfter'],
): FiscalStart {
  const problems: FieldProblem[] = [];
  if (validFrom !== null)
    problems.push(problem('valid_from', 'is not given beside first_year', 'oppgis ikke sammen med first_year'));
  if (from !== startOfMonth(from))
    problems.push(
      problem('first_year.date_from', 'must be the first day of a month', 'må være den første dagen i en måned'),
    );
  if (to !== endOfMonth(to) || (monthOf(to) % 12) + 1 !== firstMonth)
    problems.push(
      problem(
        'first_year.date_to',
        `must be the last day before month ${firstMonth}, in which the next fiscal year begins`,
        `må være den siste dagen før måned ${firstMonth}, som neste regnskapsår begynner i`,
      ),
    );
  const months = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from) + 1;
  if (months < 1) problems.push(problem('first_year.date_to', 'must be after date_from', 'må være etter date_from'));
  const start = { from, namedAfter, firstYearMonths: months };
  if (problems.length === 0 && months <= LONGEST_FISCAL_YEAR && new FiscalCalendar([start]).yearAt(from).to !== to)
    problems.push(
      problem(
        'named_after',
        'the year after it would have the same name; must be "end"',
        'året etter ville hatt samme navn; må være "end"',
      ),
    );
  if (problems.length > 0) throw invalid(problems);
  if (months > LONGEST_FISCAL_YEAR)
    throw ledgerErrors.fiscal_year_too_long({ from, to, months, longest: LONGEST_FISCAL_YEAR });
  return start;
}

interface NumberedMonth {
  month: LocalDate;
  fiscal_year: number;
  period: number;
}

/** Months that have entries, with the fiscal year and period in which these are numbered. */
function numberedMonths(tx: Transaction, clientAccountId: number): Promise<NumberedMonth[]> {
  return tx.rows<NumberedMonth>(sql`
    select distinct date_trunc('month', entry_date::timestamp)::date as month, fiscal_year, period
    from journal_entries where client_account_id = ${clientAccountId} order by month`);
}

/** The first month with numbered entries that the new calendar would number differently. */
function firstRewritten(
  numbered: readonly NumberedMonth[],
  before: FiscalCalendar,
  after: FiscalCalendar,
): LocalDate | null {
  const isNumberedBy = (calendar: FiscalCalendar, { month, fiscal_year, period }: NumberedMonth) => {
    const at = calendar.periodOf(month);
    return at.fiscalYear === fiscal_year && at.period === period;
  };
  return numbered.find((each) => isNumberedBy(before, each) && !isNumberedBy(after, each))?.month ?? null;
}

/** The first day after the last entry's month, or a year or two later, from which the change renumbers nothing. */
function earliestStart(numbered: readonly NumberedMonth[], before: FiscalCalendar, start: FiscalStart): LocalDate {
  const last = numbered.at(-1)!.month;
  let from = localDate(yearOf(last), monthOf(start.from), 1);
  while (from <= last || mustWait(numbered, before, { ...start, from })) from = addMonths(from, 12);
  return from;
}

function mustWait(numbered: readonly NumberedMonth[], before: FiscalCalendar, start: FiscalStart): boolean {
  const after = withStart(before, start);
  return longYear(after) !== null || firstRewritten(numbered, before, after) !== null;
}

/** A fiscal year around one of the starts that is longer than the law allows. */
function longYear(calendar: FiscalCalendar): { from: LocalDate; to: LocalDate; months: number } | null {
  for (const { from, firstYearMonths } of calendar.starts) {
    if (from < '0002') continue;
    for (const day of firstYearMonths ? [from] : [addMonths(from, -1), from]) {
      const year = calendar.yearAt(day);
      const months = calendar.periodOf(year.to).period;
      if (months > LONGEST_FISCAL_YEAR) return { from: year.from, to: year.to, months };
    }
  }
  return null;
}
