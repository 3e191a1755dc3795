import { addDays, endOfMonth, type LocalDate, localDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from './book.ts';
import { monthName } from './calendar.ts';
import { workingDayFrom } from './working-days.ts';

export interface VatTerm {
  name: string;
  last: LocalDate;
  /** The day the return and the payment are due, already moved to a working day. */
  due: LocalDate;
}

/** The six terms of a year with their due dates. */
export function bimonthlyTerms(year: number): VatTerm[] {
  const due = [
    `${year}-04-10`,
    `${year}-06-10`,
    `${year}-08-31`,
    `${year}-10-10`,
    `${year}-12-10`,
    `${year + 1}-02-10`,
  ];
  return due.map((date, i) => ({
    name: `${i + 1}. termin ${year} (${monthName(i * 2 + 1)}–${monthName(i * 2 + 2)})`,
    last: endOfMonth(localDate(year, i * 2 + 2, 1)),
    due: workingDayFrom(date),
  }));
}

/** The yearly term of small businesses, due on 10 March. */
export function yearlyTerm(year: number): VatTerm {
  return { name: `årstermin ${year}`, last: `${year}-12-31`, due: workingDayFrom(`${year + 1}-03-10`) };
}

/** Days from the end of a term until the accountant settles it. */
const SETTLED_AFTER = 24;

/**
 * Settles the VAT accounts to 2740 in the whole kroner of the return: each account's balance truncated toward zero, the
 * øre to
 * 7740. The debt is paid on the due date, a refund arrives some days after it was claimed.
 */
export function settleVat(book: Book, term: VatTerm): void {
  if (addDays(term.last, SETTLED_AFTER) > book.today) return;
  const open = [...book.balances(term.last)].filter(([account]) => account >= '2700' && account < '2740');
  const lines: StoryLine[] = open.map(([account, balance]) => ({ account, amount: -balance }));
  let owed = 0n;
  let exact = 0n;
  for (const [, balance] of open) {
    owed -= (balance / 100n) * 100n;
    exact -= balance;
  }
  if (owed !== 0n) lines.push({ account: '2740', amount: -owed, dueDate: term.due });
  if (owed !== exact) lines.push({ account: '7740', amount: owed - exact, memo: 'Øredifferanse' });
  if (lines.length === 0) return;
  book.enter({ date: term.last, series: 'MVA', memo: `Mva-oppgjør ${term.name}`, lines });
  payVat(book, term, owed);
}

export function payVat(book: Book, term: VatTerm, owed: Ore): void {
  if (owed > 0n) {
    const lines = [debit('2740', owed), credit('1920', owed)];
    book.enter({ date: term.due, series: 'BANK', memo: `Betaling mva ${term.name}`, lines });
  } else if (owed < 0n) {
    const lines = [debit('1920', -owed), credit('2740', -owed)];
    const date = workingDayFrom(addDays(term.last, SETTLED_AFTER + 18));
    book.enter({ date, series: 'BANK', memo: `Tilgodebeløp mva ${term.name}`, lines });
  }
}
