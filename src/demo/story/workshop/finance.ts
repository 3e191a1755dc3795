import { addDays, type LocalDate } from '../../../kernel/local-date.ts';
import { divideRounded, type Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from '../book.ts';
import { dayIn, type Month, monthName } from '../calendar.ts';
import { kid } from '../identities.ts';
import type { Random } from '../random.ts';
import { workingDayFrom, workingDayUntil } from '../working-days.ts';
import { payVat } from '../vat-settlement.ts';
import { assetsAtStart, VAN_BOUGHT, VAN_LOAN } from './assets.ts';
import { CUSTOMERS, EMPLOYEES, SUPPLIERS } from './partners.ts';
import { holidayPayAtStart, share } from './payroll.ts';

const VAT_OWED: Ore = 214_386_00n;
const TAX_OWED: Ore = 262_400_00n;

/** The opening balance from the former system, with its open items and their settlement. */
export function openBooks(book: Book, random: Random, firstYear: number): void {
  const date: LocalDate = `${firstYear - 1}-12-31`;
  const lines: StoryLine[] = [
    ...assetsAtStart(),
    debit('1391', 174_000_00n),
    debit('1400', 486_300_00n),
    debit('1440', 214_700_00n),
    debit('1920', 1_184_562_40n),
    debit('1950', 167_300_00n),
    credit('2000', 300_000_00n),
    credit('2220', 1_120_000_00n),
    credit('2500', TAX_OWED),
    credit('2600', 167_300_00n),
    credit('2740', VAT_OWED),
    credit('2770', 111_460_00n),
  ];
  const earned = EMPLOYEES.map((employee) => ({ partner: employee.key, amount: holidayPayAtStart(employee) })).filter(
    ({ amount }) => amount > 0n,
  );
  for (const { partner, amount } of earned) lines.push(credit('2940', amount, { partner }));
  lines.push(
    credit(
      '2780',
      share(
        earned.reduce((sum, { amount }) => sum + amount, 0n),
        141n,
      ),
    ),
  );
  const receivables = openReceivables(random, date);
  const payables = openPayables(random, date);
  lines.push(...receivables, ...payables);
  lines.push({ account: '2050', amount: -lines.reduce((sum, line) => sum + line.amount, 0n) });
  book.enter({ date, series: 'IB', memo: 'Inngående balanse fra tidligere regnskapssystem', lines });
  for (const line of [...receivables, ...payables]) settle(book, random, line);
  payVat(book, { name: `6. termin ${firstYear - 1}`, last: date, due: workingDayFrom(`${firstYear}-02-10`) }, VAT_OWED);
  payTax(book, firstYear, TAX_OWED);
}

function openReceivables(random: Random, date: LocalDate): StoryLine[] {
  return CUSTOMERS.slice(3, 12).map((customer, i) => {
    const number = (Number(date.slice(2, 4)) * 10_000 + 181 + i) % 1_000_000;
    return debit('1500', random.kroner(21_000, 118_000, 125), {
      partner: customer.key,
      document: `INV-${date.slice(0, 4)}-${String(181 + i).padStart(4, '0')}`,
      kid: kid(customer.number, number),
      dueDate: addDays(date, random.whole(-6, 20)),
    });
  });
}

function openPayables(random: Random, date: LocalDate): StoryLine[] {
  return [SUPPLIERS.timber, SUPPLIERS.boards, SUPPLIERS.fittings, SUPPLIERS.freight, SUPPLIERS.power].map(([key], i) =>
    credit('2400', random.amount(7_000, 96_000), {
      partner: key,
      document: `${key.slice(-2)}${date.slice(0, 4)}12${i + 1}`,
      dueDate: addDays(date, random.whole(4, 22)),
    }),
  );
}

function settle(book: Book, random: Random, line: StoryLine): void {
  const { account, amount, partner, document, kid: reference } = line;
  const dueDate = line.dueDate!;
  const received = account === '1500';
  const paidOn = addDays(dueDate, received ? random.whole(0, 9) : 0);
  const closing: StoryLine = { account, amount: -amount, partner, document, ...(reference ? { kid: reference } : {}) };
  book.enter({
    // Items open at the turn of the year were not paid before it.
    date: workingDayFrom(paidOn.slice(5) > '12-01' ? addDays(paidOn, 14) : paidOn),
    series: 'BANK',
    memo: received ? `Innbetaling ${document}` : `Betalt faktura ${document}`,
    document,
    lines: [{ account: '1920', amount }, closing],
  });
}

/** A company pays its tax of the previous year in two halves, in February and April. */
export function payTax(book: Book, year: number, tax: Ore): void {
  const halves = [tax / 2n, tax - tax / 2n];
  [`${year}-02-15`, `${year}-04-15`].forEach((due, i) => {
    const half = halves[i]!;
    if (half <= 0n) return;
    book.enter({
      date: workingDayFrom(due),
      series: 'BANK',
      memo: `Forskuddsskatt ${year - 1}, ${i + 1}. termin`,
      lines: [debit('2500', half), credit('1920', half)],
    });
  });
}

interface Loan {
  account: string;
  memo: string;
  principal: Ore;
  /** Per ten thousand a year. */
  interest: bigint;
  instalment: Ore;
  /** First month of payment in the story. */
  from: number;
}

const LOANS: readonly Loan[] = [
  { account: '2220', memo: 'Banklån', principal: 1_120_000_00n, interest: 645n, instalment: 16_000_00n, from: 0 },
  { account: '2245', memo: 'Billån', principal: VAN_LOAN, interest: 715n, instalment: 5_833_00n, from: VAN_BOUGHT + 1 },
];

export function serveLoans(book: Book, month: Month, index: number): void {
  for (const { account, memo, principal, interest, instalment, from } of LOANS) {
    if (index < from) continue;
    const left = principal - instalment * BigInt(index - from);
    if (left <= 0n) continue;
    const due = divideRounded(left * interest, 120_000n);
    const paid = left < instalment ? left : instalment;
    book.enter({
      date: workingDayFrom(dayIn(month, 25)),
      series: 'BANK',
      memo: `${memo}, avdrag og renter`,
      lines: [debit(account, paid), debit('8150', due), credit('1920', paid + due)],
    });
  }
}

export function bankFees(book: Book, random: Random, month: Month): void {
  const fee = random.amount(240, 620);
  book.enter({
    date: workingDayUntil(month.last),
    series: 'BANK',
    memo: `Bankgebyr ${monthName(month.month)}`,
    lines: [debit('7770', fee, { department: 'ADM' }), credit('1920', fee)],
  });
  if (month.month !== 12) return;
  const interest = random.amount(9_000, 16_000);
  book.enter({
    date: workingDayUntil(month.last),
    series: 'BANK',
    memo: `Renter på driftskonto ${month.year}`,
    lines: [debit('1920', interest), credit('8050', interest)],
  });
}

/** The dividend of a year is paid in June of the next, after the general meeting. */
export function payDividend(book: Book, year: number, dividend: Ore): void {
  if (dividend <= 0n) return;
  book.enter({
    date: workingDayFrom(`${year}-06-24`),
    series: 'BANK',
    memo: `Utbetalt utbytte for ${year - 1}`,
    lines: [debit('2800', dividend), credit('1920', dividend)],
  });
}
