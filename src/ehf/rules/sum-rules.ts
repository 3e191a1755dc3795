import { formatAmount, type Ore } from '../../kernel/money.ts';
import { percentage } from '../decimal.ts';
import type { Place } from '../finding.ts';
import type { Allowance, Invoice } from '../invoice.ts';
import { each, eachLine, type Rule, SELLER, SUBTOTAL, TOTAL, where } from './rule.ts';

/** The place, if an amount differs from the expected one. A missing amount is reported by another rule. */
function differs(path: string, found: Ore | null, expected: Ore, tolerance: Ore = 0n): Place[] {
  if (found === null || within(found, expected, tolerance)) return [];
  return [{ path, found: formatAmount(found), expected: formatAmount(expected) }];
}

function within(a: Ore, b: Ore, tolerance: Ore): boolean {
  const difference = a - b;
  return difference <= tolerance && difference >= -tolerance;
}

/** Less than one unit of currency: the tolerance of EN 16931 for rounded VAT. */
export const LESS_THAN_ONE: Ore = 99n;

const sum = (amounts: readonly (Ore | null)[]): Ore =>
  amounts.reduce<Ore>((total, amount) => total + (amount ?? 0n), 0n);

const allowancesOf = ({ allowances }: Invoice, isCharge: boolean): Allowance[] =>
  allowances.filter((each) => each.isCharge === isCharge);

const noReason = ({ reason, reasonCode }: Allowance) => reason === null && reasonCode === null;

