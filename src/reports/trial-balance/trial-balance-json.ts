import { amountAsNumber } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { nullable, strict, type Static, Type } from '../../platform/http/schema.ts';
import { Grouping, groupingOf } from '../foundations/account-grouping.ts';
import { entriesLink } from '../foundations/report-links.ts';
import type { TrialBalanceReport } from './trial-balance-get.ts';

const Amount = (description: string) => Type.Number({ description });

export const TrialBalanceView = strict({
  rows: Type.Array(
    strict({
      grouping: Grouping,
      account_code: Type.String(),
      account_name: Type.String({ description: 'As the account was named on date_to' }),
      incoming_balance: Amount(
        'Debit − credit on the day before date_from; income and expense accounts begin every fiscal year at zero',
      ),
      debit: Amount('Debit in the range'),
      credit: Amount('Credit in the range'),
      outgoing_balance: Amount('incoming_balance + debit − credit'),
      relation_type: nullable(
        Type.Enum(['bank_account', 'customer', 'supplier', 'employee', 'business_partner', 'asset'], {
          description: 'The related entity whose part of the account this row is; the rows of an account add up to it',
        }),
      ),
      relation_id: nullable(Type.Integer()),
      relation_name: nullable(Type.String()),
      links: strict({ lines: Type.String({ description: 'The entries behind the row' }) }),
    }),
  ),
  totals: strict({
    incoming_balance: Type.Number(),
    debit: Type.Number(),
    credit: Type.Number(),
    outgoing_balance: Type.Number(),
    unappropriated_result: Type.Number({
      description:
        'Result of earlier fiscal years not transferred to equity, debit − credit; without a filter it and incoming_balance add up to zero',
    }),
  }),
});
export type TrialBalanceView = Static<typeof TrialBalanceView>;

export function trialBalanceView(report: TrialBalanceReport, language: Language): TrialBalanceView {
  const { balance } = report;
  return {
    rows: balance.rows.map(({ account, relation, incoming, debit, credit, outgoing }) => {
      return {
        grouping: groupingOf(account.groups, language),
        account_code: account.code,
        account_name: account.name[language],
        incoming_balance: amountAsNumber(incoming),
        debit: amountAsNumber(debit),
        credit: amountAsNumber(credit),
        outgoing_balance: amountAsNumber(outgoing),
        relation_type: relation?.type ?? null,
        relation_id: relation?.id ?? null,
        relation_name: relation?.name ?? null,
        links: { lines: entriesLink(report, account.code) },
      };
    }),
    totals: {
      incoming_balance: amountAsNumber(balance.totals.incoming),
      debit: amountAsNumber(balance.totals.debit),
      credit: amountAsNumber(balance.totals.credit),
      outgoing_balance: amountAsNumber(balance.totals.outgoing),
      unappropriated_result: amountAsNumber(balance.unappropriated),
    },
  };
}
