import { type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { wholeSets } from '../../platform/database/whole-sets.ts';
import { openedMonth, readOpenings } from './asset-openings.ts';
import { ASSET_ROLES } from './asset-roles.ts';
import { type Month, monthNumber } from './month.ts';

/** The posted amounts of an asset, by month. */
export interface AssetBooks {
  /** Changes of its value other than depreciation: additions, disposals, reversals. */
  changes: ReadonlyMap<Month, Ore>;
  /**
   * Posted depreciation, by the month it belongs to. A run's entry may be dated later, if its month was locked;
   * depreciation posted by hand belongs to the month of its date.
   */
  charges: ReadonlyMap<Month, Ore>;
  /** The part of the charges that runs posted. The rest was posted by hand, or with a disposal. */
  byRuns: Ore;
  /** Opening amounts in these books, by the month that they open; part of the changes. */
  openings: ReadonlyMap<Month, { cost: Ore; accumulated: Ore }>;
  /** Drafted by a run and not posted yet, by the month it belongs to. */
  drafted: ReadonlyMap<Month, Ore>;
  /** The current value in the ledger. */
  value: Ore;
}

interface MovementRow {
  asset_id: number;
  month: string;
  role: 'value' | 'charge';
  amount: string;
}

const MOVEMENTS = `
with ${ASSET_ROLES}, sets as (
  select value_id, dimension_set_id from dimension_set_members
  where client_account_id = $1 and dimension_type = 'asset' and ($2::bigint[] is null or value_id = any ($2::bigint[]))
), months as (
  select account_code, dimension_set_id, month, debit, credit from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, dimension_set_id, month, debit, credit from balance_deltas
  where client_account_id = $1 and dimension_set_id in (select dimension_set_id from sets)
)
select s.value_id as asset_id, m.month, case r.role when 'charge' then 'charge' else 'value' end as role,
  sum(m.debit) - sum(m.credit) as amount
from months m join roles r using (account_code) join sets s using (dimension_set_id)
group by 1, 2, 3
having sum(m.debit) <> sum(m.credit)`;

// A cancelled entry never counts, whenever it was cancelled: its counter-entry belongs to the month of the entry. Runs
// have separate rules.
const TAKEN_BACK = `
with ${ASSET_ROLES}, sets as (
  select value_id, dimension_set_id from dimension_set_members
  where client_account_id = $1 and dimension_type = 'asset' and ($2::bigint[] is null or value_id = any ($2::bigint[]))
)
select s.value_id as asset_id, o.entry_date as was, c.entry_date as taken_back,
  case when r.role = 'charge' then 'charge' else 'value' end as role, (sum(l.debit) - sum(l.credit))::bigint as amount
from journal_entries c
join journal_entries o on o.client_account_id = c.client_account_id and o.id = c.cancels_entry_id
join journal_entry_lines l on l.client_account_id = $1 and l.entry_id = c.id
join sets s on s.dimension_set_id = l.dimension_set_id
join roles r on r.account_code = l.account_code
where c.client_account_id = $1 and c.cancels_entry_id is not null
  and date_trunc('month', c.entry_date::timestamp) <> date_trunc('month', o.entry_date::timestamp)
  and not exists (select from depreciation_runs d where d.client_account_id = $1 and d.entry_id = o.id)
group by 1, 2, 3, 4`;

interface TakenBackRow {
  asset_id: number;
  was: string;
  taken_back: string;
  role: 'value' | 'charge';
  amount: number;
}

interface RunRow {
  asset_id: number;
  month: string;
  entry_date: string;
  amount: number;
  outcome: 'posted' | 'drafted';
  cancelled_on: string | null;
}

// A posted draft is an ordinary entry; a deleted one never counts.
const RUNS = `
select a.asset_id, r.month, r.entry_date, a.amount, a.outcome, c.entry_date as cancelled_on
from depreciation_runs r
join depreciation_run_assets a on a.client_account_id = r.client_account_id and a.run_id = r.id
left join journal_entries c on c.client_account_id = r.client_account_id and c.cancels_entry_id = r.entry_id
  and a.outcome = 'posted'
where r.client_account_id = $1 and ($2::bigint[] is null or a.asset_id = any ($2::bigint[]))
  and (a.outcome = 'posted' or (a.outcome = 'drafted' and exists (
    select from draft_journal_entries d where d.client_account_id = r.client_account_id and d.id = r.draft_id)))`;

/** Reads the posted amounts of all assets or of the given ones; drafts never count as value or charge. */
export async function readAssetBooks(
  tx: Transaction,
  clientAccountId: number,
  assetIds: readonly number[] | null,
): Promise<Map<number, AssetBooks>> {
  const ids = assetIds && `{${assetIds.join(',')}}`;
  // A prepared statement keeps its plan, so the statement for all assets has a separate name.
  const scope = ids === null ? 'all' : 'some';
  const read = async () => ({
    movements: await tx.named<MovementRow>(`asset-movements-${scope}`, MOVEMENTS, [clientAccountId, ids]),
    runs: await tx.named<RunRow>(`asset-runs-${scope}`, RUNS, [clientAccountId, ids]),
    takenBack: await tx.named<TakenBackRow>(`asset-taken-back-${scope}`, TAKEN_BACK, [clientAccountId, ids]),
    opened: await readOpenings(tx, clientAccountId, assetIds),
  });
  const { movements, runs, takenBack, opened } = ids === null ? await wholeSets(tx, read) : await read();
  const books = new Map<number, BooksUnderWay>();
  const of = (id: number) => {
    let found = books.get(id);
    if (!found) books.set(id, (found = noBooks()));
    return found;
  };
  for (const { asset_id, month, role, amount } of movements) {
    const asset = of(asset_id);
    const [at, sum] = [monthNumber(month), ore(amount)];
    // A charge reduces the value in the same month, so the other changes are the change of value plus the charge.
    plus(asset.changes, at, sum);
    if (role === 'charge') plus(asset.charges, at, sum);
    else asset.value += sum;
  }
  for (const { asset_id, month, entry_date, amount, outcome, cancelled_on } of runs) {
    const asset = of(asset_id);
    const sum = ore(amount);
    if (outcome === 'drafted') plus(asset.drafted, monthNumber(month), sum);
    else {
      // Moved from the month of its date to the month it belongs to; a cancelled one and its counter-entry count in
      // neither.
      plus(asset.charges, monthNumber(entry_date), -sum);
      if (cancelled_on === null) {
        plus(asset.charges, monthNumber(month), sum);
        asset.byRuns += sum;
      } else plus(asset.charges, monthNumber(cancelled_on), sum);
    }
  }
  for (const { asset_id, was, taken_back, role, amount } of takenBack) {
    const { changes, charges } = of(asset_id);
    for (const sums of role === 'charge' ? [changes, charges] : [changes]) {
      plus(sums, monthNumber(taken_back), -ore(amount));
      plus(sums, monthNumber(was), ore(amount));
    }
  }
  for (const [assetId, openings] of opened) {
    const asset = of(assetId);
    for (const { date, cost, accumulated } of openings) {
      const month = openedMonth(date);
      plus(asset.changes, monthNumber(date), accumulated - cost);
      plus(asset.changes, month, cost - accumulated);
      const other = asset.openings.get(month) ?? { cost: 0n, accumulated: 0n };
      asset.openings.set(month, { cost: other.cost + cost, accumulated: other.accumulated + accumulated });
    }
  }
  return books;
}

type BooksUnderWay = Record<'changes' | 'charges' | 'drafted', Map<Month, Ore>> & {
  openings: Map<Month, { cost: Ore; accumulated: Ore }>;
  byRuns: Ore;
  value: Ore;
};

function noBooks(): BooksUnderWay {
  return {
    changes: new Map(),
    charges: new Map(),
    drafted: new Map(),
    openings: new Map(),
    byRuns: 0n,
    value: 0n,
  };
}

function plus(sums: Map<Month, Ore>, month: Month, amount: Ore): void {
  const sum = (sums.get(month) ?? 0n) + amount;
  if (sum === 0n) sums.delete(month);
  else sums.set(month, sum);
}
