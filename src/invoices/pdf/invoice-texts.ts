import type { Language } from '../../platform/errors.ts';

const TEXTS = {
  ARINV: { nb: 'Faktura', en: 'Invoice' },
  ARCRN: { nb: 'Kreditnota', en: 'Credit note' },
  ARCIN: { nb: 'Kontantfaktura', en: 'Cash invoice' },
  ARDEB: { nb: 'Inkassokrav', en: 'Debt collection' },
  ARPIN: { nb: 'Proformafaktura', en: 'Proforma invoice' },
  draft: { nb: 'Utkast', en: 'Draft' },
  number: { nb: 'Nummer', en: 'Number' },
  date: { nb: 'Dato', en: 'Date' },
  due: { nb: 'Forfall', en: 'Due' },
  delivered: { nb: 'Levert', en: 'Delivered' },
  period: { nb: 'Periode', en: 'Period' },
  place: { nb: 'Leveringssted', en: 'Place of delivery' },
  reference: { nb: 'Deres referanse', en: 'Your reference' },
  order: { nb: 'Ordrenummer', en: 'Order number' },
  terms: { nb: 'Betaling', en: 'Payment' },
  credits: { nb: 'Krediterer', en: 'Credits' },
  currency: { nb: 'Valuta', en: 'Currency' },
  customer: { nb: 'Kunde', en: 'Customer' },
  organization: { nb: 'Org.nr.', en: 'Org. no.' },
  description: { nb: 'Beskrivelse', en: 'Description' },
  quantity: { nb: 'Antall', en: 'Quantity' },
  unit: { nb: 'Enhet', en: 'Unit' },
  price: { nb: 'Pris', en: 'Price' },
  vat: { nb: 'Mva.', en: 'VAT' },
  amount: { nb: 'Beløp', en: 'Amount' },
  item: { nb: 'Varenr.', en: 'Item no.' },
  net: { nb: 'Sum uten mva.', en: 'Total without VAT' },
  of: { nb: 'av', en: 'of' },
  noVat: { nb: 'Uten mva.', en: 'Without VAT' },
  rounding: { nb: 'Avrunding', en: 'Rounding' },
  pay: { nb: 'Å betale', en: 'To pay' },
  credited: { nb: 'Til gode', en: 'Credited' },
  total: { nb: 'Sum', en: 'Total' },
  inKroner: { nb: 'Mva. i norske kroner', en: 'VAT in Norwegian kroner' },
  rate: { nb: 'kurs', en: 'rate' },
  account: { nb: 'Kontonummer', en: 'Account number' },
  message: { nb: 'Merk betalingen', en: 'Payment reference' },
  page: { nb: 'Side', en: 'Page' },
  pages: { nb: 'av', en: 'of' },
} as const satisfies Record<string, { nb: string; en: string }>;

export type InvoiceText = keyof typeof TEXTS;

export function say(text: InvoiceText, language: Language): string {
  return TEXTS[text][language];
}

/** Reasons for not charging VAT that are given as a code only. */
const REASONS: Record<string, { nb: string; en: string }> = {
  'VATEX-EU-AE': {
    nb: 'Omvendt avgiftsplikt: kjøper beregner merverdiavgift',
    en: 'Reverse charge: the buyer accounts for VAT',
  },
  'VATEX-EU-G': { nb: 'Utførsel fra merverdiavgiftsområdet', en: 'Export, outside the VAT area' },
  'VATEX-EU-O': { nb: 'Utenfor merverdiavgiftsloven', en: 'Outside the scope of VAT' },
};

export function reasonText(code: string | null, reason: string | null, language: Language): string | null {
  return (code !== null && REASONS[code]?.[language]) || reason;
}
