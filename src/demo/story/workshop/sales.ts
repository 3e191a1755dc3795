import { addDays, type LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type LineFacts, type StoryLine, totalOf } from '../book.ts';
import { dayIn, type Month } from '../calendar.ts';
import { kid } from '../identities.ts';
import { exchangeDifference, inKroner } from '../purchase.ts';
import type { Random } from '../random.ts';
import { workingDayFrom } from '../working-days.ts';
import { euroRate } from './exchange-rate.ts';
import { BANKRUPT, type Customer, CUSTOMERS, EXPORT_CUSTOMERS, PROJECTS } from './partners.ts';

const SEASON = [84, 93, 104, 98, 95, 114, 46, 91, 109, 116, 121, 103];
const GROWTH = [100, 106, 111];
/** Sales without VAT in an average month of the first year, in kroner. */
const MONTHLY_SALES = 1_090_000;
const INVOICES_A_MONTH = 16;
const LAST_SALE_TO_BANKRUPT = 16;

/** The month's sales, in kroner without VAT. Purchases of material depend on it. */
export function plannedSales({ month }: Month, year: number): number {
  return (MONTHLY_SALES * SEASON[month - 1]! * (GROWTH[year] ?? GROWTH.at(-1)!)) / 10_000;
}

/** A year's invoices are numbered from 1 in the order of their dates. */
export class SalesLedger {
  readonly #book: Book;
  readonly #random: Random;
  #year = 0;
  #number = 0;
  /** The invoice to the customer that will go bankrupt. */
  unpaid: Invoice | undefined;

  constructor(book: Book, random: Random) {
    this.#book = book;
    this.#random = random;
  }

  /** All invoices of a month, their credit notes and payments. `index` counts months, `year` years of the story. */
  month(month: Month, index: number, year: number): void {
    const random = this.#random.stream(month.name);
    const planned = plannedSales(month, year);
    const count = Math.max(6, Math.round((INVOICES_A_MONTH * planned) / MONTHLY_SALES));
    const days = Array.from({ length: count }, () => workingDayFrom(dayIn(month, random.whole(2, 27)))).sort();
    if (index === LAST_SALE_TO_BANKRUPT) this.unpaid = this.#sellToBankrupt(days[0]!);
    for (const date of days) {
      const average = planned / count;
      if (random.chance(0.075)) this.#sellAbroad(date, random.pick(EXPORT_CUSTOMERS), random);
      else this.#sell(date, average, index, random);
    }
  }

  #nextNumber(date: LocalDate): { number: number; document: string } {
    const year = Number(date.slice(0, 4));
    if (year !== this.#year) [this.#year, this.#number] = [year, 0];
    const number = (year % 100) * 10_000 + ++this.#number;
    return { number, document: `INV-${year}-${String(this.#number).padStart(4, '0')}` };
  }

