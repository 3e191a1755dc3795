import { addDays, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { ASSET_ROLES } from '../depreciation/asset-roles.ts';

/** The amounts of an asset at the end of a day. */
export interface AssetAmounts {
  /** Total debits and credits on its cost accounts. */
  costDebit: Ore;
  costCredit: Ore;
  /** The same on accounts of accumulated depreciation. */
  accumulatedDebit: Ore;
  accumulatedCredit: Ore;
  /** Debit − credit on accounts of depreciation. */
  charged: Ore;
}

export const NO_AMOUNTS: AssetAmounts = {
  costDebit: 0n,
  costCredit: 0n,
  accumulatedDebit: 0n,
  accumulatedCredit: 0n,
  charged: 0n,
};

// Earlier months from balances; the current month from lines up to the day.
const AMOUNTS = `
with ${ASSET_ROLES}, sets as (
  select value_id, dimension_set_id from dimension_set_members where client_account_id = $1 and dimension_type = 'asset'
), amounts as (
  select account_code, dimension_set_id, debit, credit from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and month < $2 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, debit, credit from balance_deltas
  where client_account_id = $1 and month < $2 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, debit, credit from journal_entry_lines
  where client_account_id = $1 and account_code in (select account_code from roles) and entry_date between $2 and $3
    and dimension_set_id in (select dimension_set_id from sets)
)
select s.value_id as asset_id, r.role, sum(a.debit) as debit, sum(a.credit) as credit
from amounts a join roles r using (account_code) join sets s using (dimension_set_id)
group by s.value_id, r.role`;

/** The amounts of each asset at the end of a day, posted entries only. Assets without postings are left out. */
export async function readAssetAmounts(
  tx: Transaction,
  clientAccountId: number,
  day: LocalDate,
): Promise<Map<number, AssetAmounts>> {
  // The balances include the whole month when the day is its last.
  const next = addDays(day, 1);
  const month = startOfMonth(next);
  const rows = await tx.named<{
    asset_id: number;
    role: 'cost' | 'accumulated' | 'charge';
    debit: string;
    credit: string;
  }>('asset-amounts', AMOUNTS, [clientAccountId, month, day]);
  const assets = new Map<number, AssetAmounts>();
  for (const row of rows) {
    const [debit, credit] = [ore(row.debit), ore(row.credit)];
    const amounts = { ...(assets.get(row.asset_id) ?? NO_AMOUNTS) };
    if (row.role === 'charge') amounts.charged += debit - credit;
    else {
      amounts[`${row.role}Debit`] += debit;
      amounts[`${row.role}Credit`] += credit;
    }
    assets.set(row.asset_id, amounts);
  }
  return assets;
}
