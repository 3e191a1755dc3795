import { formatDecimal, type Invoice, type InvoiceLine, unitName } from '../../ehf/index.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { amountText, dateText, numberText, organizationNumberText } from '../../reports/index.ts';
import type { InvoiceFacts, MadeInvoice } from '../document-invoice.ts';
import { type InvoiceText, reasonText, say } from './invoice-texts.ts';

/** The texts of a printed invoice, in order; their position is decided by the layout. */
export interface InvoicePrint {
  language: Language;
  title: string;
  /** `Faktura 10001` */
  name: string;
  isDraft: boolean;
  seller: { name: string; lines: string[]; foot: string };
  buyer: { name: string; lines: string[] };
  facts: { label: string; text: string }[];
  columns: { label: string; toRight: boolean }[];
  rows: PrintRow[];
  sums: { label: string; text: string; isTotal: boolean }[];
  remarks: string[];
  /** Payment details; null for a credit note. */
  payment: { label: string; text: string }[];
}

export interface PrintRow {
  description: string;
  /** Below the description, in a smaller font: item number, discount, charge. */
  details: string[];
  /** Quantity, unit, price, VAT rate, amount. */
  cells: string[];
}

export function printOfInvoice(facts: InvoiceFacts, made: MadeInvoice): InvoicePrint {
  const { document, language } = facts;
  const { invoice } = made;
  const title = say(document.document_type as InvoiceText, language);
  const isDraft = document.document_status === 'DRAFT' && document.document_type !== 'ARPIN';
  const number = document.document_number ?? (isDraft ? say('draft', language) : '');
  return {
    language,
    title,
    name: `${title} ${number}`.trim(),
    isDraft,
    seller: sellerTexts(invoice, language),
    buyer: buyerTexts(invoice, language),
    facts: factTexts(facts, invoice, number),
    columns: (['description', 'quantity', 'unit', 'price', 'vat', 'amount'] as const).map((name) => ({
      label: say(name, language),
      toRight: name !== 'description' && name !== 'unit',
    })),
    rows: invoice.lines.map((line) => rowTexts(line, language)),
    sums: sumTexts(facts, made),
    remarks: remarkTexts(invoice, language),
    payment: paymentTexts(invoice, language),
  };
}

const present = (texts: readonly (string | null | undefined | false)[]): string[] =>
  texts.filter((text): text is string => typeof text === 'string' && text.trim() !== '');

/** `991 825 827 MVA` if the seller is registered for VAT (bokføringsforskriften § 5-1-2). */
function registration(invoice: Invoice, language: Language): string | null {
  const { legalId, vatId } = invoice.seller;
  if (legalId === null) return null;
  return `${say('organization', language)} ${organizationNumberText(legalId.value)}${vatId === null ? '' : ' MVA'}`;
}

function sellerTexts(invoice: Invoice, language: Language): InvoicePrint['seller'] {
  const { seller } = invoice;
  const name = seller.legalName ?? '';
  const number = registration(invoice, language);
  return {
    name,
    lines: present([
      ...addressLines(seller.address, language),
      number,
      seller.taxRegistration,
      seller.contact?.telephone,
      seller.contact?.email,
    ]),
    foot: present([number, seller.taxRegistration, name]).join('  ·  '),
  };
}

function buyerTexts({ buyer }: Invoice, language: Language): InvoicePrint['buyer'] {
  const { legalId, contact, address } = buyer;
  return {
    name: buyer.legalName ?? '',
    lines: present([
      contact?.name,
      ...addressLines(address, language),
      legalId && `${say('organization', language)} ${organizationNumberText(legalId.value)}`,
    ]),
  };
}

function addressLines(address: Invoice['seller']['address'], language: Language): string[] {
  if (address === null) return [];
  const place = present([address.postalCode, address.city]).join(' ');
  const isAbroad = address.country !== null && address.country !== 'NO';
  return present([
    address.street,
    address.additionalStreet,
    place,
    address.subdivision,
    isAbroad && countryName(address.country!, language),
  ]);
}

function countryName(code: string, language: Language): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code;
}

function factTexts(
  { document, language, credited }: InvoiceFacts,
  invoice: Invoice,
  number: string,
): InvoicePrint['facts'] {
  const date = (value: string | null) => value && dateText(value, language);
  const period = [date(document.period_from), date(document.period_to)].filter(Boolean).join(' – ');
  const rate = document.exchange_rate && `${say('rate', language)} ${numberText(document.exchange_rate, language)}`;
  const rows: [InvoiceText, string | null][] = [
    ['number', number],
    ['date', date(document.document_date)],
    ['due', invoice.kind === 'Invoice' ? date(document.due_date) : null],
    ['delivered', date(document.delivery_date)],
    ['period', period],
    ['place', document.delivery_place],
    ['credits', credited && present([credited.number, date(credited.date)]).join(', ')],
    ['reference', document.buyer_reference],
    ['order', document.order_number],
    ['terms', document.payment_terms],
    ['currency', document.currency_code === 'NOK' ? null : present([document.currency_code, rate]).join(', ')],
  ];
  return rows.flatMap(([label, text]) => (text ? [{ label: say(label, language), text }] : []));
}

