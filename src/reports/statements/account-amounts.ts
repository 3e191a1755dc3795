import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { readDraftAmounts } from '../figures/draft-figures.ts';
import type { KnownAt } from '../figures/known-at.ts';
import { knownBy, knownLinesStatement } from '../figures/known-figures.ts';
import { accountAmountsStatement, type AmountsQuestion } from './account-amounts-statement.ts';

/** Debit − credit of an account. Several rows for one account and month add up. */
export interface AccountAmount {
  accountCode: string;
  /** First day of its month if amounts are by month; otherwise empty. */
  month: LocalDate;
  amount: Ore;
}

interface AmountRow {
  account_code: string;
  month?: LocalDate;
  amount: number;
}

export interface AmountsAsked extends AmountsQuestion {
  includeDrafts: boolean;
  known: KnownAt | null;
}

/** Amounts of accounts over a range of days, from month balances where possible. */
export async function readAccountAmounts(tx: Transaction, asked: AmountsAsked): Promise<AccountAmount[]> {
  const { known, includeDrafts } = asked;
  const amounts: AccountAmount[] = [];
  if (known === null || knownBy(known) === 'less') {
    const { name, text, values } = accountAmountsStatement(asked);
    const rows = await tx.named<AmountRow>(name, text, values);
    for (const row of rows)
      amounts.push({ accountCode: row.account_code, month: row.month ?? '', amount: ore(row.amount) });
  }
  if (known !== null) amounts.push(...(await readKnownAmounts(tx, asked, known)));
  if (includeDrafts) {
    const { from, to, filter, by, accountCodes } = asked;
    const drafts = await readDraftAmounts(tx, asked.clientAccountId, { from: from ?? '0001-01-01', to }, filter);
    const wanted = accountCodes && new Set(accountCodes);
    for (const draft of drafts)
      if (!wanted || wanted.has(draft.accountCode)) amounts.push(by === 'month' ? draft : { ...draft, month: '' });
  }
  return amounts;
}

async function readKnownAmounts(tx: Transaction, asked: AmountsAsked, known: KnownAt): Promise<AccountAmount[]> {
  const { from, accountCodes } = asked;
  const { name, text, values } = knownLinesStatement({
    ...asked,
    known,
    from: from ?? undefined,
    columns: [
      { name: 'account_code', expression: () => 'l.account_code' },
      ...(asked.by === 'month'
        ? [{ name: 'month', expression: () => `date_trunc('month', l.entry_date::timestamp)::date` }]
        : []),
    ],
  });
  const rows = await tx.named<{ account_code: string; month?: LocalDate; debit: number; credit: number }>(
    name,
    text,
    values,
  );
  const sign = knownBy(known) === 'only' ? 1n : -1n;
  const wanted = accountCodes && new Set(accountCodes);
  return rows
    .filter((row) => !wanted || wanted.has(row.account_code))
    .map((row) => ({
      accountCode: row.account_code,
      month: row.month ?? '',
      amount: sign * (ore(row.debit) - ore(row.credit)),
    }));
}
