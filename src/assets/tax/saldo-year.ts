import { divideRounded, type Ore } from '../../kernel/money.ts';
import type { SaldoGroup } from '../asset-class.ts';
import type { Share } from '../depreciation/plan.ts';

/**
 * A balance of the tax return for one income year: a pool of a group, or one asset of a group that is kept asset by
 * asset. Amounts in øre; amounts that reduce the balance are positive too.
 */
export interface SaldoYear {
  group: SaldoGroup;
  opening: Ore;
  additions: Ore;
  grants: Ore;
  vatAdjustment: Ore;
  /** Price of disposed assets. */
  consideration: Ore;
  /** The part of the consideration that is recognised as income at once instead of reducing the balance. */
  incomeAtOnce: Ore;
  rate: Share;
  /** A balance below the limit may be deducted whole (skatteloven § 14-47). */
  deductSmallBalance: boolean;
  /** For a group that is kept asset by asset: the asset was not owned at the end of the year. */
  gone: boolean;
}

export interface SaldoResult {
  basis: Ore;
  depreciation: Ore;
  /** The part of the depreciation that deducts a small balance. */
  smallBalance: Ore;
  /** A negative balance recognised as income. */
  income: Ore;
  /** To the gain and loss account: a gain is positive. */
  toGainAndLoss: Ore;
  closing: Ore;
}

/** Kept asset by asset, j building by building; the others are pooled for the whole business (skatteloven § 14-41). */
export function isPooled(group: SaldoGroup): boolean {
  return 'abcd'.includes(group);
}

/** skatteloven § 14-40, § 14-47: from 2024. */
export function smallBalanceLimit(year: number): Ore {
  return year >= 2024 ? 3_000_000n : 1_500_000n;
}

/**
 * One year of a balance (skatteloven § 14-43 to § 14-47): a full year's rate whatever the date of purchase, none on an
 * asset that was gone at the end of the year. In the groups a, c, d and j a negative balance is income at the rate or
 * more, in full if small; in b and, once the asset is gone, e to i, it goes to the gain and loss account.
 */
export function saldoYear(saldo: SaldoYear, year: number): SaldoResult {
  const basis =
    saldo.opening + saldo.additions - saldo.grants + saldo.vatAdjustment - saldo.consideration + saldo.incomeAtOnce;
  const none = { basis, depreciation: 0n, smallBalance: 0n, income: 0n, toGainAndLoss: 0n, closing: basis };
  if ('efghi'.includes(saldo.group) && saldo.gone) return { ...none, toGainAndLoss: -basis, closing: 0n };
  const limit = smallBalanceLimit(year);
  if (basis < 0n) {
    if (saldo.group === 'b') return { ...none, toGainAndLoss: -basis, closing: 0n };
    const income = -basis < limit ? -basis : shareOf(-basis, saldo.rate);
    return { ...none, income, closing: basis + income };
  }
  if (saldo.deductSmallBalance && basis < limit) {
    return { ...none, depreciation: basis, smallBalance: basis, closing: 0n };
  }
  const depreciation = shareOf(basis, saldo.rate);
  return { ...none, depreciation, closing: basis - depreciation };
}

export interface GainAndLossYear {
  opening: Ore;
  /** Gains less losses transferred to it. */
  added: Ore;
  /** Of the fiscal year; 12 if not given. */
  months?: number;
}

/**
 * The gain and loss account (skatteloven § 14-45): at least a fifth of a gain is income, at most a fifth of a loss is
 * deducted; a small balance is taken in full. For a fiscal year of other than 12 months a share of it, months/12 with
 * two decimals.
 */
export function gainAndLossYear({ opening, added, months = 12 }: GainAndLossYear, year: number) {
  const basis = opening + added;
  const limit = smallBalanceLimit(year);
  const size = basis < 0n ? -basis : basis;
  const part = size < limit ? size : least(divideRounded(size * divideRounded(BigInt(months) * 100n, 12n), 500n), size);
  return basis > 0n
    ? { basis, income: part, deduction: 0n, closing: basis - part }
    : { basis, income: 0n, deduction: part, closing: basis + part };
}

function least(a: Ore, b: Ore): Ore {
  return a < b ? a : b;
}

function shareOf(amount: Ore, { numerator, denominator }: Share): Ore {
  return divideRounded(amount * numerator, denominator);
}
