import { type DocumentView, documentAmounts } from '../banking/index.ts';
import {
  type Allowance,
  type Attachment,
  EMPTY_LINE,
  emptyInvoice,
  formatDecimal,
  type Invoice,
  type InvoiceLine,
  parseDecimal,
  type PaymentMeans,
  type TaxCategory,
  withSums,
} from '../ehf/index.ts';
import { assert } from '../kernel/assert.ts';
import { formatAmount, type Ore, parseAmount, parsePercent, parseScaled } from '../kernel/money.ts';
import { invoiceErrors } from './errors.ts';
import { type BuyerFacts, buyerParty, type SellerFacts, sellerParty } from './invoice-parties.ts';
import { type CodeFacts, taxCategoryOf } from './tax-category.ts';

/** Facts that are not in the document itself. */
export interface InvoiceFacts {
  document: DocumentView;
  seller: SellerFacts;
  buyer: BuyerFacts;
  /** The VAT codes of its lines. */
  codes: ReadonlyMap<string, CodeFacts>;
  /** Our account for the payment. */
  account: { number: string | null; iban: string | null; bic: string | null } | null;
  /** The invoice that a credit note credits. */
  credited: { number: string | null; date: string } | null;
  attachments: readonly Attachment[];
  language: 'nb' | 'en';
}

/** VAT of one rate in kroner, as posted in the books. */
export interface KronerVat {
  category: TaxCategory;
  base: Ore;
  vat: Ore;
}

/** The document as its receiver gets it. */
export interface MadeInvoice {
  invoice: Invoice;
  /** VAT by rate in kroner, which a sales document always shows (bokføringsforskriften § 5-1-1 no. 8). */
  kroner: KronerVat[];
}

const MOST_NAME = 100;

/**
 * The document in the terms of EN 16931, its amounts equal to those of the books to the øre: VAT by rate on the total, or
 * summed from the lines if the document rounds by line; in kroner as posted. Error: invoices.figures_differ, if a line has a
 * VAT code that is not for sales.
 */
export function invoiceOfDocument(facts: InvoiceFacts): MadeInvoice {
  const { document, seller, buyer, codes, credited } = facts;
  const kind = document.document_type === 'ARCRN' ? 'CreditNote' : 'Invoice';
  const codeOf = (line: DocumentView['lines'][number]) => codes.get(line.tax_code ?? '') ?? null;
  const categoryOf = (line: DocumentView['lines'][number]) => taxCategoryOf(codeOf(line), seller.is_vat_registered);
  const summed = withSums({
    ...emptyInvoice(kind),
    number: document.document_number,
    issueDate: document.document_date,
    dueDate: document.due_date,
    note: document.note,
    currency: document.currency_code,
    buyerReference: document.buyer_reference ?? (document.order_number === null ? buyer.contact_person : null),
    period:
      document.period_from || document.period_to ? { start: document.period_from, end: document.period_to } : null,
    orderReference: document.order_number,
    precedingInvoices: credited ? [{ number: credited.number, issueDate: credited.date }] : [],
    attachments: [...facts.attachments],
    seller: sellerParty(seller),
    buyer: buyerParty(buyer),
    delivery: document.delivery_date
      ? { date: document.delivery_date, location: null, address: null, partyName: null }
      : null,
    paymentMeans: kind === 'Invoice' ? paymentMeans(facts) : [],
    paymentTerms: document.payment_terms,
    lines: document.lines.map((line, i) => invoiceLine(line, i, categoryOf(line))),
  });
  const amounts = documentAmounts(
    document.lines.map((line) => ({ amount: amountOf(line.amount), percent: percentOf(categoryOf(line)) })),
    document.vat_rounding,
    rateOf(document),
  );
  const invoice = document.vat_rounding === 'total' ? summed : withLineVat(summed, facts);
  const gross = amountOf(document.gross_amount);
  const payable = invoice.totals.payable ?? 0n;
  if (payable !== gross)
    throw invoiceErrors.figures_differ({
      document_id: document.id,
      gross_amount: formatAmount(gross),
      computed: formatAmount(payable),
    });
  const kroner = kronerVat(invoice, amounts.lines);
  const isForeign = document.currency_code !== 'NOK' && seller.is_vat_registered;
  return {
    invoice: isForeign
      ? { ...invoice, taxCurrency: 'NOK', accountingTaxAmount: kroner.reduce((sum, { vat }) => sum + vat, 0n) }
      : invoice,
    kroner,
  };
}

