import type { Allowance, InvoiceLine, Period, TaxCategory } from './invoice.ts';
import type { NodeReader } from './node-reader.ts';
import type { XmlNode } from './xml-node.ts';

/** The rules on decimals: of a discount's amount and base, of a charge's amount and base. */
type DecimalRules = readonly [string, string, string, string];

export function readTaxCategory(from: NodeReader, node: XmlNode | null): TaxCategory {
  return { code: from.text(node, 'cbc:ID'), percent: from.decimal(node, 'cbc:Percent') };
}

export function readAllowance(from: NodeReader, node: XmlNode, rules: DecimalRules): Allowance {
  const isCharge = from.flag(node, 'cbc:ChargeIndicator');
  const [amountRule, baseRule] = isCharge ? ([rules[2], rules[3]] as const) : rules;
  return {
    isCharge,
    reasonCode: from.text(node, 'cbc:AllowanceChargeReasonCode'),
    reason: from.text(node, 'cbc:AllowanceChargeReason'),
    percent: from.decimal(node, 'cbc:MultiplierFactorNumeric'),
    amount: from.amount(node, 'cbc:Amount', amountRule),
    base: from.amount(node, 'cbc:BaseAmount', baseRule),
  };
}

export function readLine(from: NodeReader, node: XmlNode, isInvoice: boolean, period: Period | null): InvoiceLine {
  const quantity = isInvoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity';
  const item = from.child(node, 'cac:Item');
  const price = from.child(node, 'cac:Price');
  const discount = from.child(price, 'cac:AllowanceCharge');
  return {
    id: from.text(node, 'cbc:ID'),
    note: from.text(node, 'cbc:Note'),
    quantity: from.decimal(node, quantity),
    unit: from.child(node, quantity)?.attributes['unitCode'] ?? null,
    amount: from.amount(node, 'cbc:LineExtensionAmount', 'BR-DEC-23'),
    accountingCost: from.text(node, 'cbc:AccountingCost'),
    period,
    orderLine: from.text(node, 'cac:OrderLineReference', 'cbc:LineID'),
    allowances: from
      .children(node, 'cac:AllowanceCharge')
      .map((each) => readAllowance(from, each, ['BR-DEC-24', 'BR-DEC-25', 'BR-DEC-27', 'BR-DEC-28'])),
    description: from.text(item, 'cbc:Description'),
    name: from.text(item, 'cbc:Name'),
    buyersItem: from.text(item, 'cac:BuyersItemIdentification', 'cbc:ID'),
    sellersItem: from.text(item, 'cac:SellersItemIdentification', 'cbc:ID'),
    standardItem: from.identifier(item, 'cac:StandardItemIdentification', 'cbc:ID'),
    originCountry: from.text(item, 'cac:OriginCountry', 'cbc:IdentificationCode'),
    classifications: from.children(item, 'cac:CommodityClassification').map((each) => {
      const code = from.child(each, 'cbc:ItemClassificationCode');
      return { code: code?.text || null, list: code?.attributes['listID'] ?? null };
    }),
    tax: readTaxCategory(from, from.child(item, 'cac:ClassifiedTaxCategory')),
    properties: from
      .children(item, 'cac:AdditionalItemProperty')
      .map((each) => ({ name: from.text(each, 'cbc:Name'), value: from.text(each, 'cbc:Value') })),
    price: from.decimal(price, 'cbc:PriceAmount'),
    baseQuantity: from.decimal(price, 'cbc:BaseQuantity'),
    baseUnit: from.child(price, 'cbc:BaseQuantity')?.attributes['unitCode'] ?? null,
    priceDiscount: from.decimal(discount, 'cbc:Amount'),
    grossPrice: from.decimal(discount, 'cbc:BaseAmount'),
  };
}