function rowTexts(line: InvoiceLine, language: Language): PrintRow {
  const { tax } = line;
  const allowance = ({ isCharge, amount, reason }: InvoiceLine['allowances'][number]) =>
    `${reason}: ${amountText(isCharge ? amount! : -amount!, language)}`;
  return {
    description: line.description ?? line.name ?? '',
    details: present([
      line.sellersItem && line.sellersItem !== line.name && `${say('item', language)} ${line.sellersItem}`,
      ...line.allowances.map(allowance),
    ]),
    cells: [
      decimalText(formatDecimal(line.quantity!), language, 0),
      unitName(line.unit!, language),
      decimalText(formatDecimal(line.price!), language, 2),
      tax.percent === null ? '' : percentText(formatDecimal(tax.percent), language),
      amountText(line.amount!, language),
    ],
  };
}

/** With at least this many decimals: `1 234,50`. */
function decimalText(decimal: string, language: Language, least: number): string {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const kroner = amountText(BigInt(whole) * 100n, language).slice(0, -3);
  const decimals = fraction.padEnd(least, '0');
  const sign = decimal.startsWith('-') ? '\u2212' : '';
  return `${sign}${kroner}${decimals === '' ? '' : `${language === 'nb' ? ',' : '.'}${decimals}`}`;
}

const percentText = (percent: string, language: Language) => `${numberText(percent, language)}\u00a0%`;

function sumTexts({ document, language }: InvoiceFacts, { invoice, kroner }: MadeInvoice): InvoicePrint['sums'] {
  const { totals, taxSubtotals, currency } = invoice;
  const money = (amount: Ore) => amountText(amount, language);
  const isForeign = currency !== 'NOK';
  const ofRate = (percent: string, base: Ore) =>
    `${say('vat', language)} ${percentText(percent, language)} ${say('of', language)} ${money(base)}`;
  const charges = taxSubtotals.filter(({ category }) => category.code === 'S');
  const rows = [
    { label: say('net', language), text: money(totals.taxExclusive ?? 0n) },
    ...charges.map(({ category, taxable, tax }) => ({
      label: ofRate(formatDecimal(category.percent!), taxable ?? 0n),
      text: money(tax ?? 0n),
    })),
    ...taxSubtotals
      .filter(({ category }) => category.code !== 'S' && charges.length > 0)
      .map(({ taxable }) => ({ label: `${say('noVat', language)}: ${money(taxable ?? 0n)}`, text: money(0n) })),
    ...(totals.rounding ? [{ label: say('rounding', language), text: money(totals.rounding) }] : []),
  ].map((row) => ({ ...row, isTotal: false }));
  const what = invoice.kind === 'CreditNote' ? 'credited' : document.document_type === 'ARPIN' ? 'total' : 'pay';
  const total = { label: `${say(what, language)} ${currency}`, text: money(totals.payable ?? 0n), isTotal: true };
  const inKroner = kroner
    .filter(({ category }) => isForeign && category.code === 'S')
    .map(({ category, base, vat }) => ({
      label: `${say('inKroner', language)}, ${percentText(formatDecimal(category.percent!), language)} ${say('of', language)} ${money(base)}`,
      text: money(vat),
      isTotal: false,
    }));
  return [...rows, total, ...inKroner];
}

function remarkTexts({ taxSubtotals, note }: Invoice, language: Language): string[] {
  const reasons = taxSubtotals.map(({ exemptionReasonCode, exemptionReason }) =>
    reasonText(exemptionReasonCode, exemptionReason, language),
  );
  return present([note, ...new Set(reasons)]);
}

function paymentTexts(
  { kind, paymentMeans, dueDate, totals, currency }: Invoice,
  language: Language,
): InvoicePrint['payment'] {
  const [means] = paymentMeans;
  if (kind === 'CreditNote' || !means?.account) return [];
  const isKid = means.reference !== null && /^[\d-]+$/.test(means.reference);
  const isIban = /^[A-Z]/.test(means.account);
  const rows: [string, string | null][] = [
    [isIban ? 'IBAN' : say('account', language), accountText(means.account)],
    ['BIC', means.bic],
    [isKid ? 'KID' : say('message', language), means.reference],
    [say('due', language), dueDate && dateText(dueDate, language)],
    [`${say('amount', language)} ${currency}`, amountText(totals.payable ?? 0n, language)],
  ];
  return rows.flatMap(([label, text]) => (text ? [{ label, text }] : []));
}

/** `1503 40 11238`, or an IBAN in groups of four. */
function accountText(account: string): string {
  if (/^\d{11}$/.test(account)) return account.replace(/^(\d{4})(\d{2})(\d{5})$/, '$1\u00a0$2\u00a0$3');
  return account.replace(/(.{4})(?=.)/g, '$1\u00a0');
}
