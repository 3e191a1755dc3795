import sql from 'sql-template-tag';
import type { FiscalCalendar } from '../../kernel/fiscal-year.ts';
import { addDays, endOfMonth, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import { type AssetRow, assetRows } from '../asset.ts';
import { assetClass, type ClassAccounts } from '../asset-class.ts';
import { accountsOf, chosenAccounts } from '../asset-class-accounts.ts';
import { readAssetBooks } from './asset-books.ts';
import { planQuestion, readOwnPlans } from './asset-plan.ts';
import { assetErrors } from '../errors.ts';
import { type Month, firstDay, monthNumber, yearOfCalendar } from './month.ts';
import { runAmount } from './run-amount.ts';
import { readRunStanding, type RunStanding } from './run-standing.ts';

export type AutonomyLevel = 'NONE' | 'DRAFT' | 'FULL';

/** Missing depreciation of earlier months is caught up at once, or spread over the rest of the asset's life. */
export type Late = 'catch_up' | 'spread';

/** What a run would post for an asset. */
export interface ProposedAsset {
  asset: AssetRow;
  amount: Ore;
  /** The part of the amount that was missing in earlier months. */
  late: Ore;
  closing: Ore;
  accounts: ClassAccounts;
  /** The asset's own level, or the client account's. */
  autonomy: AutonomyLevel;
}

export interface RunProposal {
  month: Month;
  /** The last day of the month, or the first open day after it. */
  entryDate: LocalDate;
  /** By number; only those with an amount to post. */
  assets: ProposedAsset[];
  /** Notes for the user: locked months, assets without a class. */
  notes: Text[];
  /** How missing depreciation of earlier months is treated. */
  late: Late;
  /** The state it was computed from. */
  standing: RunStanding;
}

/** Computes the missing depreciation when a month is run, for all active assets that are depreciated automatically. */
export async function proposeRun(
  tx: Transaction,
  clientAccountId: number,
  { month, late: treatment, today }: { month: Month; late: Late; today: LocalDate },
): Promise<RunProposal> {
  const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(
    sql`select locked_until from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const calendar = await readFiscalCalendar(tx, clientAccountId);
  refuseFarMonth(month, calendar, today);
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
  const waiting: AssetRow[] = [];
  const ahead: { asset: AssetRow; amount: Ore }[] = [];
  const yearOf = yearOfCalendar(calendar);
  for (const asset of assets) {
    const own = books.get(asset.id);
    const question = planQuestion({ asset, books: own, own: plans.get(asset.id) ?? [], yearOf }, month);
    if (question === 'no_class') lacking.push(asset);
    if (typeof question === 'string' || !own) continue;
    let found = runAmount(question, own, month);
    const { late } = found;
    if (late > 0n && treatment === 'spread' && own.drafted.size === 0)
      found = runAmount({ ...question, restart: { month, charges: own.charges } }, own, month);
    if (found.isWaiting) waiting.push(asset);
    if (found.ahead > 0n) ahead.push({ asset, amount: found.ahead });
    const { amount, closing } = found;
    if (amount === 0n) continue;
    const accounts = accountsOf(assetClass(asset.asset_class!)!, chosen);
    proposed.push({ asset, amount, late, closing, accounts, autonomy: asset.autonomy_level ?? level });
  }
  const notes: Text[] = [];
  if (entryDate !== monthEnd)
    notes.push({
      nb: `Perioden er låst til og med ${locked_until}; avskrivningen føres ${entryDate}`,
      en: `The period is locked until ${locked_until}; the depreciation is dated ${entryDate}`,
    });
  if (lacking.length > 0)
    notes.push(
      assetsNote(lacking.map(nameOf), {
        nb: 'eiendel(er) uten klasse avskrives ikke',
        en: 'asset(s) without a class are not depreciated',
      }),
    );
  if (waiting.length > 0)
    notes.push(
      assetsNote(waiting.map(nameOf), {
        nb: 'eiendel(er) har verdi igjen etter at planens levetid er ute; gi dem en ny plan',
        en: 'asset(s) have value left after the life of their plan; give them a new plan',
      }),
    );
  if (ahead.length > 0)
    notes.push(
      assetsNote(
        ahead.map(({ asset, amount }) => `${nameOf(asset)} (${formatAmount(amount)})`),
        {
          nb: 'eiendel(er) er avskrevet for hånd forut for planen',
          en: 'asset(s) are depreciated by hand ahead of their plan',
        },
      ),
    );
  return { month, entryDate, assets: proposed, notes, late: treatment, standing };
}

function nameOf({ sequence_number, name }: AssetRow): string {
  return `${sequence_number} ${name}`;
}

function assetsNote(names: readonly string[], what: Text): Text {
  const some = names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '');
  return { nb: `${names.length} ${what.nb}: ${some}`, en: `${names.length} ${what.en}: ${some}` };
}

/** Depreciation is posted for the past: until the end of the fiscal year, and of the next month. */
function refuseFarMonth(month: Month, calendar: FiscalCalendar, today: LocalDate): void {
  const latest = Math.max(monthNumber(calendar.yearAt(today).to), monthNumber(today) + 1);
  if (month > latest)
    throw assetErrors.month_too_far({
      month: firstDay(month).slice(0, 7),
      latest: firstDay(latest).slice(0, 7),
    });
}

async function clientLevel(tx: Transaction, clientAccountId: number, day: LocalDate): Promise<AutonomyLevel> {
  const row = await tx.maybe<{ autonomy_level: AutonomyLevel }>(sql`
    select autonomy_level from client_account_settings
    where client_account_id = ${clientAccountId} and active_from <= ${day} order by active_from desc limit 1`);
  return row?.autonomy_level ?? 'NONE';
}
