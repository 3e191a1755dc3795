import { monthName } from '../../kernel/month-name.ts';
import {
  addDays,
  addMonths,
  endOfMonth,
  type LocalDate,
  localDate,
  monthOf,
  startOfMonth,
  yearOf,
} from '../../kernel/local-date.ts';
import { workingDayFrom } from '../../kernel/working-days.ts';

/** How often a client account sends VAT returns; its setting `vat_return_frequency`. */
export type VatFrequency = 'MONTHLY' | 'BIMONTHLY' | 'YEARLY';

export interface Term {
  from: LocalDate;
  to: LocalDate;
}

/** A term as named in the return: the element of its choice, and its value. */
export interface TermName extends Term {
  element: string;
  value: string;
  year: number;
  months: number;
}

const KINDS: Record<number, string> = {
  1: 'skattleggingsperiodeMaaned',
  2: 'skattleggingsperiodeToMaaneder',
  3: 'skattleggingsperiodeTreMaaneder',
  6: 'skattleggingsperiodeSeksMaaneder',
  12: 'skattleggingsperiodeAar',
};

/**
 * The term of these days, or null if they are not a whole month, two months, quarter, half year or year of the
 * calendar.
 */
export function termOf({ from, to }: Term): TermName | null {
  if (from !== startOfMonth(from) || to !== endOfMonth(to) || from > to || yearOf(from) !== yearOf(to)) return null;
  const first = monthOf(from);
  const months = monthOf(to) - first + 1;
  const element = KINDS[months];
  if (!element || (first - 1) % months !== 0) return null;
  const value =
    months === 12 ? 'aarlig' : months === 1 ? monthName(first) : `${monthName(first)}-${monthName(first + months - 1)}`;
  return { from, to, element, value, year: yearOf(from), months };
}

const LENGTHS: Record<VatFrequency, number> = { MONTHLY: 1, BIMONTHLY: 2, YEARLY: 12 };

/** The term that includes a day. */
export function termWith(day: LocalDate, frequency: VatFrequency): Term {
  const length = LENGTHS[frequency];
  const first = Math.floor((monthOf(day) - 1) / length) * length + 1;
  const from = localDate(yearOf(day), first, 1);
  return { from, to: endOfMonth(addMonths(from, length - 1)) };
}

/** The terms of a year, first to last. */
export function termsOf(year: number, frequency: VatFrequency): Term[] {
  const terms: Term[] = [];
  for (let day = localDate(year, 1, 1); yearOf(day) === year; day = addDays(terms.at(-1)!.to, 1))
    terms.push(termWith(day, frequency));
  return terms;
}

/**
 * When return and payment are due (skatteforvaltningsforskriften § 8-3-10): one month and ten days after the term, of
 * May and June on 31 August; of a year on 10 March, in primary industries on 10 April. If offices are closed on that
 * day, the next working day.
 */
export function dueDate({ to, months }: Pick<TermName, 'to' | 'months'>, primaryIndustry = false): LocalDate {
  const after = addDays(to, 1);
  if (months === 12) return workingDayFrom(localDate(yearOf(after), primaryIndustry ? 4 : 3, 10));
  if (monthOf(to) === 6) return workingDayFrom(localDate(yearOf(to), 8, 31));
  return workingDayFrom(addDays(addMonths(after, 1), 9));
}

/** `1. termin 2025`, `januar 2025`, `2025`: for texts that users read. */
export function termText(term: TermName, language: 'nb' | 'en'): string {
  if (term.months === 12) return String(term.year);
  if (term.months !== 2) return `${term.value} ${term.year}`;
  const number = (monthOf(term.from) + 1) / 2;
  return language === 'nb' ? `${number}. termin ${term.year}` : `term ${number} of ${term.year}`;
}
