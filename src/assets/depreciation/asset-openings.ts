import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { ASSET_ROLES } from './asset-roles.ts';
import { type Month, monthNumber } from './month.ts';

/** Opening amounts of an asset in these books: not a purchase, whatever the date. */
export interface AssetOpening {
  date: LocalDate;
  cost: Ore;
  /** Depreciated before, positive. */
  accumulated: Ore;
  /** The entry is marked as an import; not inferred from its lines. */
  isImported: boolean;
}

/** The source of the entry that assigns account balances to assets after an import. */
export const OPENING_SOURCE = 'asset-opening';

// An entry that brings both cost and accumulated depreciation is not a purchase, whatever its origin. Its month is
// found in the balances; only lines of such months are read.
const OPENINGS = `
with ${ASSET_ROLES}, sets as (
  select value_id, dimension_set_id from dimension_set_members
  where client_account_id = $1 and dimension_type = 'asset' and ($2::bigint[] is null or value_id = any ($2::bigint[]))
), months as (
  select account_code, dimension_set_id, month, debit - credit as amount from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, month, debit - credit from balance_deltas
  where client_account_id = $1 and dimension_set_id in (select dimension_set_id from sets)
), candidates as (
  select s.value_id as asset_id, m.month
  from months m join roles r using (account_code) join sets s using (dimension_set_id)
  group by 1, 2
  having sum(m.amount) filter (where r.role = 'cost') > 0 and sum(m.amount) filter (where r.role = 'accumulated') < 0
), found as (
  select l.entry_id, c.asset_id, l.entry_date,
    coalesce(sum(l.debit - l.credit) filter (where r.role = 'cost'), 0) as cost,
    coalesce(sum(l.credit - l.debit) filter (where r.role = 'accumulated'), 0) as accumulated
  from candidates c
  join sets s on s.value_id = c.asset_id
  join journal_entry_lines l on l.client_account_id = $1 and l.account_code in (select account_code from roles)
    and l.entry_date >= c.month and l.entry_date < c.month + interval '1 month' and l.dimension_set_id = s.dimension_set_id
  join roles r on r.account_code = l.account_code
  group by 1, 2, 3
  having sum(l.debit - l.credit) filter (where r.role = 'cost') > 0
    and sum(l.credit - l.debit) filter (where r.role = 'accumulated') > 0 and count(*) filter (where r.role = 'charge') = 0
  union
  select l.entry_id, s.value_id, l.entry_date,
    coalesce(sum(l.debit - l.credit) filter (where r.role = 'cost'), 0),
    coalesce(sum(l.credit - l.debit) filter (where r.role = 'accumulated'), 0)
  from journal_entries e
  join journal_entry_lines l on l.client_account_id = $1 and l.entry_id = e.id
  join sets s on s.dimension_set_id = l.dimension_set_id
  join roles r on r.account_code = l.account_code
  where e.client_account_id = $1 and e.source in ('saf-t-opening', '${OPENING_SOURCE}') and r.role <> 'charge'
  group by 1, 2, 3
)
select f.asset_id, f.entry_date, e.source in ('saf-t-opening', '${OPENING_SOURCE}') as is_imported,
  sum(f.cost)::bigint as cost, sum(f.accumulated)::bigint as accumulated
from found f
join journal_entries e on e.client_account_id = $1 and e.id = f.entry_id
where e.cancels_entry_id is null
  and not exists (select from journal_entries c where c.client_account_id = $1 and c.cancels_entry_id = f.entry_id)
group by 1, 2, 3 order by 1, 2`;

interface OpeningRow {
  asset_id: number;
  entry_date: LocalDate;
  is_imported: boolean;
  cost: number;
  accumulated: number;
}

/** The openings of all assets, or of the given ones, by asset. */
export async function readOpenings(
  tx: Transaction,
  clientAccountId: number,
  assetIds: readonly number[] | null,
): Promise<Map<number, AssetOpening[]>> {
  const rows = await tx.named<OpeningRow>('asset-openings', OPENINGS, [
    clientAccountId,
    assetIds && `{${assetIds.join(',')}}`,
  ]);
  const openings = new Map<number, AssetOpening[]>();
  for (const row of rows) {
    const opening = {
      date: row.entry_date,
      cost: ore(row.cost),
      accumulated: ore(row.accumulated),
      isImported: row.is_imported,
    };
    openings.set(row.asset_id, [...(openings.get(row.asset_id) ?? []), opening]);
  }
  return openings;
}

/** The month that an opening balance opens: dated on the last day of a month, it opens the next one. */
export function openedMonth(date: LocalDate): Month {
  return monthNumber(addDays(date, 1));
}
