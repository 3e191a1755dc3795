import { compareDecimals, ZERO } from '../decimal.ts';
import type { Allowance, Identifier, Period } from '../invoice.ts';
import { BUYER, each, eachLine, missing, type Rule, SELLER, SUBTOTAL, TOTAL, where } from './rule.ts';
import * as codes from '../code-lists.ts';
import { UNIT_CODES } from '../unit-codes.ts';

const before = (period: Period | null) =>
  period !== null && period.start !== null && period.end !== null && period.end < period.start;

const documentAllowances = (
  isCharge: boolean,
  broken: (one: Allowance & { tax: { code: string | null } }) => boolean,
): Rule['broken'] => {
  return ({ invoice }) =>
    each(invoice.allowances, 'cac:AllowanceCharge', (one, path) =>
      where(one.isCharge === isCharge && broken(one), path),
    );
};

const lineAllowances = (isCharge: boolean, broken: (one: Allowance) => boolean): Rule['broken'] => {
  return (document) =>
    eachLine(document, (line, at) =>
      each(line.allowances, `${at}/cac:AllowanceCharge`, (one, path) =>
        where(one.isCharge === isCharge && broken(one), path),
      ),
    );
};

const noReason = ({ reason, reasonCode }: Allowance) => reason === null && reasonCode === null;

