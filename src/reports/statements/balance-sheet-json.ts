import { amountAsNumber } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { entriesLink, incomeStatementLink, ledgerLink } from '../foundations/report-links.ts';
import type { BalanceSheetReport } from './balance-sheet-get.ts';
import { BALANCE_SHEET_TEXTS } from './balance-sheet-texts.ts';
import { Grouping, groupingOf } from '../foundations/account-grouping.ts';

export const BalanceSheetView = strict({
  rows: Type.Array(
    strict({
      grouping: Grouping,
      account_code: Type.String({
        description: 'Of the result that is not appropriated: 8800, the account by which it will be transferred',
      }),
      account_name: Type.String({ description: 'As the account was named on report_date' }),
      balance: Type.Number({ description: 'Debit − credit at the end of report_date' }),
      is_computed: Type.Boolean({
        description: 'true on one row: the result that is not appropriated, which is posted nowhere yet',
      }),
      links: strict({
        lines: nullable(Type.String({ description: 'The entries behind the row since the fiscal year began' })),
        general_ledger: nullable(Type.String({ description: 'The lines behind the row since the fiscal year began' })),
        income_statement: nullable(Type.String({ description: 'What the result that is not appropriated is made of' })),
      }),
    }),
  ),
  totals: strict({
    assets: Type.Number({ description: 'Debit − credit, as the rows' }),
    equity: Type.Number({ description: 'With the result that is not appropriated' }),
    liabilities: Type.Number(),
    unappropriated_result: Type.Number({
      description: 'Of this year so far and of earlier years that were not transferred to equity; a profit is negative',
    }),
    difference: Type.Number({
      description: 'assets + equity + liabilities: 0, but where the report is narrowed to dimensions',
    }),
  }),
});
export type BalanceSheetView = Static<typeof BalanceSheetView>;

export function balanceSheetView(report: BalanceSheetReport, language: Language): BalanceSheetView {
  const { sheet, clientAccountId, filter, includeDrafts, date, yearStart, resultGroups } = report;
  const source = { clientAccountId, filter, includeDrafts, range: { from: yearStart, to: date } };
  const rows: BalanceSheetView['rows'] = sheet.rows.map(({ account, balance }) => ({
    grouping: groupingOf(account.groups, language),
    account_code: account.code,
    account_name: account.name[language],
    balance: amountAsNumber(balance),
    is_computed: false,
    links: {
      lines: entriesLink(source, account.code),
      general_ledger: ledgerLink(source, account.code),
      income_statement: null,
    },
  }));
  if (sheet.unappropriated !== 0n) {
    const after = sheet.rows.findLastIndex(({ account }) => account.groups[2].code <= resultGroups[2].code);
    rows.splice(after + 1, 0, {
      grouping: groupingOf(resultGroups, language),
      account_code: report.resultAccount,
      account_name: BALANCE_SHEET_TEXTS.unappropriated[language],
      balance: amountAsNumber(sheet.unappropriated),
      is_computed: true,
      links: { lines: null, general_ledger: null, income_statement: incomeStatementLink(source) },
    });
  }
  return {
    rows,
    totals: {
      assets: amountAsNumber(sheet.assets),
      equity: amountAsNumber(sheet.equity),
      liabilities: amountAsNumber(sheet.liabilities),
      unappropriated_result: amountAsNumber(sheet.unappropriated),
      difference: amountAsNumber(sheet.assets + sheet.equity + sheet.liabilities),
    },
  };
}
