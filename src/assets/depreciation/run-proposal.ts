import sql from 'sql-template-tag';
import { addDays, endOfMonth, type LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import { type AssetRow, assetRows } from '../asset.ts';
import { assetClass, type ClassAccounts } from '../asset-class.ts';
import { accountsOf, chosenAccounts } from '../asset-class-accounts.ts';
import { readAssetBooks } from './asset-books.ts';
import { planQuestion, readOwnPlans } from './asset-plan.ts';
import { type Month, firstDay } from './month.ts';
import { runAmount } from './run-amount.ts';
import { readRunStanding, type RunStanding } from './run-standing.ts';

export type AutonomyLevel = 'NONE' | 'DRAFT' | 'FULL';

/** What a run would do with an asset. */
export interface ProposedAsset {
  asset: AssetRow;
  amount: Ore;
  closing: Ore;
  accounts: ClassAccounts;
  /** The asset's own level, or the client account's. */
  autonomy: AutonomyLevel;
}

export interface RunProposal {
  month: Month;
  /** The last day of the month, or the first open day after it. */
  entryDate: LocalDate;
  /** In order of number; only those with something to post. */
  assets: ProposedAsset[];
  /** What a person should know: locked months, assets that lack a class. */
  notes: Text[];
  /** What it was made from. */
  standing: RunStanding;
}

/** What depreciation is missing when a month is run, for all assets in use that are depreciated automatically. */
export async function proposeRun(tx: Transaction, clientAccountId: number, month: Month): Promise<RunProposal> {
  const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(
    sql`select locked_until from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const standing = await readRunStanding(tx, clientAccountId);
  const monthEnd = endOfMonth(firstDay(month));
  const entryDate = locked_until !== null && locked_until >= monthEnd ? addDays(locked_until, 1) : monthEnd;
  const level = await clientLevel(tx, clientAccountId, monthEnd);
  const assets = await assetRows(
    tx,
    [
      sql`d.client_account_id = ${clientAccountId} and d.dimension_type = 'asset' and d.is_active
        and coalesce(a.auto_depreciate, true)`,
    ],
    sql`order by d.sequence_number`,
  );
  const books = await readAssetBooks(tx, clientAccountId, null);
  const plans = await readOwnPlans(tx, clientAccountId, null);
  const chosen = await chosenAccounts(tx, clientAccountId);
  const proposed: ProposedAsset[] = [];
  const lacking: AssetRow[] = [];
  for (const asset of assets) {
    const own = books.get(asset.id);
    const question = planQuestion(asset, own, plans.get(asset.id) ?? [], month);
    if (question === 'no_class') lacking.push(asset);
    if (typeof question === 'string' || !own) continue;
    const { amount, closing } = runAmount(question, own, month);
    if (amount === 0n) continue;
    const accounts = accountsOf(assetClass(asset.asset_class!)!, chosen);
    proposed.push({ asset, amount, closing, accounts, autonomy: asset.autonomy_level ?? level });
  }
  const notes: Text[] = [];
  if (entryDate !== monthEnd)
    notes.push({
      nb: `Perioden er låst til og med ${locked_until}; avskrivningen føres ${entryDate}`,
      en: `The period is locked until ${locked_until}; the depreciation is dated ${entryDate}`,
    });
  if (lacking.length > 0) notes.push(lackingNote(lacking));
  return { month, entryDate, assets: proposed, notes, standing };
}

function lackingNote(assets: readonly AssetRow[]): Text {
  const some = assets.slice(0, 20).map(({ sequence_number, name }) => `${sequence_number} ${name}`);
  const more = assets.length > some.length ? ' …' : '';
  return {
    nb: `${assets.length} eiendel(er) uten klasse avskrives ikke: ${some.join(', ')}${more}`,
    en: `${assets.length} asset(s) without a class are not depreciated: ${some.join(', ')}${more}`,
  };
}

async function clientLevel(tx: Transaction, clientAccountId: number, day: LocalDate): Promise<AutonomyLevel> {
  const row = await tx.maybe<{ autonomy_level: AutonomyLevel }>(sql`
    select autonomy_level from client_account_settings
    where client_account_id = ${clientAccountId} and active_from <= ${day} order by active_from desc limit 1`);
  return row?.autonomy_level ?? 'NONE';
}
