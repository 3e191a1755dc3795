import type { FiscalCalendar, FiscalYear } from '../../kernel/fiscal-year.ts';
import { addDays, localDate, type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { ore, type Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { OPENING_SOURCE, readOpenings } from '../depreciation/asset-openings.ts';

/** The movements of an asset in an income year, for the tax return. */
export interface AssetTaxYear {
  /** Added cost less reversals, without opening entries of imported books and without disposals. */
  additions: Ore;
  /** The price at disposal, without VAT. */
  consideration: Ore;
  disposed: boolean;
  /** Its opening value in that year: bought before the books began. */
  cameWith: boolean;
}

// Cost by month from balances; opening entries and disposals are subtracted by their own lines.
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
  select id from journal_entries where client_account_id = $1 and source in ('saf-t-opening', '${OPENING_SOURCE}')
  union
  select entry_id from asset_disposals where client_account_id = $1
  union
  select c.id from asset_disposals d
  join journal_entries c on c.client_account_id = d.client_account_id and c.cancels_entry_id = d.entry_id
  where d.client_account_id = $1
), amounts as (
  select account_code, dimension_set_id, month, debit - credit as amount
  from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, month, debit - credit from balance_deltas
  where client_account_id = $1 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select l.account_code, l.dimension_set_id, date_trunc('month', l.entry_date::timestamp)::date, l.credit - l.debit
  from other_entries e
  join journal_entry_lines l on l.client_account_id = $1 and l.entry_id = e.id
  where l.dimension_set_id in (select dimension_set_id from sets)
)
select s.value_id as asset_id, a.month, sum(a.amount) as amount
from amounts a join cost_accounts using (account_code) join sets s using (dimension_set_id)
group by s.value_id, a.month having sum(a.amount) <> 0`;

// A disposal with a cancelled entry never counts.
const DISPOSALS = `
select d.asset_id, d.disposed_on, d.proceeds
from standing_disposals d
where d.client_account_id = $1`;

/** By asset and income year: the year in which a fiscal year ends (skatteloven § 14-1). */
export async function readTaxYears(
  tx: Transaction,
  clientAccountId: number,
  calendar: FiscalCalendar,
): Promise<Map<number, Map<number, AssetTaxYear>>> {
  const cost = await tx.named<{ asset_id: number; month: LocalDate; amount: string }>('tax-cost', COST, [
    clientAccountId,
  ]);
  const disposals = await tx.named<{ asset_id: number; disposed_on: LocalDate; proceeds: number }>(
    'tax-disposals',
    DISPOSALS,
    [clientAccountId],
  );
  const openings = await readOpenings(tx, clientAccountId, null);
  const assets = new Map<number, Map<number, AssetTaxYear>>();
  const at = (assetId: number, year: number): AssetTaxYear => {
    let years = assets.get(assetId);
    if (!years) assets.set(assetId, (years = new Map()));
    let found = years.get(year);
    if (!found) years.set(year, (found = { additions: 0n, consideration: 0n, disposed: false, cameWith: false }));
    return found;
  };
  for (const row of cost) at(row.asset_id, incomeYearOf(calendar, row.month)).additions += ore(row.amount);
  for (const row of disposals) {
    const year = at(row.asset_id, incomeYearOf(calendar, row.disposed_on));
    year.consideration += ore(row.proceeds);
    year.disposed = true;
  }
  for (const [assetId, opened] of openings) {
    for (const { date, cost: came, isImported } of opened) {
      const year = at(assetId, incomeYearOf(calendar, date));
      year.cameWith = true;
      // Imported openings are excluded from the cost by their source.
      if (!isImported) year.additions -= came;
    }
  }
  return assets;
}

/** The fiscal year that ends in an income year; null if none does, because it was lengthened. */
export function fiscalYearOfIncomeYear(calendar: FiscalCalendar, year: number): FiscalYear | null {
  const last = calendar.yearAt(localDate(year, 12, 31));
  if (yearOf(last.to) === year) return last;
  const before = calendar.yearAt(addDays(last.from, -1));
  return yearOf(before.to) === year ? before : null;
}

/** The income year of a day (skatteloven § 14-1): the one in which its fiscal year ends. */
export function incomeYearOf(calendar: FiscalCalendar, day: LocalDate): number {
  return yearOf(calendar.yearAt(day).to);
}
