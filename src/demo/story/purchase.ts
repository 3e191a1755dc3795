import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { divideRounded, formatAmount, type Ore } from '../../kernel/money.ts';
import { type Book, credit, debit, type StoryDocument, type StoryLine, totalOf } from './book.ts';
import { norwegianDate } from './calendar.ts';
import { workingDayFrom } from './working-days.ts';

export interface Purchase {
  date: LocalDate;
  /** Key and name of the supplier, and its own invoice number. */
  partner: string;
  name: string;
  invoice: string;
  memo: string;
  lines: StoryLine[];
  creditDays: number;
  /** Days before (negative) or after the due date on which it is paid. */
  paidAfterDue?: number;
  /** True: the invoice itself is stored with the entry, as a PDF. */
  onPaper?: boolean;
  cancelledBecause?: string;
}

/** Enters a supplier's invoice and, when its day comes, the payment from the bank. */
export function purchase(book: Book, bought: Purchase): void {
  const { date, partner, name, invoice, memo } = bought;
  const dueDate = addDays(date, bought.creditDays);
  const total = totalOf(bought.lines, date);
  const account = '2400';
  const lines = [
    ...bought.lines,
    credit(account, total, { partner, dueDate, kid: paymentReference(invoice), document: invoice }),
  ];
  book.enter({
    date,
    series: 'INN',
    memo: `${name}: ${memo}`,
    document: invoice,
    lines,
    ...(bought.onPaper ? { voucher: supplierInvoice(bought, dueDate, total) } : {}),
    ...(bought.cancelledBecause ? { cancelledBecause: bought.cancelledBecause } : {}),
  });
  if (bought.cancelledBecause) return;
  const paidOn = workingDayFrom(addDays(dueDate, bought.paidAfterDue ?? 0));
  book.enter({
    date: paidOn,
    series: 'BANK',
    memo: `Betalt ${name}, faktura ${invoice}`,
    document: invoice,
    lines: [debit(account, total, { partner, document: invoice }), credit('1920', total)],
  });
}

export interface ForeignPurchase extends Omit<Purchase, 'lines' | 'onPaper' | 'cancelledBecause'> {
  costAccount: string;
  taxCode: string;
  facts?: Partial<StoryLine>;
  euro: Ore;
  rateThen: string;
  rateWhenPaid: string;
}

/** An invoice in euro: cost and debt at the day's rate, the difference at payment to 8060 or 8160. */
export function foreignPurchase(book: Book, bought: ForeignPurchase): void {
  const { date, partner, name, invoice, memo, euro } = bought;
  const cost = inKroner(euro, bought.rateThen);
  const currency = { code: 'EUR', amount: euro, rate: bought.rateThen };
  const dueDate = addDays(date, bought.creditDays);
  book.enter({
    date,
    series: 'INN',
    memo: `${name}: ${memo}`,
    document: invoice,
    lines: [
      debit(bought.costAccount, cost, { taxCode: bought.taxCode, currency, ...bought.facts }),
      credit('2401', cost, { partner, currency, dueDate, document: invoice }),
    ],
  });
  const paid = inKroner(euro, bought.rateWhenPaid);
  book.enter({
    date: workingDayFrom(addDays(dueDate, bought.paidAfterDue ?? 0)),
    series: 'BANK',
    memo: `Betalt ${name}, faktura ${invoice}`,
    document: invoice,
    lines: [
      debit('2401', cost, { partner, currency, document: invoice }),
      { account: '1920', amount: -paid, currency: { code: 'EUR', amount: euro, rate: bought.rateWhenPaid } },
      ...exchangeDifference(paid - cost),
    ],
  });
}

export function inKroner(euro: Ore, rate: string): Ore {
  return divideRounded(euro * BigInt(rate.replace('.', '')), 10n ** BigInt(rate.length - rate.indexOf('.') - 1));
}

/** A loss is positive. */
export function exchangeDifference(loss: Ore): StoryLine[] {
  if (loss === 0n) return [];
  return [{ account: loss > 0n ? '8160' : '8060', amount: loss, memo: 'Kursdifferanse' }];
}

/** Suppliers have their own payment references; the digits of the invoice number represent one. */
function paymentReference(invoice: string): string {
  return invoice.replace(/\D/g, '').padStart(8, '0');
}

function supplierInvoice(
  { name, invoice, memo, lines, date }: Purchase,
  dueDate: LocalDate,
  total: Ore,
): StoryDocument {
  const net = lines.reduce((sum, line) => sum + line.amount, 0n);
  const kroner = (amount: Ore) =>
    formatAmount(amount)
      .replace('.', ',')
      .replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
  return {
    fileName: `faktura-${invoice.toLowerCase()}.pdf`,
    title: `Faktura ${invoice}`,
    lines: [
      name,
      '',
      `Fakturanummer: ${invoice}`,
      `Fakturadato: ${norwegianDate(date)}`,
      `Forfallsdato: ${norwegianDate(dueDate)}`,
      '',
      `Beskrivelse: ${memo}`,
      '',
      ...(net === total ? [] : [`Beløp uten merverdiavgift: ${kroner(net)}`, `Merverdiavgift: ${kroner(total - net)}`]),
      `Å betale, NOK: ${kroner(total)}`,
    ],
  };
}
