import { formatPercent, type Ore, type Percent } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import type { VatRow } from '../../reports/index.ts';

/** The half of a two-sided code that a line is; sales have output lines, purchases deductions. */
export type Side = 'output' | 'deduction';

/** One of the listed remarks, or free text. */
export type Remark = { selected: string } | { description: string };

/** A line of the return (mvaSpesifikasjonslinje), in whole kroner. */
export interface ReturnLine {
  standardCode: string;
  specification: string | null;
  ownCode: string;
  side: Side;
  /** Output lines only; negative if more was reversed than sold. */
  base: bigint | null;
  rate: Percent | null;
  /** Output positive, deduction negative. */
  vat: bigint;
  /** The same before the øre were truncated. */
  exact: Ore;
  remark: Remark | null;
}

export type RemarkOf = (ownCode: string, side: Side) => Remark | null;

/** Codes whose output line has a corresponding deduction line. */
export const DEDUCTED_ACQUISITIONS: ReadonlySet<string> = new Set(['81', '83', '86', '88', '91']);

/**
 * One line per own code, rate and side, in the order of the VAT report. The øre of every line are truncated toward
 * zero; the return sums the truncated amounts.
 */
export function returnLines(rows: readonly VatRow[], remarkOf: RemarkOf): ReturnLine[] {
  return rows.flatMap((row) => linesOf(row, remarkOf)).filter(({ base, vat }) => vat !== 0n || (base ?? 0n) !== 0n);
}

function linesOf({ code, rate, base, reportable, reportableAcquisition }: VatRow, remarkOf: RemarkOf): ReturnLine[] {
  if (!code.reportable) return [];
  const line = (side: Side, exact: Ore, amount: Ore | null): ReturnLine => ({
    standardCode: code.standardCode,
    specification: code.specification,
    ownCode: code.code,
    side,
    base: amount === null ? null : wholeKroner(amount),
    rate: amount === null ? null : rate,
    vat: wholeKroner(exact),
    exact,
    remark: remarkOf(code.code, side),
  });
  if (code.direction === 'sale') return [line('output', reportable, base.credit - base.debit)];
  if (code.direction === 'purchase') return [line('deduction', reportable, null)];
  const output = line('output', reportableAcquisition, base.debit - base.credit);
  return DEDUCTED_ACQUISITIONS.has(code.standardCode) ? [output, line('deduction', reportable, null)] : [output];
}

/** Truncates øre toward zero. */
export function wholeKroner(amount: Ore): bigint {
  return amount / 100n;
}

/** `fastsattMerverdiavgift`: the sum of the lines. */
export function totalOf(lines: readonly ReturnLine[]): bigint {
  return lines.reduce((total, { vat }) => total + vat, 0n);
}

/** `25`, `11,11`: text with a decimal comma. */
export function satsText(rate: Percent): string {
  return trimZeros(formatPercent(rate)).replace('.', ',');
}
