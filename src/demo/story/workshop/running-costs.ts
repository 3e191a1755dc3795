import { addDays } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from '../book.ts';
import { dayIn, type Month, monthName } from '../calendar.ts';
import { foreignPurchase, purchase } from '../purchase.ts';
import type { Random } from '../random.ts';
import { workingDayFrom } from '../working-days.ts';
import { euroRate } from './exchange-rate.ts';
import { EMPLOYEES, FOREIGN_SUPPLIERS, SUPPLIERS } from './partners.ts';

type Supplier = keyof typeof SUPPLIERS;

interface Bill {
  supplier: Supplier;
  memo: string;
  account: string;
  taxCode: string;
  department: string;
  /** Kroner without VAT in the first year; a pair is a range. */
  kroner: number | [number, number];
  day: number;
  creditDays: number;
  /** Months of the year in which it comes; every month if absent. */
  months?: number[];
}

const QUARTERS = [3, 6, 9, 12];
const BILLS: readonly Bill[] = [
  bill('rent', 'Husleie', '6300', '1', 'PROD', 58_000, 1, 14),
  bill('cleaning', 'Renhold', '6360', '1', 'ADM', 4_800, 28, 14),
  bill('phone', 'Mobilabonnementer', '6900', '1', 'ADM', [3_400, 4_300], 5, 14),
  bill('broadband', 'Bredbånd', '6905', '1', 'ADM', 1_290, 3, 14),
  bill('accounting', 'Regnskap og lønn', '6705', '1', 'ADM', 14_500, 10, 14),
  bill('vanLease', 'Leasing varebil', '6445', '1', 'PROSJ', 6_450, 1, 14),
  bill('software', 'Tegneprogram, abonnement', '6553', '1', 'PROD', 2_900, 6, 14),
  bill(
    'waste',
    'Container, trevirke og blandet avfall',
    '6320',
    '1',
    'PROD',
    [2_900, 5_200],
    18,
    14,
    [1, 3, 5, 7, 9, 11],
  ),
  bill('audit', 'Revisjon av årsregnskapet', '6700', '1', 'ADM', 38_500, 22, 30, [5]),
  bill('advertising', 'Annonser i fagpresse', '7320', '1', 'ADM', [11_000, 24_000], 12, 21, [2, 5, 9, 11]),
  bill('courses', 'Kurs i overflatebehandling', '5970', '1', 'PROD', [8_500, 14_500], 15, 30, [3, 10]),
  bill('safety', 'Arbeidsklær og verneutstyr', '6570', '1', 'PROD', [3_200, 9_400], 9, 30, QUARTERS),
  bill('staffing', 'Innleid snekker', '4520', '1', 'PROD', [38_000, 64_000], 24, 14, [6, 11]),
  bill('machines', 'Service på maskiner', '6620', '1', 'PROD', [7_500, 18_500], 16, 30, [2, 8]),
];

function bill(
  supplier: Supplier,
  memo: string,
  account: string,
  taxCode: string,
  department: string,
  kroner: number | [number, number],
  day: number,
  creditDays: number,
  months?: number[],
): Bill {
  return { supplier, memo, account, taxCode, department, kroner, day, creditDays, ...(months ? { months } : {}) };
}

/** Prices rise by three percent a year. */
const PRICES = [100, 103, 106];

/** Costs independent of sales. `year` counts years of the story. */
export function payRunningCosts(book: Book, random: Random, month: Month, year: number): void {
  const price = PRICES[year] ?? 109;
  for (const one of BILLS) {
    if (one.months && !one.months.includes(month.month)) continue;
    const net: Ore =
      typeof one.kroner === 'number'
        ? BigInt(one.kroner) * BigInt(price)
        : random.amount(Math.round((one.kroner[0] * price) / 100), Math.round((one.kroner[1] * price) / 100));
    pay(book, random, month, one, [debit(one.account, net, { taxCode: one.taxCode, department: one.department })]);
  }
  payPower(book, random, month);
  if (month.month % 3 === 1) payWater(book, random, month);
  payCloud(book, month);
  if (month.month === 1) payInsurance(book, random, month, price);
  spreadInsurance(book, month);
}

function pay(book: Book, random: Random, month: Month, one: Omit<Bill, 'kroner'>, lines: StoryLine[]): void {
  const [partner, name] = SUPPLIERS[one.supplier];
  const monthly = !one.months || one.months.length > 4;
  purchase(book, {
    date: workingDayFrom(dayIn(month, one.day)),
    partner,
    name,
    invoice: `${partner.slice(-2)}-${month.name.replace('-', '')}`,
    memo: monthly ? `${one.memo} ${monthName(month.month)}` : one.memo,
    lines,
    creditDays: one.creditDays,
    paidAfterDue: random.whole(-1, 1),
    onPaper: random.chance(0.1),
  });
}

