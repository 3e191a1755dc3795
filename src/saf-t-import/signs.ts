import type { Ore } from '../kernel/money.ts';
import type { AuditBook } from './audit-file/audit-book.ts';
import type { Balances, Line, Money } from './audit-file/audit-records.ts';

/** How the credit amounts of a voucher are interpreted. */
export interface Reading {
  /** Signed amount (debit positive) of a credit amount as written. */
  creditNet(written: Ore): Ore;
  /** Sums of a voucher with negative amounts; null for one without. */
  signs: Sums | null;
}

interface Sums {
  debit: Ore;
  credit: Ore;
  debitUnsigned: Ore;
  creditUnsigned: Ore;
}

const plain = (written: Ore): Ore => -written;
const turned = (written: Ore): Ore => written;
const unsigned = (written: Ore): Ore => (written < 0n ? written : -written);

export const AS_WRITTEN: Reading = { creditNet: plain, signs: null };

/** The amount of the line: of two sides, one of them zero, the other one. */
export function moneyOf({ debit, credit }: Line): Money | null {
  return debit !== null && (credit === null || debit.amount !== 0n) ? debit : credit;
}

export function hasNegative(lines: readonly Line[]): boolean {
  for (const { debit, credit } of lines) {
    if (debit !== null && debit.amount !== null && debit.amount < 0n) return true;
    if (credit !== null && credit.amount !== null && credit.amount < 0n) return true;
  }
  return false;
}

/**
 * A negative credit is a debit; but some systems write every credit, or some of them, with a minus sign. The voucher
 * itself decides: it balances in one interpretation. One that balances in both is read like the previous one; the
 * closing balances of the file verify it in the end.
 */
export function readSigns(lines: readonly Line[], book: AuditBook): Reading {
  const signs: Sums = { debit: 0n, credit: 0n, debitUnsigned: 0n, creditUnsigned: 0n };
  for (const line of lines) {
    const amount = moneyOf(line)?.amount ?? 0n;
    const positive = amount < 0n ? -amount : amount;
    if (moneyOf(line) === line.debit) {
      signs.debit += amount;
      signs.debitUnsigned += positive;
    } else {
      signs.credit += amount;
      signs.creditUnsigned += positive;
    }
  }
  const asWritten = signs.debit === signs.credit;
  const asTurned = signs.debit === -signs.credit;
  if (asWritten && asTurned) return { creditNet: book.creditTurned ? turned : plain, signs };
  if (asWritten || (!asTurned && signs.debit !== signs.creditUnsigned)) {
    if (asWritten) book.creditTurned = false;
    return { creditNet: plain, signs };
  }
  book.creditTurned = true;
  return { creditNet: asTurned ? turned : unsigned, signs };
}

/** Stores the difference between the sums as written and those counted: a file may declare either as its totals. */
export function noteWritten(signs: Sums, debit: Ore, credit: Ore, { written }: AuditBook): void {
  written.debit += signs.debit - debit;
  written.credit += signs.credit - credit;
  written.debitUnsigned += signs.debitUnsigned - debit;
  written.creditUnsigned += signs.creditUnsigned - credit;
}

/** Whether a total equals the counted one, or the one of the amounts as written, with or without their signs. */
export function isTotal(declared: Ore, side: 'debit' | 'credit', { written, debit, credit }: AuditBook): boolean {
  const counted = side === 'debit' ? debit : credit;
  const signed = counted + written[side];
  return [counted, signed, -signed, counted + written[`${side}Unsigned`]].includes(declared);
}

/**
 * Whether negative credit balances are credit: then both openings and closings sum to zero, and as debit they do not.
 */
export function creditBalancesTurned(balances: readonly Balances[]): boolean {
  const sums = { opening: 0n, openingTurned: 0n, closing: 0n, closingTurned: 0n };
  for (const { openingDebit, openingCredit, closingDebit, closingCredit } of balances) {
    sums.opening += (openingDebit ?? 0n) - (openingCredit ?? 0n);
    sums.openingTurned += (openingDebit ?? 0n) + unsigned(openingCredit ?? 0n);
    sums.closing += (closingDebit ?? 0n) - (closingCredit ?? 0n);
    sums.closingTurned += (closingDebit ?? 0n) + unsigned(closingCredit ?? 0n);
  }
  if (sums.openingTurned !== 0n || sums.closingTurned !== 0n) return false;
  return sums.opening !== 0n || sums.closing !== 0n;
}

/** The balances, with credit that was written with a minus sign as credit. */
export function withCreditTurned(balances: Balances): Balances {
  const { openingCredit, closingCredit } = balances;
  return {
    openingDebit: balances.openingDebit,
    openingCredit: openingCredit == null ? openingCredit : -unsigned(openingCredit),
    closingDebit: balances.closingDebit,
    closingCredit: closingCredit == null ? closingCredit : -unsigned(closingCredit),
  };
}
