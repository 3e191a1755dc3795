import { addDays, type LocalDate, yearOf } from '../../../kernel/local-date.ts';
import { Book, credit, debit, totalOf } from '../book.ts';
import { monthsBetween } from '../calendar.ts';
import type { StoryCompany } from '../company.ts';
import { organizationNumber } from '../identities.ts';
import { purchase } from '../purchase.ts';
import type { Random } from '../random.ts';
import { bimonthlyTerms, settleVat } from '../vat-settlement.ts';
import { workingDayFrom, workingDayUntil } from '../working-days.ts';
import { ASSET_ACCOUNTS, keepAssets, registeredAssets } from './assets.ts';
import { bankFees, openBooks, serveLoans } from './finance.ts';
import { buyMaterials } from './materials.ts';
import { DEPARTMENTS, PROJECTS, SUPPLIERS, workshopPartners } from './partners.ts';
import { Payroll } from './payroll.ts';
import { payByCard, payOutlay, payRunningCosts } from './running-costs.ts';
import { type Invoice, SalesLedger } from './sales.ts';
import { closeYear, countStock } from './year-end.ts';

const NAME = 'Lerkefjell Innredning AS';

/**
 * Lerkefjell Innredning AS: makes and fits furniture, eight employees, VAT every second month. Two full years and the
 * current one until today.
 */
export function workshop(random: Random, today: LocalDate): StoryCompany {
  const firstYear = yearOf(today) - 2;
  const startsOn = `${firstYear}-01-01`;
  const book = new Book(today);
  openBooks(book, random.stream('opening'), firstYear);
  const sales = new SalesLedger(book, random.stream('sales'));
  const payroll = new Payroll(book, firstYear);
  const months = monthsBetween(startsOn, today);
  months.forEach((month, index) => {
    const year = month.year - firstYear;
    const draws = random.stream(month.name);
    sales.month(month, index, year);
    buyMaterials(book, draws.stream('materials'), month, index, year);
    payRunningCosts(book, draws.stream('costs'), month, year);
    payByCard(book, draws.stream('card'), month);
    payOutlay(book, draws.stream('outlay'), month);
    payroll.month(month, index, year);
    keepAssets(book, month, index);
    serveLoans(book, month, index);
    bankFees(book, draws.stream('bank'), month);
  });
  if (sales.unpaid) loseACustomer(book, sales.unpaid, firstYear + 1);
  enterByMistake(book, firstYear);
  for (let year = firstYear; year <= firstYear + 2; year++) {
    if (today >= `${year}-12-31`) countStock(book, random.stream(`stock ${year}`), year);
    for (const term of bimonthlyTerms(year)) settleVat(book, term);
    closeYear(book, year);
  }
  leaveDrafts(book);
  return {
    key: 'workshop',
    name: NAME,
    organizationNumber: organizationNumber(NAME),
    organizationForm: 'AS',
    address: { street: 'Sagbruksgata 4', postalCode: '2317', city: 'Hamar' },
    vat: { registeredFrom: '2016-03-01', frequency: 'BIMONTHLY' },
    hasPayroll: true,
    startsOn,
    partners: workshopPartners(),
    departments: [...DEPARTMENTS],
    projects: PROJECTS.filter(({ from }) => from < months.length).map(({ key, name }) => ({ key, name })),
    assets: registeredAssets(months),
    assetAccounts: ASSET_ACCOUNTS,
    entries: book.inOrder(),
    drafts: book.drafts,
    lock: { until: `${firstYear}-12-31`, comment: `Årsregnskapet for ${firstYear} er fastsatt` },
  };
}

/**
 * An invoice that is never paid, and is written off when the estate has no assets, together with its VAT (tap på krav).
 */
function loseACustomer(book: Book, { customer, document, reference, lines }: Invoice, year: number): void {
  const date = workingDayFrom(`${year}-11-20`);
  const loss = debit('7830', -lines[0]!.amount, { taxCode: '1', department: 'ADM', memo: 'Konkurs' });
  book.enter({
    date,
    series: 'GL',
    memo: `Konstatert tap, ${customer.name} er slått konkurs`,
    document,
    lines: [loss, credit('1500', totalOf([loss], date), { partner: customer.key, kid: reference, document })],
  });
}

/** Entered twice, or on the wrong account; cancelled when discovered. */
function enterByMistake(book: Book, firstYear: number): void {
  const [partner, name] = SUPPLIERS.fittings;
  purchase(book, {
    date: `${firstYear}-09-18`,
    partner,
    name,
    invoice: `03${firstYear}091`,
    memo: 'Beslag og skruer',
    lines: [debit('4000', 28_416_50n, { taxCode: '1', department: 'PROD' })],
    creditDays: 30,
    cancelledBecause: 'Fakturaen var bokført fra før',
  });
  book.enter({
    date: `${firstYear + 1}-03-12`,
    series: 'BANK',
    memo: 'Kort: Kundelunsj',
    lines: [debit('6860', 1_284_00n, { taxCode: '1', gross: true, department: 'ADM' }), credit('1920', 1_284_00n)],
    cancelledBecause: 'Representasjon uten fradrag for mva, ført på nytt på 7350',
  });
  book.enter({
    date: `${firstYear + 1}-03-12`,
    series: 'BANK',
    memo: 'Kort: Kundelunsj',
    lines: [debit('7350', 1_284_00n, { taxCode: '0', department: 'ADM' }), credit('1920', 1_284_00n)],
  });
  book.enter({
    date: workingDayFrom(`${firstYear + 2}-01-09`),
    series: 'BANK',
    memo: 'Innbetaling uten KID',
    lines: [debit('1920', 12_500_00n), credit('2990', 12_500_00n)],
    cancelledBecause: 'Beløpet kom ved en feil fra en annen kunde av banken og ble trukket tilbake samme dag',
  });
}

/** The bookkeeper's unfinished work today. */
function leaveDrafts(book: Book): void {
  const { today } = book;
  const date = workingDayUntil(addDays(today, -1));
  const [timber] = SUPPLIERS.timber;
  const [courses] = SUPPLIERS.courses;
  book.drafts.push(
    {
      date,
      memo: 'Kvistholt Trelast AS: eik til neste bestilling, venter på følgeseddel',
      lines: [
        debit('4000', 41_860_00n, { taxCode: '1', department: 'PROD' }),
        credit('2400', 52_325_00n, { partner: timber, dueDate: addDays(date, 30), document: 'UTKAST' }),
      ],
    },
    {
      date,
      memo: 'Vettskap Kurs AS: hvem deltok?',
      lines: [credit('2400', 9_875_00n, { partner: courses, dueDate: addDays(date, 30) })],
    },
    { date, memo: 'Ukjent innbetaling, undersøkes', lines: [debit('1920', 3_450_00n)] },
  );
}
