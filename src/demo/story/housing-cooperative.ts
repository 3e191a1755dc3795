import { type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { divideRounded, type Ore } from '../../kernel/money.ts';
import { Book, credit, debit, type StoryLine } from './book.ts';
import { dayIn, type Month, monthName, monthsBetween } from './calendar.ts';
import { address, email, type StoryCompany, type StoryPartner } from './company.ts';
import { bankAccountNumber, kid, organizationNumber } from './identities.ts';
import { purchase } from './purchase.ts';
import type { Random } from './random.ts';
import { workingDayFrom, workingDayUntil } from './working-days.ts';

const FAMILY = ['Aasgård', 'Bratlimo', 'Engsvik', 'Fosslund', 'Grønmyr', 'Hasselbakk', 'Kvernmo', 'Lundestrand'];
const FIRST = ['Anne', 'Bilal', 'Camilla', 'Dag', 'Elin', 'Farah', 'Gunnar', 'Hilde', 'Ivar', 'Janne', 'Kofi', 'Liv'];
/** Monthly charge by size of the home, in kroner. */
const CHARGES = [5_950, 6_900, 7_850];

interface Home {
  key: string;
  number: number;
  name: string;
  charge: number;
  /** Pays on its own and late; the others have AvtaleGiro on the 20th. */
  paysLate: boolean;
}

const HOMES: readonly Home[] = Array.from({ length: 24 }, (_, i) => ({
  key: `E${i + 1}`,
  number: 101 + i,
  name: `${FIRST[(i * 5) % FIRST.length]} ${FAMILY[(i * 3 + Math.floor(i / 8)) % FAMILY.length]}`,
  charge: CHARGES[i % 3]!,
  paysLate: [4, 11, 17].includes(i),
}));

const SUPPLIERS = {
  municipality: ['L1', 'Elvebredden kommune'],
  power: ['L2', 'Fossekall Strøm AS'],
  broadband: ['L3', 'Lyspuls Bredbånd AS'],
  cleaning: ['L4', 'Blankskurt Renhold AS'],
  caretaker: ['L5', 'Nøkkelknippet Vaktmester AS'],
  insurance: ['L6', 'Paraply Forsikring AS'],
  manager: ['L7', 'Toskrift Regnskap AS'],
  auditor: ['L8', 'Ørneblikk Revisjon AS'],
  plumber: ['L9', 'Dryppfri Rør AS'],
  painter: ['L10', 'Linolje og Lakk AS'],
  lift: ['L11', 'Opp og Ned Heis AS'],
} as const;

const NAME = 'Stjernebråten Borettslag';

/** Twenty-four homes, not liable to VAT: costs are booked with it. Last year and the current one until today. */
export function housingCooperative(random: Random, today: LocalDate): StoryCompany {
  const firstYear = yearOf(today) - 1;
  const startsOn = `${firstYear}-01-01`;
  const book = new Book(today);
  open(book, firstYear);
  monthsBetween(startsOn, today).forEach((month, index) => {
    const draws = random.stream(month.name);
    chargeHomes(book, draws.stream('charges'), month, month.year - firstYear);
    payBills(book, draws.stream('costs'), month);
    payBoard(book, month);
    serveLoan(book, month, index);
    bankFees(book, draws.stream('bank'), month);
  });
  closeYear(book, firstYear);
  return {
    key: 'housing-cooperative',
    name: NAME,
    organizationNumber: organizationNumber(NAME),
    organizationForm: 'BRL',
    address: { street: 'Stjernebråten 2', postalCode: '0581', city: 'Oslo' },
    vat: null,
    hasPayroll: true,
    startsOn,
    partners: partners(),
    departments: [],
    projects: [],
    assets: [
      {
        key: 'D1',
        name: 'Boligblokk med tomt',
        assetClass: 'BUILDINGS_AND_STRUCTURES',
        acquired: '1974-06-01',
        retired: null,
        plan: null,
      },
      {
        key: 'D2',
        name: 'Heis',
        assetClass: 'BUILDING_INSTALLATIONS',
        acquired: '2018-01-15',
        retired: null,
        plan: { from: startsOn, months: 168 },
      },
    ],
    assetAccounts: { BUILDING_INSTALLATIONS: ['1120', '1198', '6005'] },
    entries: book.inOrder(),
    drafts: [],
    lock: null,
  };
}

function partners(): StoryPartner[] {
  return [
    ...HOMES.map(({ key, number, name }, i) => ({
      key,
      name: `${name} (andel ${i + 1})`,
      is_organization: false,
      is_customer: true,
      customer_code: String(number),
      address: {
        street: `Stjernebråten 2, H${String(100 * (1 + Math.floor(i / 6)) + 1 + (i % 6)).padStart(4, '0')}`,
        postal_code: '0581',
        city: 'Oslo',
        country: 'NO',
      },
    })),
    ...Object.values(SUPPLIERS).map(([key, name], i) => ({
      key,
      name,
      is_organization: true,
      organization_number: organizationNumber(name),
      is_supplier: true,
      supplier_code: String(20001 + i),
      email: email(name, 'faktura'),
      address: address(i + 70),
      bank_accounts: [{ account_number: bankAccountNumber(name) }],
    })),
  ];
}

const LOAN: Ore = 11_850_000_00n;

function open(book: Book, firstYear: number): void {
  const lines: StoryLine[] = [
    debit('1160', 31_400_000_00n, { asset: 'D1' }),
    debit('1120', 1_260_000_00n, { asset: 'D2' }),
    credit('1198', 378_000_00n, { asset: 'D2' }),
    debit('1920', 612_840_75n),
    debit('1921', 850_000_00n),
    credit('2030', 120_000_00n, { memo: 'Andelskapital' }),
    credit('2290', 17_400_000_00n, { memo: 'Borettsinnskudd' }),
    credit('2230', LOAN),
  ];
  lines.push({ account: '2050', amount: -lines.reduce((sum, line) => sum + line.amount, 0n) });
  book.enter({ date: `${firstYear - 1}-12-31`, series: 'IB', memo: 'Inngående balanse', lines });
}

/** All homes are charged on the 1st; AvtaleGiro collects most of it on the 20th, the others pay themselves. */
function chargeHomes(book: Book, random: Random, month: Month, year: number): void {
  const when = `${monthName(month.month)} ${month.year}`;
  const dueDate = workingDayFrom(dayIn(month, 20));
  const number = Number(month.name.slice(2).replace('-', ''));
  const charges = HOMES.map(({ key, charge, number: customer, paysLate }) => ({
    paysLate,
    line: debit('1500', (BigInt(charge) * (year === 0 ? 100n : 104n) * 100n) / 100n, {
      partner: key,
      dueDate,
      kid: kid(customer, number),
      document: `FK-${month.name}-${customer}`,
    }),
  }));
  const total = charges.reduce((sum, { line }) => sum + line.amount, 0n);
  book.enter({
    date: month.first,
    series: 'UTG',
    memo: `Felleskostnader ${when}`,
    document: `FK-${month.name}`,
    lines: [...charges.map(({ line }) => line), credit('3600', total, { memo: 'Felleskostnader' })],
  });
  const paid = (line: StoryLine): StoryLine => ({ ...line, amount: -line.amount, dueDate: undefined });
  const collected = charges.filter(({ paysLate }) => !paysLate).map(({ line }) => paid(line));
  const sum = collected.reduce((left, line) => left - line.amount, 0n);
  book.enter({
    date: dueDate,
    series: 'BANK',
    memo: `AvtaleGiro felleskostnader ${when}`,
    document: `AG-${month.name}`,
    lines: [debit('1920', sum), ...collected],
  });
  for (const { line } of charges.filter(({ paysLate }) => paysLate))
    book.enter({
      date: workingDayFrom(dayIn(month, 20 + random.whole(0, 8))),
      series: 'BANK',
      memo: `Innbetaling felleskostnader ${when}`,
      document: line.document,
      lines: [debit('1920', line.amount), paid(line)],
    });
}

type Bill = [
  supplier: keyof typeof SUPPLIERS,
  memo: string,
  account: string,
  from: number,
  to: number,
  months: number[],
];
const MONTHLY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const QUARTERLY = [2, 5, 8, 11];
const BILLS: Bill[] = [
  ['municipality', 'Kommunale avgifter', '6320', 58_000, 62_000, QUARTERLY],
  ['municipality', 'Eiendomsskatt', '7710', 21_400, 21_400, [3, 9]],
  ['power', 'Strøm fellesareal', '6340', 4_200, 9_600, MONTHLY],
  ['broadband', 'Bredbånd og TV', '6905', 9_480, 9_480, MONTHLY],
  ['cleaning', 'Trappevask', '6360', 5_250, 5_250, MONTHLY],
  ['caretaker', 'Vaktmester og brøyting', '6390', 6_200, 11_800, MONTHLY],
  ['insurance', 'Bygningsforsikring', '7510', 118_000, 118_000, [1]],
  ['manager', 'Forretningsførsel', '6705', 28_750, 28_750, QUARTERLY],
  ['auditor', 'Revisjon', '6700', 17_500, 17_500, [4]],
  ['plumber', 'Rørleggerarbeid', '6600', 6_800, 28_500, [2, 6, 9, 12]],
  ['painter', 'Maling av oppganger', '6600', 64_000, 88_000, [5]],
  ['lift', 'Service på heis', '6620', 8_900, 12_400, [3, 6, 9, 12]],
];

function payBills(book: Book, random: Random, month: Month): void {
  BILLS.forEach(([supplier, memo, account, from, to, months], i) => {
    if (!months.includes(month.month)) return;
    const [partner, name] = SUPPLIERS[supplier];
    purchase(book, {
      date: workingDayFrom(dayIn(month, random.whole(2, 14))),
      partner,
      name,
      invoice: `${i + 1}-${month.name.replace('-', '')}`,
      memo: `${memo} ${monthName(month.month)}`,
      lines: [debit(account, from === to ? BigInt(from) * 100n : random.amount(from, to))],
      creditDays: 14,
      paidAfterDue: random.whole(-1, 0),
      onPaper: random.chance(0.1),
    });
  });
}

/** The board's fee, once a year after the general meeting, with its tax and contribution two months later. */
function payBoard(book: Book, month: Month): void {
  if (month.month !== 6) return;
  const fee = 96_000_00n;
  const tax = 31_680_00n;
  const contribution = divideRounded(fee * 141n, 1000n);
  book.enter({
    date: workingDayFrom(dayIn(month, 12)),
    series: 'LONN',
    memo: `Styrehonorar ${month.year}`,
    lines: [
      debit('5300', fee),
      debit('5400', contribution),
      credit('2600', tax),
      credit('2770', contribution),
      credit('1920', fee - tax),
    ],
  });
  book.enter({
    date: workingDayFrom(`${month.year}-07-15`),
    series: 'BANK',
    memo: 'Skattetrekk og arbeidsgiveravgift, 3. termin',
    lines: [debit('2600', tax), debit('2770', contribution), credit('1920', tax + contribution)],
  });
}

/** Instalment and interest every month, the lift's depreciation at the end of it. */
function serveLoan(book: Book, month: Month, index: number): void {
  const instalment = 26_500_00n;
  const interest = divideRounded((LOAN - instalment * BigInt(index)) * 465n, 120_000n);
  book.enter({
    date: workingDayFrom(dayIn(month, 28)),
    series: 'BANK',
    memo: `Felleslån, avdrag og renter ${monthName(month.month)}`,
    lines: [debit('2230', instalment), debit('8150', interest), credit('1920', instalment + interest)],
  });
  book.enter({
    date: month.last,
    series: 'GL',
    memo: `Avskrivning heis ${monthName(month.month)}`,
    lines: [debit('6005', 5_250_00n, { asset: 'D2' }), credit('1198', 5_250_00n, { asset: 'D2' })],
  });
}

function bankFees(book: Book, random: Random, month: Month): void {
  const fee = random.amount(180, 320);
  const date = workingDayUntil(month.last);
  book.enter({
    date,
    series: 'BANK',
    memo: `Bankgebyr ${monthName(month.month)}`,
    lines: [debit('7770', fee), credit('1920', fee)],
  });
  if (month.month !== 12) return;
  const interest = random.amount(26_000, 31_000);
  book.enter({
    date,
    series: 'BANK',
    memo: `Renter på sparekonto ${month.year}`,
    lines: [debit('1921', interest), credit('8050', interest)],
  });
}

function closeYear(book: Book, year: number): void {
  if (book.today < `${year + 1}-03-20`) return;
  const date = `${year}-12-31`;
  const result = -['3', '5', '6', '7', '8'].reduce(
    (sum, group) => sum + book.balance(group, date, `${year}-01-01`),
    0n,
  );
  book.enter({
    date,
    series: 'GL',
    memo: `Årets resultat ${year} til egenkapital`,
    lines: [
      { account: '8960', amount: result },
      { account: '2050', amount: -result },
    ],
  });
}
