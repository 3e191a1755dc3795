import type { Ore } from '../../kernel/money.ts';
import type { BookAccount, CheckedLine } from '../audit-file/audit-book.ts';
import type { TaxInformation } from '../audit-file/audit-records.ts';

/** The effect of a VAT code on the lines of its voucher. */
export interface VatEffect {
  /** Reverse charge: calculated tax on one side, deduction on the other. */
  twoSided: boolean;
  /** Shares of the tax, besides the whole, that may be on the VAT account, in 1/10000 percent. */
  shares: readonly bigint[];
}

/** The tax of a base line as posted, without a sign, because the side is the line's. */
export function taxAmountOf(tax: TaxInformation): Ore | null {
  const amount = (tax.debit ?? tax.credit ?? tax.amount)?.amount ?? null;
  return amount === null ? null : amount < 0n ? -amount : amount;
}

type Side = 'debit' | 'credit';
const BOTH: readonly Side[] = ['credit', 'debit'];
const DEBIT: readonly Side[] = ['debit'];
const CREDIT: readonly Side[] = ['credit'];

/**
 * For each line the index of its base line, or -1; null if there is no link at all. The tax amount is on the base line;
 * its VAT line is the one on a VAT account of the same voucher with that amount and no tax information. A VAT line that
 * sums up several base lines belongs to none of them and gets no link, as in the file.
 */
export function linkVatLines(
  lines: readonly CheckedLine[],
  vatAccounts: ReadonlySet<BookAccount>,
  effectOf: (code: string) => VatEffect,
): Int32Array | null {
  let candidates: number[] | null = null;
  let links: Int32Array | null = null;
  for (let base = 0; base < lines.length; base++) {
    const checked = lines[base]!;
    const tax = checked.line.tax?.[0];
    if (!tax || tax.code === null) continue;
    const amount = taxAmountOf(tax);
    if (amount === null || amount === 0n) continue;
    candidates ??= vatLines(lines, vatAccounts);
    if (candidates.length === 0) return links;
    const effect = effectOf(tax.code);
    for (const side of effect.twoSided ? BOTH : checked.debit > 0n ? DEBIT : CREDIT) {
      const at = findAmount(lines, candidates, side, amount, effect.shares);
      if (at < 0) continue;
      links ??= new Int32Array(lines.length).fill(-1);
      links[candidates[at]!] = base;
      candidates.splice(at, 1);
    }
  }
  return links;
}

function vatLines(lines: readonly CheckedLine[], vatAccounts: ReadonlySet<BookAccount>): number[] {
  const found: number[] = [];
  lines.forEach((checked, i) => {
    if (checked.line.tax === null && vatAccounts.has(checked.account)) found.push(i);
  });
  return found;
}

function findAmount(
  lines: readonly CheckedLine[],
  candidates: readonly number[],
  side: Side,
  amount: Ore,
  shares: readonly bigint[],
): number {
  const whole = candidates.findIndex((i) => lines[i]![side] === amount);
  if (whole >= 0) return whole;
  for (const share of shares) {
    const part = (amount * share + 500_000n) / 1_000_000n;
    const at = part === 0n ? -1 : candidates.findIndex((i) => lines[i]![side] === part);
    if (at >= 0) return at;
  }
  return -1;
}
