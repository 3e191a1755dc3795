import {
  emptyInvoice,
  formatDecimal,
  parseDecimal,
  EMPTY_LINE,
  type Invoice,
  type InvoiceLine,
  lineAmount,
  NO_PARTY,
  type Party,
  type TaxCategory,
  withSums,
} from '../../../src/ehf/index.ts';
import { addDays } from '../../../src/kernel/local-date.ts';
import { seededNumbers } from '../seeded-numbers.ts';

function numbers(seed: number): (below: number) => number {
  const next = seededNumbers(seed);
  return (below) => Math.floor((next() / 2 ** 32) * below);
}

const NAMES = [
  'Blåbær & Sønn AS',
  'Ærlig "Trygg" ANS',
  'Fjord <Data> ASA',
  'Nord 4 AS',
  '株式会社 Ås',
  'Ødegård 😀 AS',
];
const STANDARD: TaxCategory[] = [25n, 15n, 12n].map((value) => ({ code: 'S', percent: { value, scale: 0 } }));
const CATEGORIES: TaxCategory[] = [
  ...STANDARD,
  { code: 'S', percent: { value: 1111n, scale: 2 } },
  { code: 'Z', percent: { value: 0n, scale: 0 } },
  { code: 'E', percent: { value: 0n, scale: 0 } },
  { code: 'G', percent: { value: 0n, scale: 0 } },
  { code: 'AE', percent: { value: 0n, scale: 0 } },
];
const UNITS = ['EA', 'HUR', 'KGM', 'MTR', 'XPK', 'DAY'];

const seller: Party = {
  ...NO_PARTY,
  endpoint: { value: '991825827', scheme: '0192' },
  address: {
    street: 'Storgata 1',
    additionalStreet: null,
    line: null,
    city: 'Oslo',
    postalCode: '0155',
    subdivision: null,
    country: 'NO',
  },
  vatId: 'NO991825827MVA',
  taxRegistration: 'Foretaksregisteret',
  legalName: 'Verkstedet AS',
  legalId: { value: '991825827', scheme: '0192' },
  contact: { name: 'Kari Nordmann', telephone: '22 22 22 22', email: 'kari@example.no' },
};

/** Invoices and credit notes that keep all rules, with `lines` lines if given; the same for the same seed. */
export function* randomInvoices(seed: number, count: number, lines?: number): Generator<Invoice> {
  const below = numbers(seed);
  for (let i = 0; i < count; i++) yield randomInvoice(below, i, lines);
}

function randomInvoice(below: (limit: number) => number, i: number, lineCount = 1 + below(8)): Invoice {
  const kind = below(5) === 0 ? 'CreditNote' : 'Invoice';
  const maybe = <T>(value: () => T): T | null => (below(2) === 0 ? value() : null);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const currency = pick(['NOK', 'NOK', 'EUR', 'SEK']);
  const issueDate = addDays('2026-01-01', below(365));
  const decimal = (digits: number) =>
    parseDecimal(formatDecimal({ value: BigInt(1 + below(10 ** digits)), scale: below(5) }))!;
  const allowance = (isCharge: boolean) => ({
    isCharge,
    reasonCode: maybe(() => (isCharge ? 'FC' : '95')),
    reason: pick(['Frakt & emballasje', 'Rabatt']),
    percent: null,
    amount: BigInt(1 + below(9_999)),
    base: null,
  });
  const line = (number: number): InvoiceLine => {
    const quantity = decimal(3);
    const made: InvoiceLine = {
      ...EMPTY_LINE,
      id: String(number),
      note: maybe(() => 'Merk: <viktig> & "haster"'),
      quantity: below(6) === 0 ? { ...quantity, value: -quantity.value } : quantity,
      unit: pick(UNITS),
      allowances: below(4) === 0 ? [allowance(false), allowance(true)] : [],
      name: pick(NAMES),
      description: maybe(() => 'Beskrivelse på\nto linjer'),
      sellersItem: maybe(() => `V-${below(1000)}`),
      tax: pick(CATEGORIES),
      price: decimal(5),
      baseQuantity: maybe(() => ({ value: BigInt(1 + below(100)), scale: 0 })),
      orderLine: maybe(() => String(number)),
      properties: below(5) === 0 ? [{ name: 'Farge', value: 'Blå' }] : [],
    };
    return { ...made, amount: lineAmount(made) };
  };
  const summed = withSums({
    ...emptyInvoice(kind),
    number: String(10_000 + i),
    issueDate,
    dueDate: addDays(issueDate, 14),
    note: maybe(() => 'Takk for handelen'),
    currency,
    taxCurrency: currency === 'NOK' ? null : 'NOK',
    buyerReference: 'PO-42',
    orderReference: maybe(() => '4711'),
    period: maybe(() => ({ start: issueDate, end: addDays(issueDate, 30) })),
    precedingInvoices: kind === 'CreditNote' ? [{ number: '9999', issueDate: maybe(() => issueDate) }] : [],
    seller,
    buyer: {
      ...seller,
      endpoint: { value: '123456785', scheme: '0192' },
      legalName: pick(NAMES),
      legalId: { value: '123456785', scheme: '0192' },
      vatId: 'NO123456785MVA',
      contact: maybe(() => ({ name: 'Ola', telephone: null, email: 'ola@example.no' })),
    },
    delivery: maybe(() => ({ date: issueDate, location: null, address: seller.address, partyName: null })),
    paymentMeans: [
      {
        code: '30',
        reference: maybe(() => '0000012344'),
        account: '15034011238',
        accountName: null,
        bic: null,
        hasCard: false,
        hasMandate: false,
        mandateReference: null,
      },
    ],
    paymentTerms: maybe(() => '14 dager netto'),
    attachments:
      below(10) === 0
        ? [
            {
              id: 'vedlegg',
              description: 'Timeliste',
              content: Buffer.from('%PDF-1.7 innhold').toString('base64'),
              mimeType: 'application/pdf',
              fileName: 'timer.pdf',
              uri: null,
            },
          ]
        : [],
    allowances: below(4) === 0 ? [{ ...allowance(below(2) === 0), tax: pick(STANDARD) }] : [],
    lines: Array.from({ length: lineCount }, (_, at) => line(at + 1)),
  });
  return { ...summed, accountingTaxAmount: summed.taxCurrency === null ? null : (summed.taxAmount ?? 0n) * 11n };
}
