import { ore, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/** What happened to an asset in a calendar year, for the tax return. */
export interface AssetTaxYear {
  /** Cost that came in, less what was taken back; without opening entries of imported books and without disposals. */
  additions: Ore;
  /** Paid for it, without VAT, when it was disposed of. */
  consideration: Ore;
  disposed: boolean;
}

// Cost by year from balances; opening entries and disposals are taken out by their own lines.
const COST = `
with cost_accounts as (
  select coalesce(c.account_code, g.account_code) as account_code
  from (
    select account_code, flags, mandatory_dimensions, account_type from client_gl_accounts where client_account_id = $1
  ) c
  full join gl_accounts g on g.account_code = c.account_code
  where 'asset' = any (coalesce(c.mandatory_dimensions, g.mandatory_dimensions))
    and not 'accumulated' = any (coalesce(c.flags, g.flags))
    and coalesce(c.account_type, g.account_type) = 'asset'
    and not exists (select from asset_class_accounts a
      where a.client_account_id = $1 and a.accumulated_account = coalesce(c.account_code, g.account_code))
), sets as (
  select value_id, dimension_set_id from dimension_set_members where client_account_id = $1 and dimension_type = 'asset'
), other_entries as (
  select id from journal_entries where client_account_id = $1 and source = 'saf-t-opening'
  union
  select entry_id from asset_disposals where client_account_id = $1
  union
  select c.id from asset_disposals d
  join journal_entries c on c.client_account_id = d.client_account_id and c.cancels_entry_id = d.entry_id
  where d.client_account_id = $1
), amounts as (
  select account_code, dimension_set_id, extract(year from month)::int as year, debit - credit as amount
  from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, extract(year from month)::int, debit - credit from balance_deltas
  where client_account_id = $1 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select l.account_code, l.dimension_set_id, extract(year from l.entry_date)::int, l.credit - l.debit
  from other_entries e
  join journal_entry_lines l on l.client_account_id = $1 and l.entry_id = e.id
  where l.dimension_set_id in (select dimension_set_id from sets)
)
select s.value_id as asset_id, a.year, sum(a.amount) as amount
from amounts a join cost_accounts using (account_code) join sets s using (dimension_set_id)
group by s.value_id, a.year having sum(a.amount) <> 0`;

// A disposal whose entry was cancelled never was.
const DISPOSALS = `
select d.asset_id, extract(year from d.disposed_on)::int as year, d.proceeds
from standing_disposals d
where d.client_account_id = $1`;

/** By asset and year. */
export async function readTaxYears(
  tx: Transaction,
  clientAccountId: number,
): Promise<Map<number, Map<number, AssetTaxYear>>> {
  const cost = await tx.named<{ asset_id: number; year: number; amount: string }>('tax-cost', COST, [clientAccountId]);
  const disposals = await tx.named<{ asset_id: number; year: number; proceeds: number }>('tax-disposals', DISPOSALS, [
    clientAccountId,
  ]);
  const assets = new Map<number, Map<number, AssetTaxYear>>();
  const at = (assetId: number, year: number): AssetTaxYear => {
    let years = assets.get(assetId);
    if (!years) assets.set(assetId, (years = new Map()));
    let found = years.get(year);
    if (!found) years.set(year, (found = { additions: 0n, consideration: 0n, disposed: false }));
    return found;
  };
  for (const row of cost) at(row.asset_id, row.year).additions += ore(row.amount);
  for (const row of disposals) {
    const year = at(row.asset_id, row.year);
    year.consideration += ore(row.proceeds);
    year.disposed = true;
  }
  return assets;
}