/** Required values, and values that must be codes of a list (EN 16931-1, 6.4; BR-CL of its UBL binding). */
export const CONTENT_RULES: readonly Rule[] = [
  {
    id: 'BR-01',
    nb: 'Dokumentet må si hvilken spesifikasjon det følger (CustomizationID)',
    en: 'The document must say which specification it follows (CustomizationID)',
    broken: ({ invoice }) => missing(invoice.customizationId, 'cbc:CustomizationID'),
  },
  {
    id: 'BR-02',
    nb: 'Dokumentet må ha et nummer',
    en: 'The document must have a number',
    broken: ({ invoice }) => missing(invoice.number, 'cbc:ID'),
  },
  {
    id: 'BR-03',
    nb: 'Dokumentet må ha en dato',
    en: 'The document must have a date of issue',
    broken: ({ invoice }) => missing(invoice.issueDate, 'cbc:IssueDate'),
  },
  {
    id: 'BR-04',
    nb: 'Dokumentet må ha en typekode',
    en: 'The document must have a type code',
    broken: ({ invoice }) => missing(invoice.typeCode, `cbc:${invoice.kind}TypeCode`),
  },
  {
    id: 'BR-05',
    nb: 'Dokumentet må ha en valuta',
    en: 'The document must have a currency',
    broken: ({ invoice }) => missing(invoice.currency, 'cbc:DocumentCurrencyCode'),
  },
  {
    id: 'BR-06',
    nb: 'Selger må ha et navn',
    en: 'The seller must have a name',
    broken: ({ invoice }) => missing(invoice.seller.legalName, `${SELLER}/cac:PartyLegalEntity/cbc:RegistrationName`),
  },
  {
    id: 'BR-07',
    nb: 'Kjøper må ha et navn',
    en: 'The buyer must have a name',
    broken: ({ invoice }) => missing(invoice.buyer.legalName, `${BUYER}/cac:PartyLegalEntity/cbc:RegistrationName`),
  },
  {
    id: 'BR-08',
    nb: 'Selger må ha en adresse',
    en: 'The seller must have an address',
    broken: ({ invoice }) => missing(invoice.seller.address, `${SELLER}/cac:PostalAddress`),
  },
  {
    id: 'BR-09',
    nb: 'Selgers adresse må ha et land',
    en: 'The seller’s address must have a country',
    broken: ({ invoice: { seller } }) =>
      where(seller.address !== null && seller.address.country === null, `${SELLER}/cac:PostalAddress/cac:Country`),
  },
  {
    id: 'BR-10',
    nb: 'Kjøper må ha en adresse',
    en: 'The buyer must have an address',
    broken: ({ invoice }) => missing(invoice.buyer.address, `${BUYER}/cac:PostalAddress`),
  },
  {
    id: 'BR-11',
    nb: 'Kjøpers adresse må ha et land',
    en: 'The buyer’s address must have a country',
    broken: ({ invoice: { buyer } }) =>
      where(buyer.address !== null && buyer.address.country === null, `${BUYER}/cac:PostalAddress/cac:Country`),
  },
  ...(
    [
      ['BR-12', 'lines', 'LineExtensionAmount', 'Summen av linjene', 'The sum of the lines'],
      ['BR-13', 'taxExclusive', 'TaxExclusiveAmount', 'Summen uten merverdiavgift', 'The total without VAT'],
      ['BR-14', 'taxInclusive', 'TaxInclusiveAmount', 'Summen med merverdiavgift', 'The total with VAT'],
      ['BR-15', 'payable', 'PayableAmount', 'Beløpet å betale', 'The amount to pay'],
    ] as const
  ).map(([id, field, element, nb, en]): Rule => ({
    id,
    nb: `${nb} må oppgis`,
    en: `${en} must be given`,
    broken: ({ invoice }) => missing(invoice.totals[field], `${TOTAL}/cbc:${element}`),
  })),
  {
    id: 'BR-16',
    nb: 'Dokumentet må ha minst én linje',
    en: 'The document must have a line at least',
    broken: ({ invoice }) => where(invoice.lines.length === 0, `cac:${invoice.kind}Line`),
  },
  {
    id: 'BR-17',
    nb: 'En betalingsmottaker som ikke er selger, må ha et navn',
    en: 'A payee other than the seller must have a name',
    broken: ({ invoice: { payee } }) => where(payee !== null && payee.name === null, 'cac:PayeeParty/cac:PartyName'),
  },
  {
    id: 'BR-18',
    nb: 'Selgers representant for merverdiavgift må ha et navn',
    en: 'The seller’s tax representative must have a name',
    broken: ({ invoice: { taxRepresentative: it } }) =>
      where(it !== null && it.name === null, 'cac:TaxRepresentativeParty/cac:PartyName'),
  },
  {
    id: 'BR-19',
    nb: 'Selgers representant for merverdiavgift må ha en adresse',
    en: 'The seller’s tax representative must have an address',
    broken: ({ invoice: { taxRepresentative: it } }) =>
      where(it !== null && it.address === null, 'cac:TaxRepresentativeParty/cac:PostalAddress'),
  },
  {
    id: 'BR-20',
    nb: 'Adressen til selgers representant må ha et land',
    en: 'The address of the seller’s tax representative must have a country',
    broken: ({ invoice: { taxRepresentative: it } }) =>
      where(
        it !== null && it.address !== null && it.address.country === null,
        'cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country',
      ),
  },
  ...(
    [
      ['BR-21', 'id', 'cbc:ID', 'Linjen må ha en id', 'The line must have an id'],
      ['BR-22', 'quantity', 'cbc:Quantity', 'Linjen må ha et antall', 'The line must have a quantity'],
      ['BR-23', 'unit', 'cbc:Quantity/@unitCode', 'Antallet må ha en enhet', 'The quantity must have a unit'],
      ['BR-24', 'amount', 'cbc:LineExtensionAmount', 'Linjen må ha et beløp', 'The line must have an amount'],
      ['BR-25', 'name', 'cac:Item/cbc:Name', 'Varen eller tjenesten må ha et navn', 'The item must have a name'],
      ['BR-26', 'price', 'cac:Price/cbc:PriceAmount', 'Linjen må ha en pris', 'The line must have a price'],
    ] as const
  ).map(([id, field, element, nb, en]): Rule => ({
    id,
    nb,
    en,
    broken: (document) => {
      const quantity = document.invoice.kind === 'Invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity';
      const inLine = element.replace('cbc:Quantity', quantity);
      return eachLine(document, (line, at) => missing(line[field], `${at}/${inLine}`));
    },
  })),
  {
    id: 'BR-27',
    nb: 'Prisen kan ikke være negativ; snu antallet',
    en: 'The price must not be negative; turn the quantity',
    broken: (document) =>
      eachLine(document, ({ price }, at) =>
        where(price !== null && compareDecimals(price, ZERO) < 0, `${at}/cac:Price/cbc:PriceAmount`),
      ),
  },
  {
    id: 'BR-28',
    nb: 'Bruttoprisen kan ikke være negativ',
    en: 'The gross price must not be negative',
    broken: (document) =>
      eachLine(document, ({ grossPrice }, at) =>
        where(
          grossPrice !== null && compareDecimals(grossPrice, ZERO) < 0,
          `${at}/cac:Price/cac:AllowanceCharge/cbc:BaseAmount`,
        ),
      ),
  },
  {
    id: 'BR-29',
    nb: 'Fakturaperioden kan ikke slutte før den begynner',
    en: 'The invoicing period must not end before it begins',
    broken: ({ invoice }) => where(before(invoice.period), 'cac:InvoicePeriod'),
  },
  {
    id: 'BR-30',
    nb: 'Linjens periode kan ikke slutte før den begynner',
    en: 'The line’s period must not end before it begins',
    broken: (document) => eachLine(document, ({ period }, at) => where(before(period), `${at}/cac:InvoicePeriod`)),
  },
  {
    id: 'BR-31',
    nb: 'Rabatten må ha et beløp',
    en: 'The allowance must have an amount',
    broken: documentAllowances(false, ({ amount }) => amount === null),
  },
  {
    id: 'BR-32',
    nb: 'Rabatten må ha en avgiftskategori',
    en: 'The allowance must have a VAT category',
    broken: documentAllowances(false, ({ tax }) => tax.code === null),
  },
  {
    id: 'BR-33',
    nb: 'Rabatten må ha en begrunnelse',
    en: 'The allowance must have a reason',
    broken: documentAllowances(false, noReason),
  },
  {
    id: 'BR-36',
    nb: 'Tillegget må ha et beløp',
    en: 'The charge must have an amount',
    broken: documentAllowances(true, ({ amount }) => amount === null),
  },
  {
    id: 'BR-37',
    nb: 'Tillegget må ha en avgiftskategori',
    en: 'The charge must have a VAT category',
    broken: documentAllowances(true, ({ tax }) => tax.code === null),
  },
  {
    id: 'BR-38',
    nb: 'Tillegget må ha en begrunnelse',
    en: 'The charge must have a reason',
    broken: documentAllowances(true, noReason),
  },
  {
    id: 'BR-41',
    nb: 'Linjens rabatt må ha et beløp',
    en: 'The line’s allowance must have an amount',
    broken: lineAllowances(false, ({ amount }) => amount === null),
  },
  {
    id: 'BR-42',
    nb: 'Linjens rabatt må ha en begrunnelse',
    en: 'The line’s allowance must have a reason',
    broken: lineAllowances(false, noReason),
  },
  {
    id: 'BR-43',
    nb: 'Linjens tillegg må ha et beløp',
    en: 'The line’s charge must have an amount',
    broken: lineAllowances(true, ({ amount }) => amount === null),
  },
  {
    id: 'BR-44',
    nb: 'Linjens tillegg må ha en begrunnelse',
    en: 'The line’s charge must have a reason',
    broken: lineAllowances(true, noReason),
  },
  {
    id: 'BR-45',
    nb: 'Avgiftsspesifikasjonen må ha et grunnlag',
    en: 'The VAT breakdown must have a base',
    broken: ({ invoice }) =>
      each(invoice.taxSubtotals, SUBTOTAL, (one, at) => missing(one.taxable, `${at}/cbc:TaxableAmount`)),
  },
  {
    id: 'BR-46',
    nb: 'Avgiftsspesifikasjonen må ha et avgiftsbeløp',
    en: 'The VAT breakdown must have an amount of VAT',
    broken: ({ invoice }) => each(invoice.taxSubtotals, SUBTOTAL, (one, at) => missing(one.tax, `${at}/cbc:TaxAmount`)),
  },
  {
    id: 'BR-47',
    nb: 'Avgiftsspesifikasjonen må ha en avgiftskategori',
    en: 'The VAT breakdown must have a VAT category',
    broken: ({ invoice }) =>
      each(invoice.taxSubtotals, SUBTOTAL, (one, at) => missing(one.category.code, `${at}/cac:TaxCategory/cbc:ID`)),
  },
  {
    id: 'BR-48',
    nb: 'Avgiftsspesifikasjonen må ha en sats, unntatt for kategori O',
    en: 'The VAT breakdown must have a rate, except for category O',
    broken: ({ invoice }) =>
      each(invoice.taxSubtotals, SUBTOTAL, ({ category }, at) =>
        where(category.code !== 'O' && category.percent === null, `${at}/cac:TaxCategory/cbc:Percent`),
      ),
  },
  {
    id: 'BR-49',
    nb: 'Betalingsinformasjonen må si hvordan det betales',
    en: 'Payment instructions must say the means of payment',
    broken: ({ invoice }) =>
      each(invoice.paymentMeans, 'cac:PaymentMeans', ({ code }, at) => missing(code, `${at}/cbc:PaymentMeansCode`)),
  },
  {
    id: 'BR-50',
    nb: 'Kontoen det skal betales til, må ha et nummer',
    en: 'The account to pay to must have a number',
    broken: ({ invoice }) =>
      each(invoice.paymentMeans, 'cac:PaymentMeans', ({ account, accountName, bic }, at) =>
        where(account === null && (accountName ?? bic) !== null, `${at}/cac:PayeeFinancialAccount/cbc:ID`),
      ),
  },
  {
    id: 'BR-52',
    nb: 'Vedlegget må ha en referanse',
    en: 'The supporting document must have a reference',
    broken: ({ invoice }) =>
      each(invoice.attachments, 'cac:AdditionalDocumentReference', ({ id }, at) => missing(id, `${at}/cbc:ID`)),
  },
  {
    id: 'BR-53',
    nb: 'Avgift i regnskapsvalutaen må oppgis der den er en annen',
    en: 'VAT in the accounting currency must be given where that is another',
    broken: ({ invoice }) =>
      where(invoice.taxCurrency !== null && invoice.accountingTaxAmount === null, 'cac:TaxTotal'),
  },
  {
    id: 'BR-54',
    nb: 'En egenskap ved varen må ha navn og verdi',
    en: 'An attribute of the item must have a name and a value',
    broken: (document) =>
      eachLine(document, (line, at) =>
        each(line.properties, `${at}/cac:Item/cac:AdditionalItemProperty`, ({ name, value }, path) =>
          where(name === null || value === null, path),
        ),
      ),
  },
  {
    id: 'BR-55',
    nb: 'Henvisningen til en tidligere faktura må ha dens nummer',
    en: 'The reference to an earlier invoice must have its number',
    broken: ({ invoice }) =>
      each(invoice.precedingInvoices, 'cac:BillingReference', ({ number }, at) =>
        missing(number, `${at}/cac:InvoiceDocumentReference/cbc:ID`),
      ),
  },
  {
    id: 'BR-56',
    nb: 'Selgers representant må ha et avgiftsnummer',
    en: 'The seller’s tax representative must have a VAT identifier',
    broken: ({ invoice: { taxRepresentative: it } }) =>
      where(it !== null && it.vatId === null, 'cac:TaxRepresentativeParty/cac:PartyTaxScheme'),
  },
  {
    id: 'BR-57',
    nb: 'Leveringsadressen må ha et land',
    en: 'The address of delivery must have a country',
    broken: ({ invoice: { delivery } }) =>
      where(
        delivery?.address != null && delivery.address.country === null,
        'cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country',
      ),
  },
  {
    id: 'BR-61',
    nb: 'En bankoverføring (30 og 58) må ha en konto å betale til',
    en: 'A credit transfer (30 and 58) must have an account to pay to',
    broken: ({ invoice }) =>
      each(invoice.paymentMeans, 'cac:PaymentMeans', ({ code, account }, at) =>
        where((code === '30' || code === '58') && account === null, `${at}/cac:PayeeFinancialAccount/cbc:ID`),
      ),
  },
  {
    id: 'BR-62',
    nb: 'Selgers elektroniske adresse må ha en kode for sin type',
    en: 'The seller’s electronic address must have a scheme',
    broken: ({ invoice: { seller } }) =>
      where(seller.endpoint !== null && seller.endpoint.scheme === null, `${SELLER}/cbc:EndpointID/@schemeID`),
  },
  {
    id: 'BR-63',
    nb: 'Kjøpers elektroniske adresse må ha en kode for sin type',
    en: 'The buyer’s electronic address must have a scheme',
    broken: ({ invoice: { buyer } }) =>
      where(buyer.endpoint !== null && buyer.endpoint.scheme === null, `${BUYER}/cbc:EndpointID/@schemeID`),
  },
  {
    id: 'BR-64',
    nb: 'Varens standardnummer må ha en kode for sin type',
    en: 'The item’s standard identifier must have a scheme',
    broken: (document) =>
      eachLine(document, ({ standardItem: it }, at) =>
        where(it !== null && it.scheme === null, `${at}/cac:Item/cac:StandardItemIdentification/cbc:ID/@schemeID`),
      ),
  },
  {
    id: 'BR-65',
    nb: 'Varens klassifisering må ha en kode for sin liste',
    en: 'The item’s classification must have a list',
    broken: (document) =>
      eachLine(document, (line, at) =>
        each(line.classifications, `${at}/cac:Item/cac:CommodityClassification`, ({ list }, path) =>
          missing(list, `${path}/cbc:ItemClassificationCode/@listID`),
        ),
      ),
  },
  {
    id: 'BR-CL-04',
    nb: 'Valutaen er ukjent (ISO 4217)',
    en: 'The currency is unknown (ISO 4217)',
    broken: ({ invoice: { currency } }) =>
      where(currency !== null && !codes.CURRENCIES.has(currency), 'cbc:DocumentCurrencyCode', currency),
  },
  {
    id: 'BR-CL-05',
    nb: 'Regnskapsvalutaen er ukjent (ISO 4217)',
    en: 'The accounting currency is unknown (ISO 4217)',
    broken: ({ invoice: { taxCurrency } }) =>
      where(taxCurrency !== null && !codes.CURRENCIES.has(taxCurrency), 'cbc:TaxCurrencyCode', taxCurrency),
  },
  {
    id: 'BR-CL-10',
    nb: 'Koden for type identifikator er ukjent (ISO 6523)',
    en: 'The scheme of an identifier is unknown (ISO 6523)',
    broken: ({ invoice: { seller, buyer } }) => {
      const unknown = (id: Identifier, at: string) =>
        where(id.scheme !== null && id.scheme !== 'SEPA' && !codes.IDENTIFIER_SCHEMES.has(id.scheme), at, id.scheme);
      return [
        ...each(seller.identifiers, `${SELLER}/cac:PartyIdentification`, unknown),
        ...each(buyer.identifiers, `${BUYER}/cac:PartyIdentification`, unknown),
      ];
    },
  },
  {
    id: 'BR-CL-11',
    nb: 'Koden for type organisasjonsnummer er ukjent (ISO 6523)',
    en: 'The scheme of a registration identifier is unknown (ISO 6523)',
    broken: ({ invoice: { seller, buyer } }) => {
      const unknown = (id: Identifier | null, at: string) =>
        where(id?.scheme != null && !codes.IDENTIFIER_SCHEMES.has(id.scheme), at, id?.scheme);
      return [
        ...unknown(seller.legalId, `${SELLER}/cac:PartyLegalEntity/cbc:CompanyID/@schemeID`),
        ...unknown(buyer.legalId, `${BUYER}/cac:PartyLegalEntity/cbc:CompanyID/@schemeID`),
      ];
    },
  },
  {
    id: 'BR-CL-13',
    nb: 'Listen for varens klassifisering er ukjent (UNTDID 7143)',
    en: 'The list of the item’s classification is unknown (UNTDID 7143)',
    broken: (document) =>
      eachLine(document, (line, at) =>
        each(line.classifications, `${at}/cac:Item/cac:CommodityClassification`, ({ list }, path) =>
          where(list !== null && !codes.ITEM_CLASSIFICATIONS.has(list), path, list),
        ),
      ),
  },
  {
    id: 'BR-CL-14',
    nb: 'Landet er ukjent (ISO 3166-1)',
    en: 'The country is unknown (ISO 3166-1)',
    broken: ({ invoice: { seller, buyer, delivery, taxRepresentative } }) =>
      (
        [
          [seller.address, `${SELLER}/cac:PostalAddress`],
          [buyer.address, `${BUYER}/cac:PostalAddress`],
          [delivery?.address ?? null, 'cac:Delivery/cac:DeliveryLocation/cac:Address'],
          [taxRepresentative?.address ?? null, 'cac:TaxRepresentativeParty/cac:PostalAddress'],
        ] as const
      ).flatMap(([address, at]) =>
        where(
          address?.country != null && !codes.COUNTRIES.has(address.country),
          `${at}/cac:Country/cbc:IdentificationCode`,
          address?.country,
        ),
      ),
  },
  {
    id: 'BR-CL-16',
    nb: 'Betalingsmåten er ukjent (UNCL4461)',
    en: 'The means of payment is unknown (UNCL4461)',
    broken: ({ invoice }) =>
      each(invoice.paymentMeans, 'cac:PaymentMeans', ({ code }, at) =>
        where(code !== null && !codes.PAYMENT_MEANS.has(code), `${at}/cbc:PaymentMeansCode`, code),
      ),
  },
  {
    id: 'BR-CL-17',
    nb: 'Avgiftskategorien er ukjent (UNCL5305)',
    en: 'The VAT category is unknown (UNCL5305)',
    broken: ({ invoice }) => [
      ...each(invoice.taxSubtotals, SUBTOTAL, ({ category: { code } }, at) =>
        where(code !== null && !codes.VAT_CATEGORIES.has(code), `${at}/cac:TaxCategory/cbc:ID`, code),
      ),
      ...each(invoice.allowances, 'cac:AllowanceCharge', ({ tax: { code } }, at) =>
        where(code !== null && !codes.VAT_CATEGORIES.has(code), `${at}/cac:TaxCategory/cbc:ID`, code),
      ),
    ],
  },
  {
    id: 'BR-CL-18',
    nb: 'Linjens avgiftskategori er ukjent (UNCL5305)',
    en: 'The line’s VAT category is unknown (UNCL5305)',
    broken: (document) =>
      eachLine(document, ({ tax: { code } }, at) =>
        where(
          code !== null && !codes.VAT_CATEGORIES.has(code),
          `${at}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID`,
          code,
        ),
      ),
  },
  {
    id: 'BR-CL-23',
    nb: 'Enheten er ukjent (UN/ECE rekommandasjon 20 og 21)',
    en: 'The unit is unknown (UN/ECE recommendations 20 and 21)',
    broken: (document) =>
      eachLine(document, ({ unit, baseUnit }, at) => [
        ...where(unit !== null && !UNIT_CODES.has(unit), `${at}/@unitCode`, unit),
        ...where(
          baseUnit !== null && !UNIT_CODES.has(baseUnit),
          `${at}/cac:Price/cbc:BaseQuantity/@unitCode`,
          baseUnit,
        ),
      ]),
  },
];
