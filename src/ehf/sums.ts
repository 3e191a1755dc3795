import type { Ore } from '../kernel/money.ts';
import { amountOf, formatDecimal, ONE, percentage, ZERO } from './decimal.ts';
import type { DocumentAllowance, Invoice, InvoiceLine, TaxCategory, TaxSubtotal } from './invoice.ts';

/** The amount of a line: quantity × price ÷ base quantity, less its allowances, plus its charges. */
export function lineAmount(line: Pick<InvoiceLine, 'quantity' | 'price' | 'baseQuantity' | 'allowances'>): Ore {
  const goods = amountOf(line.quantity ?? ZERO, line.price ?? ZERO, line.baseQuantity ?? ONE);
  return line.allowances.reduce((sum, { isCharge, amount }) => sum + signed(isCharge, amount), goods);
}

export function signed(isCharge: boolean, amount: Ore | null): Ore {
  return isCharge ? (amount ?? 0n) : -(amount ?? 0n);
}

/** A key that is equal for amounts that are summed together: VAT category and rate. */
export function categoryKey({ code, percent }: TaxCategory): string {
  return `${code ?? ''} ${percent === null ? '' : formatDecimal(percent)}`;
}

export interface TaxableGroup {
  category: TaxCategory;
  taxable: Ore;
}

/** The taxable amount of each category and rate, in order of first appearance. */
export function taxableGroups(
  lines: readonly Pick<InvoiceLine, 'tax' | 'amount'>[],
  allowances: readonly DocumentAllowance[],
): TaxableGroup[] {
  const groups = new Map<string, TaxableGroup>();
  const add = (category: TaxCategory, amount: Ore) => {
    const key = categoryKey(category);
    const group = groups.get(key);
    if (group) group.taxable += amount;
    else groups.set(key, { category, taxable: amount });
  };
  for (const { tax, amount } of lines) add(tax, amount ?? 0n);
  for (const { tax, isCharge, amount } of allowances) add(tax, signed(isCharge, amount));
  return [...groups.values()];
}

/** The reason for not charging VAT, for each category that must state one. */
export type ExemptionReason = (category: TaxCategory) => Pick<TaxSubtotal, 'exemptionReason' | 'exemptionReasonCode'>;

/** Codes of EN 16931 for categories with a single reason (code list VATEX); E requires a text. */
export const standardReason: ExemptionReason = ({ code }) => {
  const known = code === null ? undefined : REASONS[code];
  return known ?? { exemptionReason: null, exemptionReasonCode: null };
};

const REASONS: Record<string, Pick<TaxSubtotal, 'exemptionReason' | 'exemptionReasonCode'>> = {
  E: { exemptionReasonCode: null, exemptionReason: 'Unntatt fra merverdiavgift (merverdiavgiftsloven kapittel 3)' },
  AE: { exemptionReasonCode: 'VATEX-EU-AE', exemptionReason: 'Omvendt avgiftsplikt: kjøper beregner merverdiavgift' },
  K: { exemptionReasonCode: 'VATEX-EU-IC', exemptionReason: null },
  G: { exemptionReasonCode: 'VATEX-EU-G', exemptionReason: 'Utførsel fra merverdiavgiftsområdet' },
  O: { exemptionReasonCode: 'VATEX-EU-O', exemptionReason: 'Utenfor merverdiavgiftsloven' },
};

/**
 * The same document with the amounts that follow from its lines and allowances (EN 16931, BR-CO-10 to 17): VAT by category
 * and rate on the total, each rounded once. Line amounts, prepaid and rounding are kept.
 */
export function withSums(invoice: Invoice, reason: ExemptionReason = standardReason): Invoice {
  const { allowances, totals } = invoice;
  const sum = (isCharge: boolean) => {
    const amounts = allowances.filter((each) => each.isCharge === isCharge);
    return amounts.length === 0 ? null : amounts.reduce((total, { amount }) => total + (amount ?? 0n), 0n);
  };
  const lines = invoice.lines.reduce((total, { amount }) => total + (amount ?? 0n), 0n);
  const [allowed, charged] = [sum(false), sum(true)];
  const taxSubtotals = taxableGroups(invoice.lines, allowances).map(({ category, taxable }) => ({
    taxable,
    tax: percentage(taxable, category.percent ?? ZERO),
    category,
    ...reason(category),
  }));
  const taxAmount = taxSubtotals.reduce((total, { tax }) => total + tax, 0n);
  const taxExclusive = lines - (allowed ?? 0n) + (charged ?? 0n);
  const taxInclusive = taxExclusive + taxAmount;
  const payable = taxInclusive - (totals.prepaid ?? 0n) + (totals.rounding ?? 0n);
  return {
    ...invoice,
    taxAmount,
    taxSubtotals,
    totals: { ...totals, lines, taxExclusive, taxInclusive, allowances: allowed, charges: charged, payable },
  };
}
