import sql from 'sql-template-tag';
import { addDays, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { openDay } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { ASSET_ROLES } from '../depreciation/asset-roles.ts';

/** The balance of lines without an asset on an account that requires one. */
export interface UnassignedBalance {
  account: string;
  role: 'cost' | 'accumulated';
  /** Debit − credit, not zero. */
  balance: Ore;
}

// Earlier months from balances; the current month from lines up to the day.
const UNASSIGNED = `
with ${ASSET_ROLES}, with_asset as (
  select dimension_set_id from dimension_set_members where client_account_id = $1 and dimension_type = 'asset'
), amounts as (
  select account_code, dimension_set_id, debit - credit as amount from account_balances
  where client_account_id = $1 and month < $2
  union all
  select account_code, dimension_set_id, debit - credit from balance_deltas where client_account_id = $1 and month < $2
  union all
  select account_code, coalesce(dimension_set_id, 0), debit - credit from journal_entry_lines
  where client_account_id = $1 and account_code in (select account_code from roles) and entry_date between $2 and $3
)
select account_code, role, sum(amount)::bigint as balance
from amounts join roles using (account_code)
where role <> 'charge' and dimension_set_id not in (select dimension_set_id from with_asset)
group by 1, 2 having sum(amount) <> 0 order by 1`;

export async function readUnassigned(
  tx: Transaction,
  clientAccountId: number,
  day: LocalDate,
): Promise<UnassignedBalance[]> {
  const rows = await tx.named<{ account_code: string; role: UnassignedBalance['role']; balance: number }>(
    'unassigned-balances',
    UNASSIGNED,
    [clientAccountId, startOfMonth(addDays(day, 1)), day],
  );
  return rows.map((row) => ({ account: row.account_code, role: row.role, balance: ore(row.balance) }));
}

/**
 * The day of the assets' opening entries: the last one of the imported books, otherwise that of their opening balances;
 * the first open day if it is locked. Null without an import.
 */
export async function openingDay(tx: Transaction, clientAccountId: number): Promise<LocalDate | null> {
  const { imported, opened, locked_until } = await tx.one<
    Record<'imported' | 'opened' | 'locked_until', LocalDate | null>
  >(
    sql`
    select h.locked_until,
      (select max(coalesce(i.selection_end, e.entry_date)) from saf_t_imports i
        join journal_entries e on e.client_account_id = i.client_account_id and e.id = i.last_entry_id
        where i.client_account_id = h.client_account_id and e.source <> 'saf-t-opening') as imported,
      (select max(e.entry_date) from journal_entries e
        where e.client_account_id = h.client_account_id and e.source in ('saf-t-opening', 'asset-opening')) as opened
    from client_account_heads h where h.client_account_id = ${clientAccountId}`,
  );
  const day = imported ?? opened;
  return day && openDay(day, locked_until);
}
