import type { Finding } from './finding.ts';
import { emptyInvoice, type Invoice, type Period, type TaxSubtotal, type Totals } from './invoice.ts';
import { NodeReader } from './node-reader.ts';
import { readAllowance, readLine, readTaxCategory } from './read-line.ts';
import {
  readAttachment,
  readDelivery,
  readParty,
  readPayee,
  readPaymentMeans,
  readTaxRepresentative,
} from './read-party.ts';
import { readTree, type XmlNode } from './xml-node.ts';

export interface ReadDocument {
  invoice: Invoice;
  root: XmlNode;
  /** Breaches of the UBL schema: a duplicate of a single element, a malformed value. */
  findings: Finding[];
}

/** Not an invoice or credit note of UBL 2.1. */
export class NoInvoice extends Error {
  override name = 'NoInvoice';
  readonly root: string;
  constructor(root: string) {
    super(`the root element is ${root}`);
    this.root = root;
  }
}

/**
 * Reads an invoice or credit note of UBL 2.1 (EHF 3, BIS Billing 3). A missing value is null and an unreadable one a
 * finding; the rules of EN 16931 and Peppol are checked by `validate`. Throws XmlError, or NoInvoice for another document.
 */
export function readInvoice(bytes: Uint8Array): ReadDocument {
  const root = readTree(bytes);
  if (root.name !== 'Invoice' && root.name !== 'CreditNote') throw new NoInvoice(root.name);
  const reader = new NodeReader();
  return { invoice: read(reader, root, root.name), root, findings: reader.findings };
}

function read(from: NodeReader, root: XmlNode, kind: Invoice['kind']): Invoice {
  const isInvoice = kind === 'Invoice';
  const means = from.children(root, 'cac:PaymentMeans');
  const references = from.children(root, 'cac:AdditionalDocumentReference');
  const isProject = (node: XmlNode) => !isInvoice && from.text(node, 'cbc:DocumentTypeCode') === '50';
  const taxTotals = from.children(root, 'cac:TaxTotal');
  const isBreakdown = (node: XmlNode) => node.children.some(({ name }) => name === 'cac:TaxSubtotal');
  const breakdown = taxTotals.find(isBreakdown) ?? taxTotals[0] ?? null;
  const accounting = taxTotals.find((node) => node !== breakdown) ?? null;
  const project = references.find(isProject);
  return {
    ...emptyInvoice(kind),
    customizationId: from.text(root, 'cbc:CustomizationID'),
    profileId: from.text(root, 'cbc:ProfileID'),
    number: from.text(root, 'cbc:ID'),
    issueDate: from.date(root, 'cbc:IssueDate'),
    dueDate: isInvoice ? from.date(root, 'cbc:DueDate') : from.date(means[0] ?? null, 'cbc:PaymentDueDate'),
    typeCode: from.text(root, isInvoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode'),
    note: from.children(root, 'cbc:Note')[0]?.text || null,
    taxPointDate: from.date(root, 'cbc:TaxPointDate'),
    currency: from.text(root, 'cbc:DocumentCurrencyCode'),
    taxCurrency: from.text(root, 'cbc:TaxCurrencyCode'),
    accountingCost: from.text(root, 'cbc:AccountingCost'),
    buyerReference: from.text(root, 'cbc:BuyerReference'),
    period: readPeriod(from, root),
    orderReference: from.text(root, 'cac:OrderReference', 'cbc:ID'),
    salesOrderReference: from.text(root, 'cac:OrderReference', 'cbc:SalesOrderID'),
    precedingInvoices: from.children(root, 'cac:BillingReference').map((node) => {
      const reference = from.child(node, 'cac:InvoiceDocumentReference');
      return { number: from.text(reference, 'cbc:ID'), issueDate: from.date(reference, 'cbc:IssueDate') };
    }),
    contractReference: from.text(root, 'cac:ContractDocumentReference', 'cbc:ID'),
    projectReference: isInvoice
      ? from.text(root, 'cac:ProjectReference', 'cbc:ID')
      : from.text(project ?? null, 'cbc:ID'),
    attachments: references.filter((node) => node !== project).map((node) => readAttachment(from, node)),
    seller: readParty(from, from.at(root, 'cac:AccountingSupplierParty', 'cac:Party')),
    buyer: readParty(from, from.at(root, 'cac:AccountingCustomerParty', 'cac:Party')),
    payee: readPayee(from, from.child(root, 'cac:PayeeParty')),
    taxRepresentative: readTaxRepresentative(from, from.child(root, 'cac:TaxRepresentativeParty')),
    delivery: readDelivery(from, from.child(root, 'cac:Delivery')),
    paymentMeans: means.map((node) => readPaymentMeans(from, node)),
    paymentTerms: from.text(root, 'cac:PaymentTerms', 'cbc:Note'),
    allowances: from.children(root, 'cac:AllowanceCharge').map((node) => ({
      ...readAllowance(from, node, ['BR-DEC-01', 'BR-DEC-02', 'BR-DEC-05', 'BR-DEC-06']),
      tax: readTaxCategory(from, from.child(node, 'cac:TaxCategory')),
    })),
    taxAmount: from.amount(breakdown, 'cbc:TaxAmount', 'BR-DEC-13'),
    accountingTaxAmount: from.amount(accounting, 'cbc:TaxAmount', 'BR-DEC-15'),
    taxSubtotals: from.children(breakdown, 'cac:TaxSubtotal').map((node) => readSubtotal(from, node)),
    totals: readTotals(from, from.child(root, 'cac:LegalMonetaryTotal')),
    lines: from
      .children(root, isInvoice ? 'cac:InvoiceLine' : 'cac:CreditNoteLine')
      .map((node) => readLine(from, node, isInvoice, readPeriod(from, node))),
  };
}

function readPeriod(from: NodeReader, node: XmlNode): Period | null {
  const period = from.child(node, 'cac:InvoicePeriod');
  return period === null ? null : { start: from.date(period, 'cbc:StartDate'), end: from.date(period, 'cbc:EndDate') };
}

function readSubtotal(from: NodeReader, node: XmlNode): TaxSubtotal {
  const category = from.child(node, 'cac:TaxCategory');
  return {
    taxable: from.amount(node, 'cbc:TaxableAmount', 'BR-DEC-19'),
    tax: from.amount(node, 'cbc:TaxAmount', 'BR-DEC-20'),
    category: readTaxCategory(from, category),
    exemptionReasonCode: from.text(category, 'cbc:TaxExemptionReasonCode'),
    exemptionReason: from.text(category, 'cbc:TaxExemptionReason'),
  };
}

function readTotals(from: NodeReader, node: XmlNode | null): Totals {
  return {
    lines: from.amount(node, 'cbc:LineExtensionAmount', 'BR-DEC-09'),
    taxExclusive: from.amount(node, 'cbc:TaxExclusiveAmount', 'BR-DEC-12'),
    taxInclusive: from.amount(node, 'cbc:TaxInclusiveAmount', 'BR-DEC-14'),
    allowances: from.amount(node, 'cbc:AllowanceTotalAmount', 'BR-DEC-10'),
    charges: from.amount(node, 'cbc:ChargeTotalAmount', 'BR-DEC-11'),
    prepaid: from.amount(node, 'cbc:PrepaidAmount', 'BR-DEC-16'),
    rounding: from.amount(node, 'cbc:PayableRoundingAmount', 'BR-DEC-17'),
    payable: from.amount(node, 'cbc:PayableAmount', 'BR-DEC-18'),
  };
}
