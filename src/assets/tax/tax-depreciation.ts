import { type LocalDate, yearOf } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { assetClass, type SaldoGroup } from '../asset-class.ts';
import type { AssetRow } from '../asset.ts';
import { shareOf } from '../depreciation/asset-plan.ts';
import {
  gainAndLossYear,
  isPooled,
  type SaldoResult,
  type SaldoYear,
  saldoYear,
  smallBalanceLimit,
} from './saldo-year.ts';
import type { AssetTaxYear } from './tax-books.ts';

/** A user's choices for a balance in a year; null means as in the books. */
export interface SaldoChoice {
  year: number;
  group: SaldoGroup | 'gl';
  /** 0 for the pool, or the gain and loss account. */
  assetId: number;
  opening: Ore | null;
  /** A share of one; null: the highest. */
  rate: string | null;
  incomeAtOnce: Ore;
  grants: Ore;
  vatAdjustment: Ore;
  deductSmallBalance: boolean;
}

export interface TaxBalance {
  group: SaldoGroup;
  /** 0 for the pool. */
  assetId: number;
  name: string | null;
  rate: string;
  maximumRate: string;
  saldo: SaldoYear;
  result: SaldoResult;
}

export interface TaxDepreciation {
  year: number;
  balances: TaxBalance[];
  gainAndLoss: { opening: Ore; added: Ore; income: Ore; deduction: Ore; closing: Ore };
  /** Bought below the limit in their first year: deducted at once (skatteloven § 14-40). */
  expensed: { asset: AssetRow; amount: Ore }[];
}

interface TaxSource {
  assets: readonly AssetRow[];
  years: ReadonlyMap<number, ReadonlyMap<number, AssetTaxYear>>;
  choices: readonly SaldoChoice[];
  /** Months of the fiscal year that ends in an income year; 0 if none does. Always 12 if not given. */
  monthsOf?: (year: number) => number;
  /** The income year of a day; its calendar year if not given. */
  acquiredIn?: (day: LocalDate) => number;
}

/**
 * The saldo groups of an income year, computed from the first known year on: each year opens with the previous closing
 * balance, unless a user has chosen otherwise. Pure.
 */
export function taxDepreciation(source: TaxSource, incomeYear: number): TaxDepreciation {
  const { assets, choices, monthsOf = () => 12, acquiredIn = yearOf } = source;
  const years = new Map(
    assets.flatMap((asset) => {
      const own = source.years.get(asset.id);
      return own ? [[asset.id, sinceAcquired(own, acquiredYear(asset, acquiredIn))] as const] : [];
    }),
  );
  const inGroups = assets.filter(({ asset_class: code }) => code && assetClass(code)!.saldoGroup);
  const first = Math.min(
    incomeYear,
    ...[...years.values()].flatMap((of) => [...of.keys()]),
    ...choices.map(({ year }) => year),
  );
  const chosen = new Map(choices.map((choice) => [`${choice.year} ${choice.group} ${choice.assetId}`, choice]));
  const closing = new Map<string, Ore>();
  let account = 0n;
  for (let year = first; ; year++) {
    const months = monthsOf(year);
    if (months === 0 && year < incomeYear) continue;
    const expensed: TaxDepreciation['expensed'] = [];
    const balances = new Map<string, TaxBalance>();
    for (const asset of inGroups) {
      const each = assetClass(asset.asset_class!)!;
      const group = each.saldoGroup!;
      const happened = years.get(asset.id)?.get(year);
      const assetId = isPooled(group) ? 0 : asset.id;
      const key = `${group} ${assetId}`;
      const choice = chosen.get(`${year} ${key}`);
      const rate = choice?.rate ?? each.rate;
      let balance = balances.get(key);
      if (!balance) {
        const opening = choice?.opening ?? closing.get(key) ?? 0n;
        const name = assetId === 0 ? null : asset.name;
        balances.set(
          key,
          (balance = {
            group,
            assetId,
            name,
            rate,
            maximumRate: each.rate,
            saldo: begin(group, opening, rate, choice),
            result: NOTHING,
          }),
        );
      }
      if (!happened) continue;
      if (isSmallAsset(years.get(asset.id)!, year, acquiredYear(asset, acquiredIn))) {
        expensed.push({ asset, amount: happened.additions });
      } else balance.saldo.additions += happened.additions;
      balance.saldo.consideration += happened.consideration;
      if (happened.disposed) balance.saldo.gone = true;
    }
    let added = 0n;
    for (const [key, balance] of balances) {
      balance.result = saldoYear(balance.saldo, year);
      closing.set(key, balance.result.closing);
      added += balance.result.toGainAndLoss;
    }
    const opening = chosen.get(`${year} gl 0`)?.opening ?? account;
    const { income, deduction, closing: rest } = gainAndLossYear({ opening, added, months }, year);
    account = rest;
    if (year === incomeYear) {
      return {
        year,
        balances: [...balances.values()].filter(isShown).toSorted(inOrder),
        gainAndLoss: { opening, added, income, deduction, closing: rest },
        expensed,
      };
    }
  }
}

