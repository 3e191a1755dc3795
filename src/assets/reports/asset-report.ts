import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AssetRow } from '../asset.ts';
import { assetRows } from '../asset.ts';
import { ASSET_CLASS_CODES } from '../asset-class.ts';
import { type AssetOpening, readOpenings } from '../depreciation/asset-openings.ts';
import { type AssetAmounts, NO_AMOUNTS, readAssetAmounts } from './asset-amounts.ts';

/** Movements of an asset in a range of days, as the note on fixed assets shows them (regnskapsloven § 7-12). */
export interface AssetMovements {
  costOpening: Ore;
  additions: Ore;
  /** Cost disposed of, positive. */
  disposals: Ore;
  costClosing: Ore;
  /** Accumulated depreciation, positive. */
  accumulatedOpening: Ore;
  depreciation: Ore;
  /** Accumulated depreciation of disposed assets, positive. */
  accumulatedDisposals: Ore;
  accumulatedClosing: Ore;
  bookValue: Ore;
}

export interface AssetReportRow {
  asset: AssetRow;
  movements: AssetMovements;
}

export interface AssetReport {
  from: LocalDate;
  to: LocalDate;
  /** By class in the order of the register's classes, those without a class last; then by number. */
  rows: AssetReportRow[];
}

/** The assets with amounts before or in the range, including inactive ones. */
export async function readAssetReport(
  tx: Transaction,
  clientAccountId: number,
  range: { from: LocalDate; to: LocalDate; dayBefore: LocalDate },
): Promise<AssetReport> {
  const before = await readAssetAmounts(tx, clientAccountId, range.dayBefore);
  const after = await readAssetAmounts(tx, clientAccountId, range.to);
  const openings = await readOpenings(tx, clientAccountId, null);
  const assets = await assetRows(
    tx,
    [sql`d.client_account_id = ${clientAccountId} and d.dimension_type = 'asset'`],
    sql`order by d.sequence_number`,
  );
  const rows = assets
    .filter(({ id }) => after.has(id))
    .map((asset) => ({
      asset,
      movements: movements(
        withOpenings(before.get(asset.id) ?? NO_AMOUNTS, openings.get(asset.id), range),
        after.get(asset.id)!,
      ),
    }))
    .filter(({ movements }) => Object.values(movements).some((amount) => amount !== 0n));
  const place = ({ asset }: AssetReportRow) =>
    asset.asset_class ? ASSET_CLASS_CODES.indexOf(asset.asset_class) : ASSET_CLASS_CODES.length;
  return {
    from: range.from,
    to: range.to,
    rows: rows.toSorted((a, b) => place(a) - place(b) || a.asset.sequence_number - b.asset.sequence_number),
  };
}

/** Opening amounts of an asset are not additions, on any day of the range. */
function withOpenings(
  before: AssetAmounts,
  openings: readonly AssetOpening[] = [],
  { from, to }: { from: LocalDate; to: LocalDate },
): AssetAmounts {
  const amounts = { ...before };
  for (const { date, cost, accumulated } of openings) {
    if (date < from || date > to) continue;
    amounts.costDebit += cost;
    amounts.accumulatedCredit += accumulated;
  }
  return amounts;
}

/** Without an accumulated account, depreciation reduces cost directly: the charges then separate the two. */
function movements(before: AssetAmounts, after: AssetAmounts): AssetMovements {
  const direct = (amounts: AssetAmounts) =>
    amounts.accumulatedDebit === 0n && amounts.accumulatedCredit === 0n && amounts.charged > 0n ? amounts.charged : 0n;
  const cost = (amounts: AssetAmounts) => amounts.costDebit - amounts.costCredit + direct(amounts);
  const accumulated = (amounts: AssetAmounts) => amounts.accumulatedCredit - amounts.accumulatedDebit + direct(amounts);
  const additions = after.costDebit - before.costDebit;
  const depreciation = after.charged - before.charged;
  return {
    costOpening: cost(before),
    additions,
    disposals: cost(before) + additions - cost(after),
    costClosing: cost(after),
    accumulatedOpening: accumulated(before),
    depreciation,
    accumulatedDisposals: accumulated(before) + depreciation - accumulated(after),
    accumulatedClosing: accumulated(after),
    bookValue: cost(after) - accumulated(after),
  };
}