/** How the amounts of a document are derived from each other, and conditions that depend on them (EN 16931-1, BR-CO). */
export const SUM_RULES: readonly Rule[] = [
  {
    id: 'BR-CO-04',
    nb: 'Hver linje må ha en avgiftskategori',
    en: 'Every line must have a VAT category',
    broken: (document) =>
      eachLine(document, ({ tax }, at) => where(tax.code === null, `${at}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID`)),
  },
  {
    id: 'BR-CO-10',
    nb: 'Summen av linjene er ikke linjenes sum',
    en: 'The sum of the lines is not what they add up to',
    broken: ({ invoice: { lines, totals } }) =>
      differs(`${TOTAL}/cbc:LineExtensionAmount`, totals.lines, sum(lines.map(({ amount }) => amount))),
  },
  {
    id: 'BR-CO-11',
    nb: 'Summen av rabatter er ikke rabattenes sum',
    en: 'The sum of allowances is not what they add up to',
    broken: ({ invoice }) => {
      const listed = allowancesOf(invoice, false);
      const expected = sum(listed.map(({ amount }) => amount));
      const at = `${TOTAL}/cbc:AllowanceTotalAmount`;
      if (invoice.totals.allowances === null) return where(listed.length > 0, at, null, formatAmount(expected));
      return differs(at, invoice.totals.allowances, expected);
    },
  },
  {
    id: 'BR-CO-12',
    nb: 'Summen av tillegg er ikke tilleggenes sum',
    en: 'The sum of charges is not what they add up to',
    broken: ({ invoice }) => {
      const listed = allowancesOf(invoice, true);
      const expected = sum(listed.map(({ amount }) => amount));
      const at = `${TOTAL}/cbc:ChargeTotalAmount`;
      if (invoice.totals.charges === null) return where(listed.length > 0, at, null, formatAmount(expected));
      return differs(at, invoice.totals.charges, expected);
    },
  },
  {
    id: 'BR-CO-13',
    nb: 'Summen uten merverdiavgift er ikke linjer − rabatter + tillegg',
    en: 'The total without VAT is not lines − allowances + charges',
    broken: ({ invoice: { totals } }) =>
      differs(
        `${TOTAL}/cbc:TaxExclusiveAmount`,
        totals.taxExclusive,
        sum([totals.lines, totals.charges]) - (totals.allowances ?? 0n),
      ),
  },
  {
    id: 'BR-CO-14',
    nb: 'Merverdiavgiften er ikke summen av avgiftsspesifikasjonen',
    en: 'The VAT is not the sum of its breakdown',
    broken: ({ invoice: { taxAmount, taxSubtotals } }) =>
      taxSubtotals.length === 0
        ? []
        : differs('cac:TaxTotal/cbc:TaxAmount', taxAmount, sum(taxSubtotals.map(({ tax }) => tax))),
  },
  {
    id: 'BR-CO-15',
    nb: 'Summen med merverdiavgift er ikke summen uten + merverdiavgiften',
    en: 'The total with VAT is not the total without + the VAT',
    broken: ({ invoice: { totals, taxAmount } }) =>
      differs(`${TOTAL}/cbc:TaxInclusiveAmount`, totals.taxInclusive, sum([totals.taxExclusive, taxAmount])),
  },
  {
    id: 'BR-CO-16',
    nb: 'Beløpet å betale er ikke summen med merverdiavgift − forhåndsbetalt + avrunding',
    en: 'The amount to pay is not the total with VAT − prepaid + rounding',
    broken: ({ invoice: { totals } }) =>
      differs(
        `${TOTAL}/cbc:PayableAmount`,
        totals.payable,
        sum([totals.taxInclusive, totals.rounding]) - (totals.prepaid ?? 0n),
      ),
  },
  {
    id: 'BR-CO-17',
    nb: 'Avgiftsbeløpet er ikke grunnlaget × satsen',
    en: 'The amount of VAT is not its base × its rate',
    broken: ({ invoice }) =>
      each(invoice.taxSubtotals, SUBTOTAL, ({ taxable, tax, category: { percent } }, at) =>
        taxable === null || percent === null
          ? []
          : differs(`${at}/cbc:TaxAmount`, tax, percentage(taxable, percent), LESS_THAN_ONE),
      ),
  },
  {
    id: 'BR-CO-18',
    nb: 'Dokumentet må spesifisere merverdiavgiften',
    en: 'The document must break its VAT down',
    broken: ({ invoice }) => where(invoice.taxSubtotals.length === 0, 'cac:TaxTotal/cac:TaxSubtotal'),
  },
  {
    id: 'BR-CO-19',
    nb: 'Fakturaperioden må ha en start eller en slutt',
    en: 'The invoicing period must have a start or an end',
    broken: ({ invoice: { period }, root }) => {
      const written = root.children.find(({ name }) => name === 'cac:InvoicePeriod');
      const hasCode = written?.children.some(({ name }) => name === 'cbc:DescriptionCode') ?? false;
      return where(period !== null && (period.start ?? period.end) === null && !hasCode, 'cac:InvoicePeriod');
    },
  },
  {
    id: 'BR-CO-20',
    nb: 'Linjens periode må ha en start eller en slutt',
    en: 'The line’s period must have a start or an end',
    broken: (document) =>
      eachLine(document, ({ period }, at) =>
        where(period !== null && (period.start ?? period.end) === null, `${at}/cac:InvoicePeriod`),
      ),
  },
  ...(
    [
      ['BR-CO-21', false, 'Rabatten', 'The allowance'],
      ['BR-CO-22', true, 'Tillegget', 'The charge'],
    ] as const
  ).map(([id, isCharge, nb, en]): Rule => ({
    id,
    nb: `${nb} må ha en begrunnelse eller dens kode`,
    en: `${en} must have a reason or its code`,
    broken: ({ invoice }) =>
      each(invoice.allowances, 'cac:AllowanceCharge', (one, at) =>
        where(one.isCharge === isCharge && noReason(one), `${at}/cbc:AllowanceChargeReason`),
      ),
  })),
  ...(
    [
      ['BR-CO-23', false, 'Linjens rabatt', 'The line’s allowance'],
      ['BR-CO-24', true, 'Linjens tillegg', 'The line’s charge'],
    ] as const
  ).map(([id, isCharge, nb, en]): Rule => ({
    id,
    nb: `${nb} må ha en begrunnelse eller dens kode`,
    en: `${en} must have a reason or its code`,
    broken: (document) =>
      eachLine(document, (line, at) =>
        each(line.allowances, `${at}/cac:AllowanceCharge`, (one, path) =>
          where(one.isCharge === isCharge && noReason(one), `${path}/cbc:AllowanceChargeReason`),
        ),
      ),
  })),
  {
    id: 'BR-CO-25',
    nb: 'Der noe skal betales, må forfallsdatoen eller betalingsvilkårene oppgis',
    en: 'Where something is to be paid, its due date or the terms of payment must be given',
    broken: ({ invoice: { kind, totals, dueDate, paymentTerms } }) =>
      where(kind === 'Invoice' && (totals.payable ?? 0n) > 0n && (dueDate ?? paymentTerms) === null, 'cbc:DueDate'),
  },
  {
    id: 'BR-CO-26',
    nb: 'Selger må kunne kjennes igjen: en id, et organisasjonsnummer eller et avgiftsnummer',
    en: 'The seller must be identified: an id, a registration or a VAT identifier',
    broken: ({ invoice: { seller } }) =>
      where(seller.identifiers.length === 0 && (seller.legalId ?? seller.vatId) === null, SELLER),
  },
];
