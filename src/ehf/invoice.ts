import type { LocalDate } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';
import type { Decimal } from './decimal.ts';

/**
 * An invoice or credit note in the terms of EN 16931 (BT and BG in the comments), as BIS Billing 3.0 carries it. A value
 * that a document lacks is null, whether required or not: `validate` reports it. Amounts are hundredths of the document's
 * currency; a credit note has positive amounts.
 */
export interface Invoice {
  kind: 'Invoice' | 'CreditNote';
  /** BT-24 */
  customizationId: string | null;
  /** BT-23 */
  profileId: string | null;
  /** BT-1 */
  number: string | null;
  /** BT-2 */
  issueDate: LocalDate | null;
  /** BT-9 */
  dueDate: LocalDate | null;
  /** BT-3, UNTDID 1001: 380 an invoice, 381 a credit note. */
  typeCode: string | null;
  /** BT-22 */
  note: string | null;
  /** BT-7 */
  taxPointDate: LocalDate | null;
  /** BT-5 */
  currency: string | null;
  /** BT-6: the currency in which VAT is accounted for, if it differs. */
  taxCurrency: string | null;
  /** BT-19 */
  accountingCost: string | null;
  /** BT-10 */
  buyerReference: string | null;
  /** BG-14 */
  period: Period | null;
  /** BT-13 */
  orderReference: string | null;
  /** BT-14 */
  salesOrderReference: string | null;
  /** BG-3: the document that is credited or corrected. */
  precedingInvoices: PrecedingInvoice[];
  /** BT-12 */
  contractReference: string | null;
  /** BT-11 */
  projectReference: string | null;
  /** BG-24 */
  attachments: Attachment[];
  /** BG-4 */
  seller: Party;
  /** BG-7 */
  buyer: Party;
  /** BG-10 */
  payee: Payee | null;
  /** BG-11 */
  taxRepresentative: TaxRepresentative | null;
  /** BG-13 */
  delivery: Delivery | null;
  /** BG-16 */
  paymentMeans: PaymentMeans[];
  /** BT-20 */
  paymentTerms: string | null;
  /** BG-20 and BG-21 */
  allowances: DocumentAllowance[];
  /** BT-110 */
  taxAmount: Ore | null;
  /** BT-111: the VAT in `taxCurrency`. */
  accountingTaxAmount: Ore | null;
  /** BG-23 */
  taxSubtotals: TaxSubtotal[];
  /** BG-22 */
  totals: Totals;
  /** BG-25 */
  lines: InvoiceLine[];
}

export interface Period {
  start: LocalDate | null;
  end: LocalDate | null;
}

export interface PrecedingInvoice {
  number: string | null;
  issueDate: LocalDate | null;
}

export interface Attachment {
  id: string | null;
  description: string | null;
  /** Base64 as in the document, without whitespace. */
  content: string | null;
  mimeType: string | null;
  fileName: string | null;
  uri: string | null;
}

/** An identifier with the code of its scheme: `0192` for Norwegian organisation numbers. */
export interface Identifier {
  value: string;
  scheme: string | null;
}

export interface Address {
  street: string | null;
  additionalStreet: string | null;
  line: string | null;
  city: string | null;
  postalCode: string | null;
  subdivision: string | null;
  /** ISO 3166-1 alpha-2 */
  country: string | null;
}

export interface Party {
  endpoint: Identifier | null;
  identifiers: Identifier[];
  /** Trading name. */
  name: string | null;
  address: Address | null;
  /** With prefix and suffix: `NO123456785MVA`. */
  vatId: string | null;
  /** Registration of another tax scheme: `Foretaksregisteret` in Norway. */
  taxRegistration: string | null;
  legalName: string | null;
  legalId: Identifier | null;
  legalForm: string | null;
  contact: Contact | null;
}

export interface Contact {
  name: string | null;
  telephone: string | null;
  email: string | null;
}

export interface Payee {
  name: string | null;
  identifier: Identifier | null;
  legalId: Identifier | null;
}

export interface TaxRepresentative {
  name: string | null;
  address: Address | null;
  vatId: string | null;
}

export interface Delivery {
  date: LocalDate | null;
  location: Identifier | null;
  address: Address | null;
  partyName: string | null;
}

export interface PaymentMeans {
  /** UNTDID 4461: 30 credit transfer. */
  code: string | null;
  /** The KID. */
  reference: string | null;
  account: string | null;
  accountName: string | null;
  bic: string | null;
  hasCard: boolean;
  hasMandate: boolean;
  mandateReference: string | null;
}

