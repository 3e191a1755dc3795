import { amountAsNumber, type Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { entriesLink, ledgerLink } from '../foundations/report-links.ts';
import { RESULT_KEYS } from './income-statement.ts';
import type { IncomeStatementReport } from './income-statement-get.ts';
import { INCOME_STATEMENT_TEXTS } from './income-statement-texts.ts';
import { Grouping, groupingOf } from '../foundations/account-grouping.ts';

const Movements = (description: string) =>
  Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), Type.Number(), { description });

const Range = { date_from: Type.String(), date_to: Type.String() };

export const IncomeStatementView = strict({
  rows: Type.Array(
    strict({
      grouping: Grouping,
      account_code: Type.String(),
      account_name: Type.String({ description: 'As the account was named on date_to' }),
      period_debit_movements: Movements(
        'By key of `periods`. Credit − debit of an income account, debit − credit of any other: normally positive',
      ),
      compared_debit_movements: Type.Optional(Movements('The same of the periods a year earlier, under the same keys')),
      links: strict({
        lines: Type.String({ description: 'The entries behind the row' }),
        general_ledger: Type.String({ description: 'The lines behind the row, with balances' }),
      }),
    }),
  ),
  periods: Type.Array(
    strict({
      key: Type.String({ description: '1 to 12 by calendar month, going on with 13 in the following year' }),
      ...Range,
      compared_with: Type.Optional(strict(Range)),
    }),
  ),
  results: Type.Array(
    strict({
      key: Type.Enum([...RESULT_KEYS]),
      name: Type.String(),
      period_movements: Movements(
        'Computed, posted nowhere: income − cost, so a profit is positive; operating_expenses and tax are positive as costs',
      ),
      total: Type.Number(),
      compared_movements: Type.Optional(Movements('A year earlier')),
      compared_total: Type.Optional(nullable(Type.Number())),
    }),
  ),
});
export type IncomeStatementView = Static<typeof IncomeStatementView>;

export function incomeStatementView(report: IncomeStatementReport, language: Language): IncomeStatementView {
  const { statement, periods, compared } = report;
  const movements = (amounts: readonly Ore[]) => {
    const byKey: Record<string, number> = {};
    for (const [at, { key }] of periods.entries()) byKey[key] = amountAsNumber(amounts[at]!);
    return byKey;
  };
  return {
    rows: statement.rows.map(({ account, amounts, compared: earlier }) => ({
      grouping: groupingOf(account.groups, language),
      account_code: account.code,
      account_name: account.name[language],
      period_debit_movements: movements(amounts),
      ...(earlier ? { compared_debit_movements: movements(earlier) } : {}),
      links: { lines: entriesLink(report, account.code), general_ledger: ledgerLink(report, account.code) },
    })),
    periods: periods.map(({ key, from, to }, at) => ({
      key,
      date_from: from,
      date_to: to,
      ...(compared
        ? { compared_with: { date_from: compared.periods[at]!.from, date_to: compared.periods[at]!.to } }
        : {}),
    })),
    results: statement.results.map(({ key, amounts, compared: earlier }) => ({
      key,
      name: INCOME_STATEMENT_TEXTS[key][language],
      period_movements: movements(amounts),
      total: amountAsNumber(total(amounts)),
      ...(earlier ? { compared_movements: movements(earlier), compared_total: amountAsNumber(total(earlier)) } : {}),
    })),
  };
}

export function total(amounts: readonly Ore[]): Ore {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}
