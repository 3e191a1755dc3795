import { formatAmount, type Ore } from '../kernel/money.ts';
import { type Decimal, formatDecimal } from './decimal.ts';
import type {
  Address,
  Allowance,
  Attachment,
  Delivery,
  Identifier,
  Invoice,
  InvoiceLine,
  Party,
  Payee,
  PaymentMeans,
  Period,
  TaxCategory,
  TaxRepresentative,
  TaxSubtotal,
} from './invoice.ts';
import { attribute, group, text } from './write-xml.ts';

const NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd';

/**
 * The document as UBL 2.1 in UTF-8: elements in the order of the schema, empty ones omitted. Null values are not written;
 * `validate` checks whether the document is complete.
 */
export function writeInvoice(invoice: Invoice): string {
  const { kind, currency } = invoice;
  const isInvoice = kind === 'Invoice';
  const type = text(isInvoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode', invoice.typeCode);
  const taxPoint = text('cbc:TaxPointDate', invoice.taxPointDate);
  const note = text('cbc:Note', invoice.note);
  const money = currencyWriter(currency);
  const body =
    text('cbc:CustomizationID', invoice.customizationId) +
    text('cbc:ProfileID', invoice.profileId) +
    text('cbc:ID', invoice.number) +
    text('cbc:IssueDate', invoice.issueDate) +
    (isInvoice ? text('cbc:DueDate', invoice.dueDate) + type + note + taxPoint : taxPoint + type + note) +
    text('cbc:DocumentCurrencyCode', currency) +
    text('cbc:TaxCurrencyCode', invoice.taxCurrency) +
    text('cbc:AccountingCost', invoice.accountingCost) +
    text('cbc:BuyerReference', invoice.buyerReference) +
    period(invoice.period) +
    group(
      'cac:OrderReference',
      text('cbc:ID', invoice.orderReference) + text('cbc:SalesOrderID', invoice.salesOrderReference),
    ) +
    invoice.precedingInvoices.map(preceding).join('') +
    group('cac:ContractDocumentReference', text('cbc:ID', invoice.contractReference)) +
    invoice.attachments.map(attachment).join('') +
    project(invoice) +
    group('cac:AccountingSupplierParty', party(invoice.seller)) +
    group('cac:AccountingCustomerParty', party(invoice.buyer)) +
    payee(invoice.payee) +
    taxRepresentative(invoice.taxRepresentative) +
    delivery(invoice.delivery) +
    invoice.paymentMeans.map((means) => payment(means, isInvoice ? null : invoice.dueDate)).join('') +
    group('cac:PaymentTerms', text('cbc:Note', invoice.paymentTerms)) +
    invoice.allowances.map((each) => allowance(each, money, taxCategory('cac:TaxCategory', each.tax))).join('') +
    taxTotals(invoice, money) +
    totals(invoice, money) +
    invoice.lines.map((line) => invoiceLine(line, isInvoice, money)).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${kind} xmlns="${NAMESPACE}:${kind}-2"` +
    ` xmlns:cac="${NAMESPACE}:CommonAggregateComponents-2" xmlns:cbc="${NAMESPACE}:CommonBasicComponents-2">${body}</${kind}>\n`
  );
}

type Money = (name: string, amount: Ore | Decimal | null) => string;

function currencyWriter(currency: string | null): Money {
  const of = attribute('currencyID', currency);
  return (name, amount) => {
    if (amount === null) return '';
    return `<${name}${of}>${typeof amount === 'bigint' ? formatAmount(amount) : formatDecimal(amount)}</${name}>`;
  };
}

function decimal(name: string, value: Decimal | null, attributes = ''): string {
  return value === null ? '' : `<${name}${attributes}>${formatDecimal(value)}</${name}>`;
}

function identifier(name: string, id: Identifier | null): string {
  return id === null ? '' : text(name, id.value, attribute('schemeID', id.scheme));
}

function period(of: Period | null): string {
  return of === null ? '' : group('cac:InvoicePeriod', text('cbc:StartDate', of.start) + text('cbc:EndDate', of.end));
}

function preceding({ number, issueDate }: Invoice['precedingInvoices'][number]): string {
  const reference = group('cac:InvoiceDocumentReference', text('cbc:ID', number) + text('cbc:IssueDate', issueDate));
  return group('cac:BillingReference', reference);
}

function attachment({ id, description, content, mimeType, fileName, uri }: Attachment): string {
  const object = attribute('mimeCode', mimeType) + attribute('filename', fileName);
  const embedded = text('cbc:EmbeddedDocumentBinaryObject', content, object);
  const external = group('cac:ExternalReference', text('cbc:URI', uri));
  return group(
    'cac:AdditionalDocumentReference',
    text('cbc:ID', id) + text('cbc:DocumentDescription', description) + group('cac:Attachment', embedded + external),
  );
}

/** A credit note has no element for its project: it uses a document reference of type 50. */
function project({ kind, projectReference }: Invoice): string {
  if (projectReference === null) return '';
  return kind === 'Invoice'
    ? group('cac:ProjectReference', text('cbc:ID', projectReference))
    : group('cac:AdditionalDocumentReference', text('cbc:ID', projectReference) + text('cbc:DocumentTypeCode', '50'));
}

function party(of: Party): string {
  const contact = of.contact;
  return group(
    'cac:Party',
    identifier('cbc:EndpointID', of.endpoint) +
      of.identifiers.map((id) => group('cac:PartyIdentification', identifier('cbc:ID', id))).join('') +
      group('cac:PartyName', text('cbc:Name', of.name)) +
      address('cac:PostalAddress', of.address) +
      taxScheme(of.vatId, 'VAT') +
      taxScheme(of.taxRegistration, 'TAX') +
      group(
        'cac:PartyLegalEntity',
        text('cbc:RegistrationName', of.legalName) +
          identifier('cbc:CompanyID', of.legalId) +
          text('cbc:CompanyLegalForm', of.legalForm),
      ) +
      (contact === null
        ? ''
        : group(
            'cac:Contact',
            text('cbc:Name', contact.name) +
              text('cbc:Telephone', contact.telephone) +
              text('cbc:ElectronicMail', contact.email),
          )),
  );
}

function taxScheme(id: string | null, scheme: 'VAT' | 'TAX'): string {
  if (id === null) return '';
  return group('cac:PartyTaxScheme', text('cbc:CompanyID', id) + group('cac:TaxScheme', text('cbc:ID', scheme)));
}

function address(name: string, of: Address | null): string {
  if (of === null) return '';
  return group(
    name,
    text('cbc:StreetName', of.street) +
      text('cbc:AdditionalStreetName', of.additionalStreet) +
      text('cbc:CityName', of.city) +
      text('cbc:PostalZone', of.postalCode) +
      text('cbc:CountrySubentity', of.subdivision) +
      group('cac:AddressLine', text('cbc:Line', of.line)) +
      group('cac:Country', text('cbc:IdentificationCode', of.country)),
  );
}

function payee(of: Payee | null): string {
  if (of === null) return '';
  return group(
    'cac:PayeeParty',
    group('cac:PartyIdentification', identifier('cbc:ID', of.identifier)) +
      group('cac:PartyName', text('cbc:Name', of.name)) +
      group('cac:PartyLegalEntity', identifier('cbc:CompanyID', of.legalId)),
  );
}

function taxRepresentative(of: TaxRepresentative | null): string {
  if (of === null) return '';
  return group(
    'cac:TaxRepresentativeParty',
    group('cac:PartyName', text('cbc:Name', of.name)) +
      address('cac:PostalAddress', of.address) +
      taxScheme(of.vatId, 'VAT'),
  );
}

function delivery(of: Delivery | null): string {
  if (of === null) return '';
  return group(
    'cac:Delivery',
    text('cbc:ActualDeliveryDate', of.date) +
      group('cac:DeliveryLocation', identifier('cbc:ID', of.location) + address('cac:Address', of.address)) +
      group('cac:DeliveryParty', group('cac:PartyName', text('cbc:Name', of.partyName))),
  );
}

function payment(of: PaymentMeans, dueDate: string | null): string {
  return group(
    'cac:PaymentMeans',
    text('cbc:PaymentMeansCode', of.code) +
      text('cbc:PaymentDueDate', dueDate) +
      text('cbc:PaymentID', of.reference) +
      group(
        'cac:PayeeFinancialAccount',
        text('cbc:ID', of.account) +
          text('cbc:Name', of.accountName) +
          group('cac:FinancialInstitutionBranch', text('cbc:ID', of.bic)),
      ) +
      group('cac:PaymentMandate', text('cbc:ID', of.mandateReference)),
  );
}

function taxCategory(name: string, { code, percent }: TaxCategory, exemption = ''): string {
  return group(
    name,
    text('cbc:ID', code) + decimal('cbc:Percent', percent) + exemption + group('cac:TaxScheme', text('cbc:ID', 'VAT')),
  );
}

function allowance(of: Allowance, money: Money, category = ''): string {
  return group(
    'cac:AllowanceCharge',
    text('cbc:ChargeIndicator', String(of.isCharge)) +
      text('cbc:AllowanceChargeReasonCode', of.reasonCode) +
      text('cbc:AllowanceChargeReason', of.reason) +
      decimal('cbc:MultiplierFactorNumeric', of.percent) +
      money('cbc:Amount', of.amount) +
      money('cbc:BaseAmount', of.base) +
      category,
  );
}

function taxTotals({ taxAmount, taxSubtotals, taxCurrency, accountingTaxAmount }: Invoice, money: Money): string {
  const accounting = currencyWriter(taxCurrency)('cbc:TaxAmount', accountingTaxAmount);
  return (
    group(
      'cac:TaxTotal',
      money('cbc:TaxAmount', taxAmount) + taxSubtotals.map((each) => subtotal(each, money)).join(''),
    ) + group('cac:TaxTotal', accounting)
  );
}

function subtotal({ taxable, tax, category, exemptionReasonCode, exemptionReason }: TaxSubtotal, money: Money): string {
  const exemption =
    text('cbc:TaxExemptionReasonCode', exemptionReasonCode) + text('cbc:TaxExemptionReason', exemptionReason);
  return group(
    'cac:TaxSubtotal',
    money('cbc:TaxableAmount', taxable) +
      money('cbc:TaxAmount', tax) +
      taxCategory('cac:TaxCategory', category, exemption),
  );
}

function totals({ totals: of }: Invoice, money: Money): string {
  return group(
    'cac:LegalMonetaryTotal',
    money('cbc:LineExtensionAmount', of.lines) +
      money('cbc:TaxExclusiveAmount', of.taxExclusive) +
      money('cbc:TaxInclusiveAmount', of.taxInclusive) +
      money('cbc:AllowanceTotalAmount', of.allowances) +
      money('cbc:ChargeTotalAmount', of.charges) +
      money('cbc:PrepaidAmount', of.prepaid) +
      money('cbc:PayableRoundingAmount', of.rounding) +
      money('cbc:PayableAmount', of.payable),
  );
}

function invoiceLine(line: InvoiceLine, isInvoice: boolean, money: Money): string {
  const quantity = isInvoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity';
  return group(
    isInvoice ? 'cac:InvoiceLine' : 'cac:CreditNoteLine',
    text('cbc:ID', line.id) +
      text('cbc:Note', line.note) +
      decimal(quantity, line.quantity, attribute('unitCode', line.unit)) +
      money('cbc:LineExtensionAmount', line.amount) +
      text('cbc:AccountingCost', line.accountingCost) +
      period(line.period) +
      group('cac:OrderLineReference', text('cbc:LineID', line.orderLine)) +
      line.allowances.map((each) => allowance(each, money)).join('') +
      item(line) +
      price(line, money),
  );
}

function item(line: InvoiceLine): string {
  const classification = ({ code, list }: InvoiceLine['classifications'][number]) =>
    group('cac:CommodityClassification', text('cbc:ItemClassificationCode', code, attribute('listID', list)));
  return group(
    'cac:Item',
    text('cbc:Description', line.description) +
      text('cbc:Name', line.name) +
      group('cac:BuyersItemIdentification', text('cbc:ID', line.buyersItem)) +
      group('cac:SellersItemIdentification', text('cbc:ID', line.sellersItem)) +
      group('cac:StandardItemIdentification', identifier('cbc:ID', line.standardItem)) +
      group('cac:OriginCountry', text('cbc:IdentificationCode', line.originCountry)) +
      line.classifications.map(classification).join('') +
      taxCategory('cac:ClassifiedTaxCategory', line.tax) +
      line.properties
        .map(({ name, value }) =>
          group('cac:AdditionalItemProperty', text('cbc:Name', name) + text('cbc:Value', value)),
        )
        .join(''),
  );
}

function price(line: InvoiceLine, money: Money): string {
  const discount =
    line.priceDiscount === null && line.grossPrice === null
      ? ''
      : group(
          'cac:AllowanceCharge',
          text('cbc:ChargeIndicator', 'false') +
            money('cbc:Amount', line.priceDiscount) +
            money('cbc:BaseAmount', line.grossPrice),
        );
  return group(
    'cac:Price',
    money('cbc:PriceAmount', line.price) +
      decimal('cbc:BaseQuantity', line.baseQuantity, attribute('unitCode', line.baseUnit)) +
      discount,
  );
}
