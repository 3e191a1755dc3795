import { isOrganizationNumber, mod10CheckDigit } from '../../kernel/check-digits.ts';
import { formatAmount } from '../../kernel/money.ts';
import { compareDecimals, formatDecimal, percentage, subtract, ZERO } from '../decimal.ts';
import type { Place } from '../finding.ts';
import { type Allowance, BILLING_CUSTOMIZATION } from '../invoice.ts';
import * as codes from '../code-lists.ts';
import type { ReadDocument } from '../read-invoice.ts';
import { BUYER, each, eachLine, missing, type Rule, SELLER, SUBTOTAL, where } from './rule.ts';
import { lineAmount } from '../sums.ts';
import { pathOf, type XmlNode } from '../xml-node.ts';

const PROFILE = /^urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0$/;
/** Tolerance for a line's sum or a percentage (PEPPOL-EN16931-R120, R040), in hundredths. */
const SLACK = 2n;

const count = (root: XmlNode, name: string) => root.children.filter((each) => each.name === name).length;

/** Every element below a document, in document order. */
function elements(root: XmlNode, broken: (node: XmlNode) => boolean): Place[] {
  const places: Place[] = [];
  const waiting: XmlNode[] = [root];
  for (let node = waiting.pop(); node && places.length < MOST_PLACES; node = waiting.pop()) {
    if (node !== root && broken(node)) places.push({ path: pathOf(node), found: node.text.slice(0, 100) });
    for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i]!);
  }
  return places;
}

const MOST_PLACES = 100;

/** Allowances and charges of the document and of its lines. */
function allowances(document: ReadDocument, broken: (one: Allowance, at: string) => Place[]): Place[] {
  return [
    ...each(document.invoice.allowances, 'cac:AllowanceCharge', broken),
    ...eachLine(document, (line, at) => each(line.allowances, `${at}/cac:AllowanceCharge`, broken)),
  ];
}

/** Reasons that belong to one VAT category. */
const REASON_CATEGORIES = [
  ['P0104', 'VATEX-EU-G', 'G'],
  ['P0105', 'VATEX-EU-O', 'O'],
  ['P0106', 'VATEX-EU-IC', 'K'],
  ['P0107', 'VATEX-EU-AE', 'AE'],
  ['P0108', 'VATEX-EU-D', 'E'],
  ['P0109', 'VATEX-EU-F', 'E'],
  ['P0110', 'VATEX-EU-I', 'E'],
  ['P0111', 'VATEX-EU-J', 'E'],
] as const;

/** Places of identifiers with a scheme: the rules on their form check all of them. */
const isIdentifier = ({ name, parent }: XmlNode) =>
  name === 'cbc:EndpointID' ||
  name === 'cbc:CompanyID' ||
  (name === 'cbc:ID' && parent?.name === 'cac:PartyIdentification');

const identifiers = (document: ReadDocument, scheme: string, isValid: (text: string) => boolean) =>
  elements(
    document.root,
    (node) => isIdentifier(node) && node.attributes['schemeID'] === scheme && !isValid(node.text),
  );

