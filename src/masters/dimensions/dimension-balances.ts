import sql from 'sql-template-tag';
import { amountAsNumber, formatAmount, ore, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import { mastersErrors } from '../errors.ts';

export interface DimensionBalance {
  accountCode: string;
  /** Debit − credit in øre, never zero. */
  balance: Ore;
}

/**
 * Balances on values of a dimension: per value, the accounts whose lines with that value do not sum to zero, by
 * account. Posted entries only.
 */
export async function dimensionBalances(
  tx: Transaction,
  clientAccountId: number,
  dimensionType: string,
  valueIds: readonly number[],
): Promise<Map<number, DimensionBalance[]>> {
  const members = await tx.rows<{ value_id: number; dimension_set_id: number }>(sql`
    select value_id, dimension_set_id from dimension_set_members
    where client_account_id = ${clientAccountId} and dimension_type = ${dimensionType}
      and value_id = any(${[...valueIds]}::bigint[])`);
  // The sets as values, so that their balances are found by index, however many other sets exist.
  const sets = [...new Set(members.map((member) => member.dimension_set_id))];
  const rows = await tx.rows<{ value_id: number; account_code: string; balance: string }>(sql`
    select s.value_id, b.account_code, sum(b.debit) - sum(b.credit) as balance
    from unnest(${members.map((member) => member.value_id)}::bigint[],
      ${members.map((member) => member.dimension_set_id)}::int[]) as s (value_id, dimension_set_id)
    join (
      select dimension_set_id, account_code, debit, credit from account_balances
      where client_account_id = ${clientAccountId} and dimension_set_id <> 0
        and dimension_set_id = any(${sets}::int[])
      union all
      select dimension_set_id, account_code, debit, credit from balance_deltas
      where client_account_id = ${clientAccountId} and dimension_set_id = any(${sets}::int[])
    ) b on b.dimension_set_id = s.dimension_set_id
    group by s.value_id, b.account_code
    having sum(b.debit) <> sum(b.credit)
    order by s.value_id, b.account_code`);
  const balances = new Map<number, DimensionBalance[]>(valueIds.map((id) => [id, []]));
  for (const row of rows)
    balances.get(row.value_id)!.push({ accountCode: row.account_code, balance: ore(row.balance) });
  return balances;
}

/** The `statistics` relation of a value. */
export const BalanceStatistics = strict(
  { balances: Type.Array(strict({ account_code: Type.String(), balance: Type.Number() })) },
  { title: 'BalanceStatistics' },
);

export function balanceStatistics(balances: readonly DimensionBalance[]) {
  return {
    balances: balances.map(({ accountCode, balance }) => ({
      account_code: accountCode,
      balance: amountAsNumber(balance),
    })),
  };
}

/**
 * Refuses to deactivate a value while an account that requires its dimension has a balance on it. Call it under the row
 * lock of the client account, so that no posting comes in between. Throws `masters.has_balance`.
 */
export async function refuseOpenBalances(
  tx: Transaction,
  clientAccountId: number,
  dimensionType: string,
  valueId: number,
  what: Text,
): Promise<void> {
  const balances = (await dimensionBalances(tx, clientAccountId, dimensionType, [valueId])).get(valueId)!;
  if (balances.length === 0) return;
  const demanding = await tx.rows<{ account_code: string }>(sql`
    select coalesce(c.account_code, g.account_code) as account_code
    from (select account_code, mandatory_dimensions from client_gl_accounts where client_account_id = ${clientAccountId}) c
    full join gl_accounts g on g.account_code = c.account_code
    where ${dimensionType} = any(coalesce(c.mandatory_dimensions, g.mandatory_dimensions))`);
  const codes = new Set(demanding.map((row) => row.account_code));
  const open = balances.filter(({ accountCode }) => codes.has(accountCode));
  if (open.length === 0) return;
  const listed = (account: string) =>
    open.map(({ accountCode, balance }) => `${account} ${accountCode}: ${formatAmount(balance)}`).join(', ');
  throw mastersErrors.has_balance({
    what_nb: what.nb,
    what_en: what.en,
    balances: listed('account'),
    balances_nb: listed('konto'),
    accounts: open.map(({ accountCode, balance }) => ({ account_code: accountCode, balance: formatAmount(balance) })),
  });
}