/** A VAT category (UNCL5305) with its rate in percent; no rate for what is outside the scope (O). */
export interface TaxCategory {
  code: string | null;
  percent: Decimal | null;
}

/** A discount (`isCharge` false) or a charge; amounts are positive. */
export interface Allowance {
  isCharge: boolean;
  reasonCode: string | null;
  reason: string | null;
  percent: Decimal | null;
  amount: Ore | null;
  base: Ore | null;
}

export interface DocumentAllowance extends Allowance {
  tax: TaxCategory;
}

export interface TaxSubtotal {
  taxable: Ore | null;
  tax: Ore | null;
  category: TaxCategory;
  exemptionReasonCode: string | null;
  exemptionReason: string | null;
}

export interface Totals {
  /** BT-106 */
  lines: Ore | null;
  /** BT-109 */
  taxExclusive: Ore | null;
  /** BT-112 */
  taxInclusive: Ore | null;
  /** BT-107 */
  allowances: Ore | null;
  /** BT-108 */
  charges: Ore | null;
  /** BT-113 */
  prepaid: Ore | null;
  /** BT-114 */
  rounding: Ore | null;
  /** BT-115 */
  payable: Ore | null;
}

export interface InvoiceLine {
  id: string | null;
  note: string | null;
  quantity: Decimal | null;
  /** UN/ECE recommendation 20, or 21 behind an X. */
  unit: string | null;
  /** Without VAT, after the line's allowances and charges. */
  amount: Ore | null;
  accountingCost: string | null;
  period: Period | null;
  orderLine: string | null;
  allowances: Allowance[];
  description: string | null;
  name: string | null;
  buyersItem: string | null;
  sellersItem: string | null;
  standardItem: Identifier | null;
  originCountry: string | null;
  classifications: Classification[];
  tax: TaxCategory;
  properties: ItemProperty[];
  /** Of `baseQuantity` units, without VAT. */
  price: Decimal | null;
  baseQuantity: Decimal | null;
  baseUnit: string | null;
  priceDiscount: Decimal | null;
  grossPrice: Decimal | null;
}

export interface Classification {
  code: string | null;
  list: string | null;
}

export interface ItemProperty {
  name: string | null;
  value: string | null;
}

export const BILLING_CUSTOMIZATION = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';
export const BILLING_PROFILE = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';

export const NO_PARTY: Party = {
  endpoint: null,
  identifiers: [],
  name: null,
  address: null,
  vatId: null,
  taxRegistration: null,
  legalName: null,
  legalId: null,
  legalForm: null,
  contact: null,
};

/** A document with only its kind and the specification that it follows. */
export function emptyInvoice(kind: Invoice['kind']): Invoice {
  return {
    kind,
    customizationId: BILLING_CUSTOMIZATION,
    profileId: BILLING_PROFILE,
    number: null,
    issueDate: null,
    dueDate: null,
    typeCode: kind === 'Invoice' ? '380' : '381',
    note: null,
    taxPointDate: null,
    currency: 'NOK',
    taxCurrency: null,
    accountingCost: null,
    buyerReference: null,
    period: null,
    orderReference: null,
    salesOrderReference: null,
    precedingInvoices: [],
    contractReference: null,
    projectReference: null,
    attachments: [],
    seller: NO_PARTY,
    buyer: NO_PARTY,
    payee: null,
    taxRepresentative: null,
    delivery: null,
    paymentMeans: [],
    paymentTerms: null,
    allowances: [],
    taxAmount: null,
    accountingTaxAmount: null,
    taxSubtotals: [],
    totals: NO_TOTALS,
    lines: [],
  };
}

export const NO_TOTALS: Totals = {
  lines: null,
  taxExclusive: null,
  taxInclusive: null,
  allowances: null,
  charges: null,
  prepaid: null,
  rounding: null,
  payable: null,
};

export const EMPTY_LINE: InvoiceLine = {
  id: null,
  note: null,
  quantity: null,
  unit: null,
  amount: null,
  accountingCost: null,
  period: null,
  orderLine: null,
  allowances: [],
  description: null,
  name: null,
  buyersItem: null,
  sellersItem: null,
  standardItem: null,
  originCountry: null,
  classifications: [],
  tax: { code: null, percent: null },
  properties: [],
  price: null,
  baseQuantity: null,
  baseUnit: null,
  priceDiscount: null,
  grossPrice: null,
};