const NOTHING: SaldoResult = {
  basis: 0n,
  depreciation: 0n,
  smallBalance: 0n,
  income: 0n,
  toGainAndLoss: 0n,
  closing: 0n,
};

function begin(group: SaldoGroup, opening: Ore, rate: string, choice: SaldoChoice | undefined): SaldoYear {
  return {
    group,
    opening,
    additions: 0n,
    grants: choice?.grants ?? 0n,
    vatAdjustment: choice?.vatAdjustment ?? 0n,
    consideration: 0n,
    incomeAtOnce: choice?.incomeAtOnce ?? 0n,
    rate: shareOf(rate),
    deductSmallBalance: choice?.deductSmallBalance ?? false,
    gone: false,
  };
}

function acquiredYear({ acquisition_date: day }: AssetRow, acquiredIn: (day: LocalDate) => number): number | null {
  return day === null ? null : acquiredIn(day);
}

/** Prepayments are cost of the year in which the asset was acquired. */
function sinceAcquired(
  years: ReadonlyMap<number, AssetTaxYear>,
  acquired: number | null,
): ReadonlyMap<number, AssetTaxYear> {
  const ahead =
    acquired === null ? [] : [...years].filter(([year, { additions }]) => year < acquired && additions !== 0n);
  if (ahead.length === 0) return years;
  const moved = new Map(years);
  for (const [year, happened] of ahead) moved.set(year, { ...happened, additions: 0n });
  const own = moved.get(acquired!) ?? { additions: 0n, consideration: 0n, disposed: false, cameWith: false };
  const paid = ahead.reduce((sum, [, { additions }]) => sum + additions, 0n);
  return moved.set(acquired!, { ...own, additions: own.additions + paid });
}

/**
 * Below the limit in the year of purchase, and therefore deducted at once (skatteloven § 14-40). An improvement is not:
 * the asset had earlier cost, or existed before the books. Nor is a prepayment for a large asset, which the following
 * year shows if there is no date of acquisition.
 */
function isSmallAsset(years: ReadonlyMap<number, AssetTaxYear>, year: number, acquired: number | null): boolean {
  const { additions } = years.get(year)!;
  if (additions <= 0n || additions >= smallBalanceLimit(year)) return false;
  if (acquired !== null && acquired < year) return false;
  for (const [other, happened] of years)
    if (other <= year && (happened.cameWith || (other < year && happened.additions !== 0n))) return false;
  const next = acquired === null ? (years.get(year + 1)?.additions ?? 0n) : 0n;
  return next < smallBalanceLimit(year + 1);
}

function isShown({ saldo, result }: TaxBalance): boolean {
  return saldo.opening !== 0n || saldo.additions !== 0n || saldo.consideration !== 0n || result.basis !== 0n;
}

function inOrder(a: TaxBalance, b: TaxBalance): number {
  return a.group < b.group ? -1 : a.group > b.group ? 1 : a.assetId - b.assetId;
}
