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

/** What a person chose for a balance in a year; what is null is as the books say. */
export interface SaldoChoice {
  year: number;
  group: SaldoGroup | 'gl';
  /** 0: the pool, or the gain and loss account. */
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
  /** 0: the pool. */
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
}

/**
 * The saldo groups of an income year, worked forward from the first year that anything is known of: each year opens with
 * what the year before closed with, unless a person says otherwise. Pure.
 */
export function taxDepreciation({ assets, years, choices }: TaxSource, incomeYear: number): TaxDepreciation {
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
      if (
        isFirstYear(years.get(asset.id)!, year) &&
        happened.additions > 0n &&
        happened.additions < smallBalanceLimit(year)
      ) {
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
    const { income, deduction, closing: rest } = gainAndLossYear({ opening, added }, year);
    account = rest;
    if (year === incomeYear) {
      return {
        year,
        balances: [...balances.values()].filter(isTold).toSorted(inOrder),
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

/** Improvements of an asset go to its balance even when they are small (skatteloven § 14-40). */
function isFirstYear(years: ReadonlyMap<number, AssetTaxYear>, year: number): boolean {
  return year === Math.min(...years.keys());
}

function isTold({ saldo, result }: TaxBalance): boolean {
  return saldo.opening !== 0n || saldo.additions !== 0n || saldo.consideration !== 0n || result.basis !== 0n;
}

function inOrder(a: TaxBalance, b: TaxBalance): number {
  return a.group < b.group ? -1 : a.group > b.group ? 1 : a.assetId - b.assetId;
}