function payPower(book: Book, random: Random, month: Month): void {
  const winter = [1, 2, 3, 11, 12].includes(month.month);
  const net = winter ? random.amount(11_200, 17_800) : random.amount(5_100, 8_900);
  const one = bill('power', 'Strøm og nettleie', '6340', '1', 'PROD', 0, 8, 14);
  pay(book, random, month, one, [debit('6340', net, { taxCode: '1', department: 'PROD' })]);
}

/** Water and sewage went from the regular to the middle rate on 1 July 2025 (Stortinget's VAT decision for 2025). */
function payWater(book: Book, random: Random, month: Month): void {
  const taxCode = month.first >= '2025-07-01' ? '11' : '1';
  const one = bill('water', 'Vann og avløp', '6325', taxCode, 'ADM', 0, 20, 30, QUARTERS);
  const net = random.amount(2_300, 2_900);
  pay(book, random, month, one, [debit('6325', net, { taxCode, department: 'ADM' })]);
}

function payCloud(book: Book, month: Month): void {
  const [partner, name] = FOREIGN_SUPPLIERS.cloud;
  const date = workingDayFrom(dayIn(month, 2));
  foreignPurchase(book, {
    date,
    partner,
    name,
    invoice: `DC-${month.name.replace('-', '')}`,
    memo: 'skytjeneste for tegninger',
    costAccount: '6554',
    taxCode: '86',
    facts: { department: 'PROSJ' },
    euro: 249_00n,
    rateThen: euroRate(date),
    creditDays: 14,
    rateWhenPaid: euroRate(workingDayFrom(addDays(date, 14))),
  });
}

/** The year's insurance is paid in January and becomes cost month by month. */
function payInsurance(book: Book, random: Random, month: Month, price: number): void {
  const one = bill('insurance', `Forsikringer ${month.year}`, '1720', '0', 'ADM', 0, 4, 20, [1]);
  pay(book, random, month, one, [debit('1720', 96_000n * BigInt(price), { taxCode: '0' })]);
}

function spreadInsurance(book: Book, month: Month): void {
  const left = book.balance('1720', month.last);
  const share = left / BigInt(13 - month.month);
  if (share <= 0n) return;
  book.enter({
    date: month.last,
    series: 'GL',
    memo: `Periodisert forsikring ${monthName(month.month)}`,
    lines: [debit('7500', share, { department: 'ADM' }), credit('1720', share)],
  });
}

const CARD: readonly [account: string, taxCode: string, memo: string, from: number, to: number, department: string][] =
  [
    ['7000', '1', 'Drivstoff', 620, 1_480, 'PROSJ'],
    ['7000', '1', 'Drivstoff', 620, 1_480, 'PROSJ'],
    ['7050', '0', 'Bompenger og parkering', 90, 460, 'PROSJ'],
    ['6500', '1', 'Sagblad og bor', 390, 2_850, 'PROD'],
    ['6560', '1', 'Slipepapir, lim og rekvisita', 180, 1_600, 'PROD'],
    ['5910', '11', 'Kaffe og lunsj på verkstedet', 240, 980, 'PROD'],
    ['6800', '1', 'Kontorrekvisita', 150, 1_250, 'ADM'],
    ['7141', '13', 'Hotell på montasjereise', 1_390, 3_480, 'PROSJ'],
    ['7140', '13', 'Tog og buss', 210, 1_150, 'ADM'],
    ['7350', '0', 'Kundelunsj', 480, 1_900, 'ADM'],
  ];

/** Small purchases by card, straight from the bank account; amounts as on the receipt, VAT included. */
export function payByCard(book: Book, random: Random, month: Month): void {
  const count = random.whole(6, 10);
  for (let n = 0; n < count; n++) {
    const [account, taxCode, memo, from, to, department] = random.pick(CARD);
    const amount = random.amount(from, to);
    book.enter({
      date: workingDayFrom(dayIn(month, random.whole(1, 28))),
      series: 'BANK',
      memo: `Kort: ${memo}`,
      lines: [debit(account, amount, { taxCode, gross: true, department }), credit('1920', amount)],
    });
  }
}

/** An employee's own outlay, paid back about two weeks later. */
export function payOutlay(book: Book, random: Random, month: Month): void {
  const employee = random.pick(EMPLOYEES.filter((one) => one.startsAfter === 0));
  const date = workingDayFrom(dayIn(month, random.whole(3, 16)));
  const diet = random.kroner(650, 2_100, 10);
  const parking = random.amount(80, 420);
  const facts = { department: employee.department };
  const document = `UTLEGG-${month.name}`;
  book.enter({
    date,
    series: 'GL',
    memo: `Utlegg ${employee.name}, montasjereise`,
    document,
    lines: [
      debit('7160', diet, facts),
      debit('7050', parking, facts),
      credit('2911', diet + parking, { partner: employee.key, document }),
    ],
  });
  book.enter({
    date: workingDayFrom(addDays(date, 13)),
    series: 'BANK',
    memo: `Utbetalt utlegg ${employee.name}`,
    document,
    lines: [debit('2911', diet + parking, { partner: employee.key, document }), credit('1920', diet + parking)],
  });
}
