import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { carriesForward, compareAccounts, type ReportAccount, type ReportChart } from '../printed/report-chart.ts';
import type { AccountAmount } from './account-amounts.ts';

export interface IncomeStatementRow {
  account: ReportAccount;
  /** Per period: credit − debit of an income account, debit − credit of any other. */
  amounts: Ore[];
  /** Per period of the range a year earlier; null if not requested. */
  compared: Ore[] | null;
}

/** A calculated figure of the statement without postings: income − cost, so a profit is positive. */
export interface ResultLine {
  key: ResultKey;
  amounts: Ore[];
  compared: Ore[] | null;
}

/**
 * `operating_income`, `operating_expenses`, `financial_items`, `tax`: subtotals; costs are positive in
 * `operating_expenses` and `tax`. `appropriated`: how the result was used, by debit.
 */
export const RESULT_KEYS = [
  'operating_income',
  'operating_expenses',
  'operating_result',
  'financial_items',
  'result_before_tax',
  'tax',
  'result_for_the_year',
  'appropriated',
] as const;
export type ResultKey = (typeof RESULT_KEYS)[number];

/** Resultatregnskap, artsinndelt (regnskapsloven § 6-1). */
export interface IncomeStatement {
  /** In statement order; accounts without movements left out. */
  rows: IncomeStatementRow[];
  results: ResultLine[];
}

/** The months of a statement, and those of the range it is compared with. */
export interface StatementMonths {
  months: readonly LocalDate[];
  compared: readonly LocalDate[] | null;
}

/** Codes of the outermost groups. */
export const INCOME = '3000';
export const COSTS = '4000';
export const FINANCIAL = '8000';
export const TAX = '8500';
export const APPROPRIATION = '8900';

/** `compared`: the amounts of the range a year earlier. */
export function incomeStatement(
  amounts: readonly AccountAmount[],
  compared: readonly AccountAmount[] | null,
  chart: ReportChart,
  { months, compared: comparedMonths }: StatementMonths,
): IncomeStatement {
  const rows = new Map<string, IncomeStatementRow>();
  const rowOf = (account: ReportAccount) => {
    let row = rows.get(account.code);
    if (!row) {
      const zeros = () => months.map(() => 0n);
      rows.set(account.code, (row = { account, amounts: zeros(), compared: compared && zeros() }));
    }
    return row;
  };
  const spread = (given: readonly AccountAmount[], of: readonly LocalDate[], side: 'amounts' | 'compared') => {
    const places = new Map(of.map((month, place) => [month, place]));
    for (const { accountCode, month, amount } of given) {
      const account = chart(accountCode);
      if (carriesForward(account) || amount === 0n) continue;
      rowOf(account)[side]![places.get(month)!]! += account.type === 'revenue' ? -amount : amount;
    }
  };
  spread(amounts, months, 'amounts');
  if (compared && comparedMonths) spread(compared, comparedMonths, 'compared');
  const shown = [...rows.values()]
    .filter((row) => [...row.amounts, ...(row.compared ?? [])].some((amount) => amount !== 0n))
    .sort((a, b) => compareAccounts(a.account, b.account));
  const results = (side: 'amounts' | 'compared') => resultsOf(shown, months.length, side);
  const [own, earlier] = [results('amounts'), compared && results('compared')];
  return {
    rows: shown,
    results: RESULT_KEYS.map((key) => ({ key, amounts: own[key], compared: earlier && earlier[key] })),
  };
}

function resultsOf(rows: readonly IncomeStatementRow[], count: number, side: 'amounts' | 'compared') {
  const results = Object.fromEntries(
    RESULT_KEYS.map((key) => [key, Array.from({ length: count }, () => 0n)]),
  ) as Record<ResultKey, Ore[]>;
  for (const row of rows) {
    const sum = sumOf(row.account);
    const sign = signIn(row.account, sum);
    row[side]!.forEach((amount, at) => (results[sum][at]! += sign * amount));
  }
  for (let at = 0; at < count; at++) {
    const before = (key: ResultKey) => results[key][at]!;
    results.operating_result[at] = before('operating_income') - before('operating_expenses');
    results.result_before_tax[at] = before('operating_result') + before('financial_items');
    results.result_for_the_year[at] = before('result_before_tax') - before('tax');
  }
  return results;
}

type SumKey = 'operating_income' | 'operating_expenses' | 'financial_items' | 'tax' | 'appropriated';

const SUMS: Record<string, SumKey> = {
  [INCOME]: 'operating_income',
  [COSTS]: 'operating_expenses',
  [FINANCIAL]: 'financial_items',
  [TAX]: 'tax',
  [APPROPRIATION]: 'appropriated',
};

/** The sum that an account belongs to, by its group. */
export function sumOf({ groups }: ReportAccount): SumKey {
  const sum = SUMS[groups[0].code];
  if (!sum) throw new Error(`group ${groups[0].code} is no part of the income statement`);
  return sum;
}

/** The sign with which a row counts in its sum. */
function signIn({ type }: ReportAccount, sum: SumKey): 1n | -1n {
  const bySum = sum === 'operating_income' || sum === 'financial_items' ? 'revenue' : 'expense';
  return (type === 'revenue') === (bySum === 'revenue') ? 1n : -1n;
}
