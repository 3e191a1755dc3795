import { addDays, type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { divideRounded, type Ore } from '../../kernel/money.ts';
import { Book, credit, debit, type StoryLine, totalOf } from './book.ts';
import { dayIn, type Month, monthName, monthsBetween } from './calendar.ts';
import { address, email, type StoryCompany, type StoryPartner } from './company.ts';
import { bankAccountNumber, kid, organizationNumber } from './identities.ts';
import { purchase } from './purchase.ts';
import type { Random } from './random.ts';
import { settleVat, yearlyTerm } from './vat-settlement.ts';
import { workingDayFrom, workingDayUntil } from './working-days.ts';

const CUSTOMERS = [
  'Nattergal Bokhandel AS',
  'Papirfly Forlag AS',
  'Elvebredden kommune',
  'Tåkelur Filmfestival SA',
  'Blåbærlyng Barnebøker AS',
  'Sølvpil Reklamebyrå AS',
  'Morgendugg Marked AS',
].map((name, i) => ({ key: `K${i + 1}`, number: 10001 + i, name }));

const SUPPLIERS = {
  studio: ['L1', 'Loftet Atelierfellesskap SA'],
  phone: ['L2', 'Fugletråd Mobil AS'],
  software: ['L3', 'Tegnestift Programvare AS'],
  printing: ['L4', 'Svart på Hvitt Trykkeri AS'],
  insurance: ['L5', 'Paraply Forsikring AS'],
  computers: ['L6', 'Tastetrykk Data AS'],
  accounting: ['L7', 'Toskrift Regnskap AS'],
} as const;

const NAME = 'Ylva Myrdahl Tekst og Tegning';

/** Text and drawings, turnover below a million: VAT once a year. Last year and the current one until today. */
export function soleProprietor(random: Random, today: LocalDate): StoryCompany {
  const firstYear = yearOf(today) - 1;
  const startsOn = `${firstYear}-01-01`;
  const book = new Book(today);
  open(book, firstYear);
  const numbers = new Map<number, number>();
  monthsBetween(startsOn, today).forEach((month, index) => {
    const draws = random.stream(month.name);
    sell(book, draws.stream('sales'), month, numbers);
    payBills(book, draws.stream('costs'), month);
    payByCard(book, draws.stream('card'), month);
    drawPrivately(book, draws.stream('private'), month);
    if (month.name === `${firstYear}-04`) buyComputer(book, month);
    depreciate(book, month, index);
  });
  settleVat(book, yearlyTerm(firstYear));
  closeYear(book, firstYear);
  return {
    key: 'sole-proprietor',
    name: NAME,
    organizationNumber: organizationNumber(NAME),
    organizationForm: 'ENK',
    address: { street: 'Naustgata 11', postalCode: '5008', city: 'Bergen' },
    vat: { registeredFrom: `${firstYear - 3}-05-01`, frequency: 'YEARLY' },
    hasPayroll: false,
    startsOn,
    partners: partners(),
    departments: [],
    projects: [],
    assets: [
      {
        key: 'D1',
        name: 'Tegnebrett og datamaskin',
        assetClass: 'OFFICE_EQUIPMENT',
        acquired: workingDayFrom(`${firstYear}-04-09`),
        retired: null,
        plan: { from: `${firstYear}-04-01`, months: 36 },
      },
    ].filter(({ acquired }) => acquired <= today),
    assetAccounts: { OFFICE_EQUIPMENT: ['1280', '1288', '6015'] },
    entries: book.inOrder(),
    drafts: [],
    lock: null,
  };
}

function partners(): StoryPartner[] {
  return [
    ...CUSTOMERS.map(({ key, name, number }, i) => ({
      key,
      name,
      is_organization: true,
      organization_number: organizationNumber(name),
      is_customer: true,
      customer_code: String(number),
      email: email(name),
      address: address(i + 20),
      payment_terms_days: 14,
    })),
    ...Object.values(SUPPLIERS).map(([key, name], i) => ({
      key,
      name,
      is_organization: true,
      organization_number: organizationNumber(name),
      is_supplier: true,
      supplier_code: String(20001 + i),
      email: email(name, 'faktura'),
      address: address(i + 30),
      bank_accounts: [{ account_number: bankAccountNumber(name) }],
    })),
  ];
}

function open(book: Book, firstYear: number): void {
  const date = `${firstYear - 1}-12-31`;
  const vat = 61_204_00n;
  const lines: StoryLine[] = [debit('1920', 218_430_25n), credit('2740', vat)];
  lines.push({ account: '2051', amount: -lines.reduce((sum, line) => sum + line.amount, 0n) });
  book.enter({ date, series: 'IB', memo: 'Inngående balanse', lines });
  book.enter({
    date: workingDayFrom(`${firstYear}-03-10`),
    series: 'BANK',
    memo: `Betaling mva årstermin ${firstYear - 1}`,
    lines: [debit('2740', vat), credit('1920', vat)],
  });
}

const ASSIGNMENTS = ['Bokomslag', 'Illustrasjoner', 'Plakat', 'Manusvask', 'Logo og profil', 'Brosjyre', 'Tegneserie'];

function sell(book: Book, random: Random, month: Month, numbers: Map<number, number>): void {
  const days = Array.from({ length: month.month === 7 ? 2 : random.whole(4, 6) }, () =>
    workingDayFrom(dayIn(month, random.whole(3, 26))),
  ).sort();
  for (const date of days) {
    const customer = random.pick(CUSTOMERS);
    const number = (numbers.get(month.year) ?? 0) + 1;
    numbers.set(month.year, number);
    const document = `${month.year}-${String(number).padStart(3, '0')}`;
    const memo = random.pick(ASSIGNMENTS);
    const line = credit('3010', random.kroner(4_500, 26_500, 250), { taxCode: '3', memo });
    const total = -totalOf([line], date);
    const dueDate = addDays(date, 14);
    const facts = { partner: customer.key, document, kid: kid(customer.number, (month.year % 100) * 1_000 + number) };
    book.enter({
      date,
      series: 'UTG',
      memo: `Faktura ${document} ${customer.name}: ${memo.toLowerCase()}`,
      document,
      lines: [debit('1500', total, { ...facts, dueDate }), line],
    });
    book.enter({
      date: workingDayFrom(addDays(dueDate, random.chance(0.12) ? random.whole(12, 40) : random.whole(-4, 4))),
      series: 'BANK',
      memo: `Innbetaling ${customer.name}`,
      document,
      lines: [debit('1920', total), credit('1500', total, facts)],
    });
  }
}

type Bill = [
  supplier: keyof typeof SUPPLIERS,
  memo: string,
  account: string,
  code: string,
  from: number,
  to: number,
  every: number,
];
const BILLS: Bill[] = [
  ['studio', 'Leie av atelierplass', '6300', '1', 4_200, 4_200, 1],
  ['phone', 'Mobil og nett', '6900', '1', 560, 640, 1],
  ['software', 'Tegneprogram', '6553', '1', 749, 749, 1],
  ['printing', 'Trykk av prøver og plakater', '4500', '1', 1_900, 7_400, 2],
  ['accounting', 'Regnskap', '6705', '1', 2_400, 2_400, 3],
];

function payBills(book: Book, random: Random, month: Month): void {
  for (const [supplier, memo, account, taxCode, from, to, every] of BILLS) {
    if (month.month % every !== 0) continue;
    const line = debit(account, from === to ? BigInt(from) * 100n : random.amount(from, to), { taxCode });
    bill(book, random, month, supplier, `${memo} ${monthName(month.month)}`, line);
  }
  if (month.month === 2)
    bill(book, random, month, 'insurance', 'Ansvars- og innboforsikring', debit('7500', 6_480_00n, { taxCode: '0' }));
}

function bill(
  book: Book,
  random: Random,
  month: Month,
  supplier: keyof typeof SUPPLIERS,
  memo: string,
  line: StoryLine,
): void {
  const [partner, name] = SUPPLIERS[supplier];
  purchase(book, {
    date: workingDayFrom(dayIn(month, random.whole(2, 12))),
    partner,
    name,
    invoice: `${partner.slice(1)}-${month.name.replace('-', '')}`,
    memo,
    lines: [line],
    creditDays: 14,
    onPaper: random.chance(0.12),
  });
}

function payByCard(book: Book, random: Random, month: Month): void {
  const shops = [
    ['6800', '1', 'Tusj, papir og blekk', 180, 1_400],
    ['6840', '0', 'Faglitteratur', 199, 690],
    ['7140', '13', 'Tog til oppdragsgiver', 149, 980],
    ['6940', '1', 'Porto', 68, 340],
  ] as const;
  for (let n = random.whole(1, 4); n > 0; n--) {
    const [account, taxCode, memo, from, to] = random.pick(shops);
    const amount = random.amount(from, to);
    book.enter({
      date: workingDayFrom(dayIn(month, random.whole(1, 28))),
      series: 'BANK',
      memo: `Kort: ${memo}`,
      lines: [debit(account, amount, { taxCode, gross: true }), credit('1920', amount)],
    });
  }
  const fee = random.amount(35, 95);
  book.enter({
    date: workingDayUntil(month.last),
    series: 'BANK',
    memo: `Bankgebyr ${monthName(month.month)}`,
    lines: [debit('7770', fee), credit('1920', fee)],
  });
}

/** Her own money: withdrawals every month, the year's tax in four parts, a deposit now and then. */
function drawPrivately(book: Book, random: Random, month: Month): void {
  const drawn: Ore = random.kroner(36_000, 44_000, 500);
  book.enter({
    date: workingDayUntil(dayIn(month, 15)),
    series: 'BANK',
    memo: `Privatuttak ${monthName(month.month)}`,
    lines: [debit('2060', drawn), credit('1920', drawn)],
  });
  if ([3, 5, 9, 11].includes(month.month))
    book.enter({
      date: workingDayFrom(dayIn(month, 15)),
      series: 'BANK',
      memo: `Forskuddsskatt ${month.year}`,
      lines: [debit('2063', 44_000_00n), credit('1920', 44_000_00n)],
    });
  if (month.month === 8)
    book.enter({
      date: workingDayFrom(dayIn(month, 6)),
      series: 'BANK',
      memo: 'Privat innskudd',
      lines: [debit('1920', 15_000_00n), credit('2065', 15_000_00n)],
    });
}

const COMPUTER: Ore = 38_640_00n;

function buyComputer(book: Book, month: Month): void {
  const [partner, name] = SUPPLIERS.computers;
  purchase(book, {
    date: workingDayFrom(dayIn(month, 9)),
    partner,
    name,
    invoice: `6-${month.name.replace('-', '')}`,
    memo: 'Tegnebrett og datamaskin',
    lines: [debit('1280', COMPUTER, { taxCode: '1', asset: 'D1' })],
    creditDays: 14,
    onPaper: true,
  });
}

/** Over three years from April of the first year on. */
function depreciate(book: Book, month: Month, index: number): void {
  const n = index - 3;
  if (n < 0 || n >= 36) return;
  const amount = divideRounded(COMPUTER * BigInt(n + 1), 36n) - divideRounded(COMPUTER * BigInt(n), 36n);
  book.enter({
    date: month.last,
    series: 'GL',
    memo: `Avskrivning ${monthName(month.month)}`,
    lines: [debit('6015', amount, { asset: 'D1' }), credit('1288', amount, { asset: 'D1' })],
  });
}

/** The result and the private accounts go to the proprietor's equity. */
function closeYear(book: Book, year: number): void {
  if (book.today < `${year + 1}-03-20`) return;
  const date = `${year}-12-31`;
  const result = -['3', '4', '5', '6', '7', '8'].reduce(
    (sum, group) => sum + book.balance(group, date, `${year}-01-01`),
    0n,
  );
  book.enter({
    date,
    series: 'GL',
    memo: `Årets resultat ${year} til egenkapital`,
    lines: [
      { account: '8960', amount: result },
      { account: '2051', amount: -result },
    ],
  });
  const own = ['2060', '2063', '2065'].map((account) => ({ account, amount: -book.balance(account, date) }));
  const drawn = own.reduce((sum, line) => sum + line.amount, 0n);
  book.enter({
    date,
    series: 'GL',
    memo: `Private konti ${year} til egenkapital`,
    lines: [...own, { account: '2051', amount: -drawn }],
  });
}
