import type { Ore } from '../../kernel/money.ts';
import { carriesForward, compareAccounts, type ReportAccount, type ReportChart } from '../printed/report-chart.ts';
import type { AccountAmount } from './account-amounts.ts';

export interface BalanceSheetRow {
  account: ReportAccount;
  /** debit − credit */
  balance: Ore;
}

/** Balanse. Amounts are debit − credit; without a filter on dimensions everything sums to zero. */
export interface BalanceSheet {
  /** In statement order, accounts without balance left out. */
  rows: BalanceSheetRow[];
  assets: Ore;
  equity: Ore;
  liabilities: Ore;
  /**
   * Total of the income, cost and appropriation accounts from the beginning: the result of this year so far and of
   * earlier years, unless transferred to equity. Included in `equity`. Not posted anywhere.
   */
  unappropriated: Ore;
}

/** `amounts`: of all accounts, from the beginning up to the day. */
export function balanceSheet(amounts: readonly AccountAmount[], chart: ReportChart): BalanceSheet {
  const rows = new Map<string, BalanceSheetRow>();
  const sheet = { assets: 0n, equity: 0n, liabilities: 0n, unappropriated: 0n };
  for (const { accountCode, amount } of amounts) {
    const account = chart(accountCode);
    if (!carriesForward(account)) {
      sheet.unappropriated += amount;
      continue;
    }
    const row = rows.get(accountCode);
    if (row) row.balance += amount;
    else rows.set(accountCode, { account, balance: amount });
    sheet[sideOf(account)] += amount;
  }
  sheet.equity += sheet.unappropriated;
  const shown = [...rows.values()].filter(({ balance }) => balance !== 0n);
  return { rows: shown.sort((a, b) => compareAccounts(a.account, b.account)), ...sheet };
}

export type BalanceSheetSide = 'assets' | 'equity' | 'liabilities';

/** By the groups of the account, which is where a reader looks for it. */
export function sideOf({ groups }: ReportAccount): BalanceSheetSide {
  if (groups[0].code === ASSETS) return 'assets';
  return groups[1].code === EQUITY ? 'equity' : 'liabilities';
}

/** Codes of the groups that the statement consists of. */
export const ASSETS = '1000';
export const EQUITY_AND_LIABILITIES = '2000';
export const EQUITY = '2100';
/** Årets resultat, of the national chart. */
export const RESULT_ACCOUNT = '8800';
/** Opptjent egenkapital, which shows the unappropriated result. */
export const RETAINED = '2120';