/** Rules of Peppol BIS Billing 3.0 in addition to those of EN 16931 (release of May 2025). */
export const PEPPOL_RULES: readonly Rule[] = [
  {
    id: 'PEPPOL-EN16931-R001',
    nb: 'Dokumentet må si hvilken forretningsprosess det hører til (ProfileID)',
    en: 'The document must say its business process (ProfileID)',
    broken: ({ invoice }) => missing(invoice.profileId, 'cbc:ProfileID'),
  },
  {
    id: 'PEPPOL-EN16931-R002',
    nb: 'Dokumentet kan ha høyst ett notat',
    en: 'The document can have one note at most',
    broken: ({ root }) => where(count(root, 'cbc:Note') > 1, 'cbc:Note[2]'),
  },
  {
    id: 'PEPPOL-EN16931-R003',
    nb: 'Kjøpers referanse eller ordrenummer må oppgis',
    en: 'The buyer’s reference or an order number must be given',
    broken: ({ invoice }) => where((invoice.buyerReference ?? invoice.orderReference) === null, 'cbc:BuyerReference'),
  },
  {
    id: 'PEPPOL-EN16931-R004',
    nb: 'Spesifikasjonen (CustomizationID) er ikke BIS Billing 3.0',
    en: 'The specification (CustomizationID) is not that of BIS Billing 3.0',
    broken: ({ invoice: { customizationId: id } }) =>
      where(!id?.startsWith(BILLING_CUSTOMIZATION), 'cbc:CustomizationID', id, BILLING_CUSTOMIZATION),
  },
  {
    id: 'PEPPOL-EN16931-R005',
    nb: 'Regnskapsvalutaen skal bare oppgis der den er en annen enn dokumentets',
    en: 'The accounting currency is given only where it is not the document’s',
    broken: ({ invoice: { currency, taxCurrency } }) =>
      where(taxCurrency !== null && taxCurrency === currency, 'cbc:TaxCurrencyCode', taxCurrency),
  },
  {
    id: 'PEPPOL-EN16931-R007',
    nb: 'Forretningsprosessen har ikke formen urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0',
    en: 'The business process has not the form urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0',
    broken: ({ invoice: { profileId } }) =>
      where(profileId !== null && !PROFILE.test(profileId), 'cbc:ProfileID', profileId),
  },
  {
    id: 'PEPPOL-EN16931-R008',
    nb: 'Dokumentet kan ikke ha tomme elementer',
    en: 'The document cannot have empty elements',
    broken: ({ root }) => elements(root, ({ children, text }) => children.length === 0 && text === ''),
  },
  {
    id: 'PEPPOL-EN16931-R010',
    nb: 'Kjøpers elektroniske adresse må oppgis',
    en: 'The buyer’s electronic address must be given',
    broken: ({ invoice }) => missing(invoice.buyer.endpoint, `${BUYER}/cbc:EndpointID`),
  },
  {
    id: 'PEPPOL-EN16931-R020',
    nb: 'Selgers elektroniske adresse må oppgis',
    en: 'The seller’s electronic address must be given',
    broken: ({ invoice }) => missing(invoice.seller.endpoint, `${SELLER}/cbc:EndpointID`),
  },
  {
    id: 'PEPPOL-EN16931-R040',
    nb: 'Rabatten eller tillegget er ikke grunnlaget × prosenten',
    en: 'The allowance or charge is not its base × its percentage',
    broken: (document) =>
      allowances(document, ({ percent, base, amount }, at) => {
        if (percent === null || base === null || amount === null) return [];
        const expected = percentage(base, percent);
        const isOff = amount - expected > SLACK || expected - amount > SLACK;
        return where(isOff, `${at}/cbc:Amount`, formatAmount(amount), formatAmount(expected));
      }),
  },
  {
    id: 'PEPPOL-EN16931-R041',
    nb: 'En prosent må ha et grunnlag',
    en: 'A percentage must have a base',
    broken: (document) =>
      allowances(document, ({ percent, base }, at) => where(percent !== null && base === null, `${at}/cbc:BaseAmount`)),
  },
  {
    id: 'PEPPOL-EN16931-R042',
    nb: 'Et grunnlag må ha en prosent',
    en: 'A base must have a percentage',
    broken: (document) =>
      allowances(document, ({ percent, base }, at) =>
        where(base !== null && percent === null, `${at}/cbc:MultiplierFactorNumeric`),
      ),
  },
  {
    id: 'PEPPOL-EN16931-R044',
    nb: 'Prisen kan ha rabatt, men ikke tillegg',
    en: 'The price can have a discount but no charge',
    broken: ({ root }) =>
      elements(
        root,
        ({ name, parent, text }) =>
          name === 'cbc:ChargeIndicator' && parent?.parent?.name === 'cac:Price' && text !== 'false',
      ),
  },
  {
    id: 'PEPPOL-EN16931-R046',
    nb: 'Prisen er ikke bruttoprisen − rabatten',
    en: 'The price is not the gross price − the discount',
    broken: (document) =>
      eachLine(document, ({ price, grossPrice, priceDiscount }, at) => {
        if (price === null || grossPrice === null) return [];
        const expected = subtract(grossPrice, priceDiscount ?? ZERO);
        const isOff = compareDecimals(price, expected) !== 0;
        return where(isOff, `${at}/cac:Price/cbc:PriceAmount`, formatDecimal(price), formatDecimal(expected));
      }),
  },
  {
    id: 'PEPPOL-EN16931-R051',
    nb: 'Alle beløp skal være i dokumentets valuta, unntatt avgiften i regnskapsvalutaen',
    en: 'All amounts must be in the document’s currency, except the VAT in the accounting currency',
    broken: ({ root, invoice: { currency, taxCurrency } }) =>
      elements(root, ({ name, attributes, parent }) => {
        const written = attributes['currencyID'];
        if (written === undefined || written === currency) return false;
        const isTotal = name === 'cbc:TaxAmount' && parent?.name === 'cac:TaxTotal';
        return !(isTotal && written === taxCurrency);
      }),
  },
  {
    id: 'PEPPOL-EN16931-R053',
    nb: 'Avgiften skal spesifiseres nøyaktig én gang',
    en: 'The VAT must be broken down exactly once',
    broken: ({ root }) => {
      const found = root.children.filter(
        ({ name, children }) => name === 'cac:TaxTotal' && children.some((each) => each.name === 'cac:TaxSubtotal'),
      );
      return where(found.length !== 1, 'cac:TaxTotal', String(found.length), '1');
    },
  },
  {
    id: 'PEPPOL-EN16931-R054',
    nb: 'Én avgiftssum uten spesifikasjon skal oppgis i regnskapsvalutaen, og bare der den er en annen',
    en: 'One VAT total without a breakdown must be given in the accounting currency, and only where that is another',
    broken: ({ root, invoice: { taxCurrency } }) => {
      const found = root.children.filter(
        ({ name, children }) => name === 'cac:TaxTotal' && !children.some((each) => each.name === 'cac:TaxSubtotal'),
      );
      const expected = taxCurrency === null ? 0 : 1;
      return where(found.length !== expected, 'cac:TaxTotal', String(found.length), String(expected));
    },
  },
  {
    id: 'PEPPOL-EN16931-R055',
    nb: 'Avgiften i de to valutaene skal ha samme fortegn',
    en: 'The VAT in the two currencies must have the same sign',
    broken: ({ invoice: { taxAmount, accountingTaxAmount } }) =>
      where((taxAmount ?? 0n) * (accountingTaxAmount ?? 0n) < 0n, 'cac:TaxTotal/cbc:TaxAmount'),
  },
  {
    id: 'PEPPOL-EN16931-R061',
    nb: 'Direkte belastning (49 og 59) må ha en avtalereferanse',
    en: 'Direct debit (49 and 59) must have the reference of its mandate',
    broken: ({ invoice }) =>
      each(invoice.paymentMeans, 'cac:PaymentMeans', ({ code, mandateReference }, at) =>
        where((code === '49' || code === '59') && mandateReference === null, `${at}/cac:PaymentMandate/cbc:ID`),
      ),
  },
  {
    id: 'PEPPOL-EN16931-R080',
    nb: 'Dokumentet kan ha høyst én prosjektreferanse',
    en: 'The document can have one project reference at most',
    broken: ({ root }) => {
      const found = root.children.filter(
        ({ name, children }) =>
          name === 'cac:AdditionalDocumentReference' &&
          children.some((each) => each.name === 'cbc:DocumentTypeCode' && each.text === '50'),
      );
      return where(found.length > 1, 'cac:AdditionalDocumentReference');
    },
  },
  {
    id: 'PEPPOL-EN16931-R110',
    nb: 'Linjens periode kan ikke begynne før fakturaperioden',
    en: 'The line’s period cannot begin before the invoicing period',
    broken: (document) => {
      const start = document.invoice.period?.start;
      return eachLine(document, ({ period }, at) =>
        where(
          start != null && period?.start != null && period.start < start,
          `${at}/cac:InvoicePeriod/cbc:StartDate`,
          period?.start,
        ),
      );
    },
  },
  {
    id: 'PEPPOL-EN16931-R111',
    nb: 'Linjens periode kan ikke slutte etter fakturaperioden',
    en: 'The line’s period cannot end after the invoicing period',
    broken: (document) => {
      const end = document.invoice.period?.end;
      return eachLine(document, ({ period }, at) =>
        where(
          end != null && period?.end != null && period.end > end,
          `${at}/cac:InvoicePeriod/cbc:EndDate`,
          period?.end,
        ),
      );
    },
  },
  {
    id: 'PEPPOL-EN16931-R120',
    nb: 'Linjens beløp er ikke antall × pris ÷ prisens antall − rabatter + tillegg',
    en: 'The line’s amount is not quantity × price ÷ base quantity − allowances + charges',
    broken: (document) =>
      eachLine(document, (line, at) => {
        const { amount, quantity, price, baseQuantity } = line;
        if (amount === null || quantity === null || price === null) return [];
        if (baseQuantity !== null && compareDecimals(baseQuantity, ZERO) <= 0) return [];
        const expected = lineAmount(line);
        const isOff = amount - expected > SLACK || expected - amount > SLACK;
        return where(isOff, `${at}/cbc:LineExtensionAmount`, formatAmount(amount), formatAmount(expected));
      }),
  },
  {
    id: 'PEPPOL-EN16931-R121',
    nb: 'Prisens antall må være større enn null',
    en: 'The base quantity of a price must be above zero',
    broken: (document) =>
      eachLine(document, ({ baseQuantity: it }, at) =>
        where(
          it !== null && compareDecimals(it, ZERO) <= 0,
          `${at}/cac:Price/cbc:BaseQuantity`,
          it && formatDecimal(it),
        ),
      ),
  },
  {
    id: 'PEPPOL-EN16931-R130',
    nb: 'Prisens antall må ha samme enhet som linjens',
    en: 'The base quantity must have the unit of the line’s quantity',
    broken: (document) =>
      eachLine(document, ({ unit, baseUnit }, at) =>
        where(
          unit !== null && baseUnit !== null && unit !== baseUnit,
          `${at}/cac:Price/cbc:BaseQuantity/@unitCode`,
          baseUnit,
          unit ?? undefined,
        ),
      ),
  },
  {
    id: 'PEPPOL-EN16931-CL001',
    nb: 'Vedlegget har en filtype som ikke kan sendes',
    en: 'The attachment has a type that cannot be sent',
    broken: ({ invoice }) =>
      each(invoice.attachments, 'cac:AdditionalDocumentReference', ({ content, mimeType }, at) =>
        where(
          content !== null && !codes.MIME_TYPES.has(mimeType ?? ''),
          `${at}/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@mimeCode`,
          mimeType,
        ),
      ),
  },
  {
    id: 'PEPPOL-EN16931-CL002',
    nb: 'Rabattens årsakskode er ukjent (UNCL5189)',
    en: 'The reason code of an allowance is unknown (UNCL5189)',
    broken: (document) =>
      allowances(document, ({ isCharge, reasonCode }, at) =>
        where(
          !isCharge && reasonCode !== null && !codes.ALLOWANCE_REASONS.has(reasonCode),
          `${at}/cbc:AllowanceChargeReasonCode`,
          reasonCode,
        ),
      ),
  },
  {
    id: 'PEPPOL-EN16931-CL003',
    nb: 'Tilleggets årsakskode er ukjent (UNCL7161)',
    en: 'The reason code of a charge is unknown (UNCL7161)',
    broken: (document) =>
      allowances(document, ({ isCharge, reasonCode }, at) =>
        where(
          isCharge && reasonCode !== null && !codes.CHARGE_REASONS.has(reasonCode),
          `${at}/cbc:AllowanceChargeReasonCode`,
          reasonCode,
        ),
      ),
  },
  {
    id: 'PEPPOL-EN16931-CL007',
    nb: 'Et beløp har en ukjent valuta (ISO 4217)',
    en: 'An amount has an unknown currency (ISO 4217)',
    broken: ({ root }) =>
      elements(root, ({ attributes }) => {
        const written = attributes['currencyID'];
        return written !== undefined && !codes.CURRENCIES.has(written);
      }),
  },
  {
    id: 'PEPPOL-EN16931-CL008',
    nb: 'Koden for type elektronisk adresse er ukjent',
    en: 'The scheme of an electronic address is unknown',
    broken: ({ invoice: { seller, buyer } }) =>
      (
        [
          [seller.endpoint, SELLER],
          [buyer.endpoint, BUYER],
        ] as const
      ).flatMap(([endpoint, at]) =>
        where(
          endpoint?.scheme != null && !codes.ENDPOINT_SCHEMES.has(endpoint.scheme),
          `${at}/cbc:EndpointID/@schemeID`,
          endpoint?.scheme,
        ),
      ),
  },
  ...REASON_CATEGORIES.map(([id, reason, category]): Rule => ({
    id: `PEPPOL-EN16931-${id}`,
    nb: `Grunnen ${reason} hører til avgiftskategorien ${category}`,
    en: `The reason ${reason} belongs to the VAT category ${category}`,
    broken: ({ invoice }) =>
      each(invoice.taxSubtotals, SUBTOTAL, ({ exemptionReasonCode, category: { code } }, at) =>
        where(
          exemptionReasonCode?.toUpperCase() === reason && code !== category,
          `${at}/cac:TaxCategory/cbc:ID`,
          code,
          category,
        ),
      ),
  })),
  {
    id: 'PEPPOL-EN16931-P0100',
    nb: 'Typekoden er ikke blant dem som Peppol tar for fakturaer',
    en: 'The type code is not one that Peppol takes for invoices',
    broken: ({ invoice: { kind, typeCode } }) =>
      where(
        kind === 'Invoice' && typeCode !== null && !codes.INVOICE_TYPES.has(typeCode),
        'cbc:InvoiceTypeCode',
        typeCode,
      ),
  },
  {
    id: 'PEPPOL-EN16931-P0101',
    nb: 'Typekoden er ikke blant dem som Peppol tar for kreditnotaer',
    en: 'The type code is not one that Peppol takes for credit notes',
    broken: ({ invoice: { kind, typeCode } }) =>
      where(
        kind === 'CreditNote' && typeCode !== null && !codes.CREDIT_NOTE_TYPES.has(typeCode),
        'cbc:CreditNoteTypeCode',
        typeCode,
      ),
  },
  {
    id: 'PEPPOL-EN16931-P0112',
    nb: 'Typekodene 326 og 384 kan bare brukes mellom tyske foretak',
    en: 'The type codes 326 and 384 are only for German organisations',
    broken: ({ invoice: { typeCode, seller, buyer } }) =>
      where(
        (typeCode === '326' || typeCode === '384') &&
          !(seller.address?.country === 'DE' && buyer.address?.country === 'DE'),
        'cbc:InvoiceTypeCode',
        typeCode,
      ),
  },
  {
    id: 'PEPPOL-COMMON-R040',
    nb: 'GLN-nummeret har feil kontrollsiffer',
    en: 'The GLN has a wrong check digit',
    broken: (document) =>
      identifiers(
        document,
        '0088',
        (text) => /^\d{2,}$/.test(text) && gtinCheck(text.slice(0, -1)) === Number(text.at(-1)),
      ),
  },
  {
    id: 'PEPPOL-COMMON-R041',
    nb: 'Det norske organisasjonsnummeret er ikke gyldig',
    en: 'The Norwegian organisation number is not valid',
    broken: (document) => identifiers(document, '0192', isOrganizationNumber),
  },
  {
    id: 'PEPPOL-COMMON-R049',
    nb: 'Det svenske organisasjonsnummeret er ikke gyldig',
    en: 'The Swedish organisation number is not valid',
    broken: (document) =>
      identifiers(
        document,
        '0007',
        (text) => /^\d{10}$/.test(text) && mod10CheckDigit(text.slice(0, 9)) === Number(text[9]),
      ),
  },
];

/** GS1: weights 3, 1, 3 … from the right. */
function gtinCheck(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight;
  return (10 - (sum % 10)) % 10;
}