function amountOf(text: string): Ore {
  const amount = parseAmount(text);
  assert(amount !== null, `${text} is an amount`);
  return amount;
}

/** The rate of the VAT that is owed; null if none is owed. */
function percentOf({ code, percent }: TaxCategory): bigint | null {
  return code === 'S' ? parsePercent(formatDecimal(percent!)) : null;
}

function rateOf({ exchange_rate, currency_code }: DocumentView): bigint | null {
  return currency_code === 'NOK' || exchange_rate === null ? null : parseScaled(exchange_rate, 18);
}

/** The VAT of each category, summed from its lines, each rounded separately. */
function withLineVat(invoice: Invoice, { document }: InvoiceFacts): Invoice {
  const taxSubtotals = invoice.taxSubtotals.map((subtotal) => {
    const lines = invoice.lines.filter(({ tax }) => sameCategory(tax, subtotal.category));
    const percent = percentOf(subtotal.category);
    const { tax } = documentAmounts(
      lines.map(({ amount }) => ({ amount: amount!, percent })),
      document.vat_rounding,
      null,
    );
    return { ...subtotal, tax };
  });
  const taxAmount = taxSubtotals.reduce((sum, { tax }) => sum + tax, 0n);
  const taxInclusive = (invoice.totals.taxExclusive ?? 0n) + taxAmount;
  return { ...invoice, taxSubtotals, taxAmount, totals: { ...invoice.totals, taxInclusive, payable: taxInclusive } };
}

function sameCategory(a: TaxCategory, b: TaxCategory): boolean {
  return a.code === b.code && a.percent?.value === b.percent?.value && a.percent?.scale === b.percent?.scale;
}

function kronerVat(invoice: Invoice, lines: readonly { base: Ore; vat: Ore | null }[]): KronerVat[] {
  return invoice.taxSubtotals.map(({ category }) => {
    let [base, vat] = [0n, 0n];
    invoice.lines.forEach((line, i) => {
      if (!sameCategory(line.tax, category)) return;
      base += lines[i]!.base;
      vat += lines[i]!.vat ?? 0n;
    });
    return { category, base, vat };
  });
}

function invoiceLine(line: DocumentView['lines'][number], i: number, tax: TaxCategory): InvoiceLine {
  const amount = amountOf(line.amount);
  const text = line.description?.trim() || line.item_code || line.account_code;
  const isLong = text.length > MOST_NAME || text.includes('\n');
  const priced = line.quantity !== null && line.unit_price !== null;
  const size = amount < 0n ? -amount : amount;
  return {
    ...EMPTY_LINE,
    id: String(i + 1),
    name: isLong ? shortened(text) : text,
    description: isLong ? text : null,
    sellersItem: line.item_code,
    quantity: parseDecimal(priced ? line.quantity! : amount < 0n ? '-1' : '1'),
    unit: priced ? line.unit_code : 'EA',
    price: parseDecimal(priced ? line.unit_price! : formatAmount(size)),
    allowances: [
      ...allowance(false, line.discount_amount, line.discount_reason ?? 'Rabatt'),
      ...allowance(true, line.charge_amount, line.charge_reason ?? 'Tillegg'),
    ],
    tax,
    amount,
  };
}

function shortened(text: string): string {
  const line = text.split('\n')[0]!.trim();
  return line.length <= MOST_NAME
    ? line
    : `${Array.from(line)
        .slice(0, MOST_NAME - 1)
        .join('')
        .trimEnd()}…`;
}

function allowance(isCharge: boolean, amount: string | null, reason: string): Allowance[] {
  if (amount === null) return [];
  return [{ isCharge, amount: amountOf(amount), reason, reasonCode: null, percent: null, base: null }];
}

/** Domestic payments go to the account number, foreign ones to IBAN and BIC. */
function paymentMeans({ document, account }: InvoiceFacts): PaymentMeans[] {
  if (!account) return [];
  const isForeign = document.currency_code !== 'NOK' && account.iban !== null;
  const number = isForeign ? account.iban : (account.number ?? account.iban);
  if (number === null) return [];
  const means = { accountName: null, hasCard: false, hasMandate: false, mandateReference: null };
  const bic = number === account.iban ? account.bic : null;
  return [{ ...means, code: '30', reference: document.payment_reference, account: number, bic }];
}