  #sell(date: LocalDate, average: number, index: number, random: Random): void {
    const running = PROJECTS.filter((project) => project.from <= index && index <= project.to);
    const project = running.length > 0 && random.chance(0.38) ? random.pick(running) : undefined;
    const customer = project ? CUSTOMERS[project.customer]! : random.pick(CUSTOMERS);
    const lines = project
      ? projectLines(project.key, average, random)
      : random.chance(0.22)
        ? [
            credit('3010', random.kroner(9_000, 42_000, 250), {
              taxCode: '3',
              department: 'ADM',
              memo: 'Tegning og rådgivning',
            }),
          ]
        : goodsLines(average, random);
    const memo = project ? project.name : (lines[0]!.memo ?? 'Salg');
    const invoice = this.#invoice(date, customer, memo, lines);
    const credited = random.chance(0.03) ? this.#creditNote(invoice, random) : 0n;
    if (!invoice) return;
    this.#paid(invoice, credited, random);
  }

  #sellToBankrupt(date: LocalDate): Invoice {
    const line = credit('3000', 48_600_00n, { taxCode: '3', department: 'PROD', memo: 'Butikkinnredning' });
    return this.#invoice(date, BANKRUPT, 'Butikkinnredning', [line]);
  }

  #invoice(date: LocalDate, customer: Customer, memo: string, lines: StoryLine[]): Invoice {
    const { number, document } = this.#nextNumber(date);
    const total = -totalOf(lines, date);
    const dueDate = addDays(date, customer.terms);
    const reference = kid(customer.number, number);
    this.#book.enter({
      date,
      series: 'UTG',
      memo: `Faktura ${document} ${customer.name}: ${memo}`,
      document,
      lines: [debit('1500', total, { partner: customer.key, dueDate, kid: reference, document }), ...lines],
    });
    return { date, dueDate, customer, document, reference, total, lines };
  }

  #creditNote(invoice: Invoice, random: Random): Ore {
    const { date, customer, document } = invoice;
    const sold = invoice.lines[0]!;
    const share = BigInt(random.whole(8, 30));
    const line = { ...sold, amount: -((sold.amount * share) / 100n) };
    const { document: note } = this.#nextNumber(date);
    const total = totalOf([line], date);
    const on = workingDayFrom(date);
    this.#book.enter({
      date: on,
      series: 'UTG',
      memo: `Kreditnota ${note} til faktura ${document} ${customer.name}`,
      document: note,
      lines: [line, credit('1500', total, { partner: customer.key, kid: invoice.reference, document })],
    });
    return total;
  }

  #paid(invoice: Invoice, credited: Ore, random: Random): void {
    const { customer, dueDate, document, reference } = invoice;
    const owed = invoice.total - credited;
    const date = workingDayFrom(addDays(dueDate, random.whole(...customer.pays)));
    const facts: LineFacts = { partner: customer.key, kid: reference, document };
    const parts = random.chance(0.02) ? [owed / 2n, owed - owed / 2n] : [owed];
    parts.forEach((part, i) => {
      this.#book.enter({
        date: workingDayFrom(addDays(date, i * 21)),
        series: 'BANK',
        memo: `Innbetaling ${customer.name}${parts.length > 1 ? ' (delbetaling)' : ''}`,
        document,
        lines: [debit('1920', part), credit('1500', part, facts)],
      });
    });
  }

  #sellAbroad(date: LocalDate, customer: Customer, random: Random): void {
    const { document } = this.#nextNumber(date);
    const euro = random.kroner(2_400, 11_500, 50);
    const rate = euroRate(date);
    const amount = inKroner(euro, rate);
    const currency = { code: 'EUR', amount: euro, rate };
    const dueDate = addDays(date, customer.terms);
    const receivable = { partner: customer.key, currency, document };
    this.#book.enter({
      date,
      series: 'UTG',
      memo: `Faktura ${document} ${customer.name}: stoler og bord, eksport`,
      document,
      lines: [
        debit('1501', amount, { ...receivable, dueDate }),
        credit('3110', amount, { taxCode: '52', currency, department: 'PROD' }),
      ],
    });
    const paidOn = workingDayFrom(addDays(dueDate, random.whole(...customer.pays)));
    const rateThen = euroRate(paidOn);
    const received = inKroner(euro, rateThen);
    this.#book.enter({
      date: paidOn,
      series: 'BANK',
      memo: `Innbetaling ${customer.name}`,
      document,
      lines: [
        debit('1920', received, { currency: { code: 'EUR', amount: euro, rate: rateThen } }),
        credit('1501', amount, receivable),
        ...exchangeDifference(amount - received),
      ],
    });
  }
}

export interface Invoice {
  date: LocalDate;
  dueDate: LocalDate;
  customer: Customer;
  document: string;
  reference: string;
  total: Ore;
  lines: StoryLine[];
}

const GOODS = [
  'Spisebord i eik',
  'Hylleseksjoner',
  'Stoler',
  'Kjøkkenfronter',
  'Benkeplater',
  'Resepsjonsdisk',
  'Garderobeskap',
];

function goodsLines(average: number, random: Random): StoryLine[] {
  const memo = random.pick(GOODS);
  const amount = random.kroner(average * 0.35, average * 1.35, 50);
  const lines = [credit('3000', amount, { taxCode: '3', department: 'PROD', memo })];
  if (random.chance(0.45))
    lines.push(credit('3070', random.kroner(600, 3_400, 10), { taxCode: '3', department: 'PROD', memo: 'Frakt' }));
  return lines;
}

function projectLines(project: string, average: number, random: Random): StoryLine[] {
  const facts = { taxCode: '3', department: 'PROSJ', project };
  return [
    credit('3000', random.kroner(average * 0.55, average * 1.45, 100), { ...facts, memo: 'Innredning etter tegning' }),
    credit('3010', random.kroner(average * 0.2, average * 0.7, 100), { ...facts, memo: 'Prosjektering og montering' }),
  ];
}
