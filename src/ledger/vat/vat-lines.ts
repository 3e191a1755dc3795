import type { LocalDate } from '../../kernel/local-date.ts';
import {
  HUNDRED_PERCENT,
  netOfGross,
  type Ore,
  type Percent,
  percentOf,
  percentOfPercent,
} from '../../kernel/money.ts';
import type { PostingTaxCode } from '../masters.ts';

/** An amount on one side: positive = debit, negative = credit (øre). */
export type Signed = bigint;

export interface VatLine {
  account: string;
  amount: Signed;
  /** `output` and `deduction` carry the code; `cost` is VAT without deduction, on the base line's own account. */
  role: 'output' | 'deduction' | 'cost';
}

export interface VatOfLine {
  /** The base line's amount after VAT was subtracted from a gross amount. */
  base: Signed;
  rate: Percent;
  deduction: Percent;
  /** Calculated VAT of the base, on the base line's side: the amount for the return. */
  taxAmount: Signed;
  lines: VatLine[];
}

/**
 * VAT of one base line (posting patterns of the VAT reference, section 3). Each VAT line is rounded to the øre, half
 * away from zero. A credit note is the same code on the other side.
 *
 * Sales: output VAT on the base line's side. Purchases: deduction on the base line's side, the remainder as cost.
 * Reverse charge: calculated output VAT on the other side, deduction on the base line's side, the rest as cost.
 *
 * `given`: the VAT of the net base if a document has rounded it on its total.
 */
export function vatOfLine(
  code: PostingTaxCode,
  amount: Signed,
  basis: 'net' | 'gross',
  rate: Percent,
  account: string,
  given: Signed | null = null,
): VatOfLine {
  if (code.isImportPaid) return { base: amount, rate, deduction: code.deduction, taxAmount: amount, lines: [] };
  if (rate === 0n || code.direction === 'none')
    return { base: amount, rate, deduction: code.deduction, taxAmount: 0n, lines: [] };
  const base = basis === 'gross' ? netOfGross(amount, rate) : amount;
  const total = basis === 'gross' ? amount - base : (given ?? percentOf(base, rate));
  if (code.direction === 'sale') {
    const lines = code.outputAccount ? [{ account: code.outputAccount, amount: total, role: 'output' as const }] : [];
    return { base, rate, deduction: code.deduction, taxAmount: total, lines: withoutZero(lines) };
  }
  const deductible = code.deductionAccount
    ? share(base, total, rate, code.deduction, basis === 'net' && given === null)
    : 0n;
  const lines: VatLine[] = [];
  if (code.direction === 'reverse' && code.outputAccount)
    lines.push({ account: code.outputAccount, amount: -total, role: 'output' });
  if (code.deductionAccount) lines.push({ account: code.deductionAccount, amount: deductible, role: 'deduction' });
  lines.push({ account, amount: total - deductible, role: 'cost' });
  return {
    base,
    rate,
    deduction: code.deduction,
    taxAmount: code.direction === 'reverse' ? total : deductible,
    lines: withoutZero(lines),
  };
}

/** Rounded once from the base if its VAT was computed from the base, otherwise from the VAT. */
function share(base: Signed, total: Ore, rate: Percent, deduction: Percent, isComputed: boolean): Signed {
  if (deduction === HUNDRED_PERCENT) return total;
  return isComputed ? percentOfPercent(base, rate, deduction) : percentOf(total, deduction);
}

function withoutZero(lines: VatLine[]): VatLine[] {
  return lines.filter((line) => line.amount !== 0n);
}

/** True when the code may be used on the date. */
export function isValidOn(code: PostingTaxCode, date: LocalDate): boolean {
  return code.activeFrom <= date && (code.activeTo === null || date <= code.activeTo);
}
