import { distribute, distributeRounded } from '../../kernel/distribute.ts';
import { HUNDRED_PERCENT, type Ore, type Percent, percentOf } from '../../kernel/money.ts';
import { groupBy } from '../../kernel/group-by.ts';

/** Rounding of a document's VAT: on each line, or once on the total of each rate (EN 16931, BR-CO-17). */
export const VAT_ROUNDINGS = ['line', 'total'] as const;
export type VatRounding = (typeof VAT_ROUNDINGS)[number];

/** A line in hundredths of the document's currency, without VAT; negative on a credit line. */
export interface AmountLine {
  amount: Ore;
  /** Rate of the VAT that is owed with it; null if none is: no code, reverse charge, import VAT. */
  percent: Percent | null;
}

export interface DocumentAmounts {
  /** In the document's currency: net and owed VAT. */
  gross: Ore;
  tax: Ore;
  /** The claim or debt in kroner: the gross amount at the rate, rounded once. */
  kroner: Ore;
  /** In kroner, with the sum `kroner`; `vat` is the VAT of each base, null if the line owes none. */
  lines: { base: Ore; vat: Ore | null }[];
}

/** Rates of currencies: kroner for one unit as an integer of 10^-18. */
const RATE_SCALE = 10n ** 18n;

/**
 * The totals of a document and the amounts of its lines in kroner. VAT that is rounded on the total is distributed over its
 * lines; kroner are computed from the sum and distributed over lines and VAT. Both use the largest remainder, so that the
 * amounts add up to the øre.
 */
export function documentAmounts(
  lines: readonly AmountLine[],
  rounding: VatRounding,
  rate: bigint | null,
): DocumentAmounts {
  const groups = vatGroups(lines, rounding);
  const net = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const tax = groups.reduce((sum, group) => sum + group.tax, 0n);
  const wanted = [...lines.map(({ amount }) => amount), ...groups.map((group) => group.tax)];
  const scaled = rate === null ? wanted : wanted.map((part) => part * rate);
  const { total: kroner, parts } = distributeRounded(scaled, rate === null ? 1n : RATE_SCALE);
  const result: DocumentAmounts['lines'] = lines.map((_, i) => ({ base: parts[i]!, vat: null }));
  groups.forEach(({ places, percent }, i) => {
    const exact = places.map((place) => result[place]!.base * percent);
    const vat = parts[lines.length + i]!;
    // If all bases are zero, or add up to zero, the VAT is a few øre at most: it is assigned to the first.
    const shares = exact.some((part) => part !== 0n) ? distribute(vat, exact, HUNDRED_PERCENT) : [vat];
    places.forEach((place, j) => (result[place]!.vat = shares[j] ?? 0n));
  });
  return { gross: net + tax, tax, kroner, lines: result.map(withBase) };
}

/** A base of zero has no VAT: in a currency of small units both may be below an øre. */
function withBase({ base, vat }: { base: Ore; vat: Ore | null }): { base: Ore; vat: Ore | null } {
  return base === 0n && vat ? { base: vat, vat: 0n } : { base, vat };
}

interface VatGroup {
  /** The lines that share the VAT. */
  places: number[];
  percent: Percent;
  tax: Ore;
}

function vatGroups(lines: readonly AmountLine[], rounding: VatRounding): VatGroup[] {
  const owing = lines.flatMap(({ percent }, place) => (percent === null ? [] : [{ place, percent }]));
  const groups =
    rounding === 'line' ? owing.map((line) => [line]) : [...groupBy(owing, ({ percent }) => percent).values()];
  return groups.map((group) => {
    const { percent } = group[0]!;
    const places = group.map(({ place }) => place);
    const base = places.reduce((sum, place) => sum + lines[place]!.amount, 0n);
    return { places, percent, tax: percentOf(base, percent) };
  });
}
