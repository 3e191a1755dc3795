import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language, Text } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import type { Late, RunProposal } from './run-proposal.ts';
import { firstDay } from './month.ts';

export type Outcome = 'posted' | 'drafted' | 'proposed';

export const RunAsset = strict({
  asset_id: Id,
  sequence_number: Type.Integer(),
  name: Type.String(),
  amount: Type.String({ description: 'Depreciation; negative where too much was posted before' }),
  late_amount: nullable(Type.String({ description: 'What earlier months had missing of it' })),
  closing_balance: nullable(Type.String({ description: 'Book value at the end of the month, by the plan' })),
  outcome: Type.Enum(['posted', 'drafted', 'proposed']),
});

export const RunView = strict({
  id: nullable(Id),
  client_account_id: Id,
  month: Type.String({ description: 'YYYY-MM' }),
  version: nullable(Type.Integer({ description: 'From 1; a rerun posts only what differs' })),
  status: Type.Enum(['posted', 'drafted', 'proposed', 'nothing'], {
    description: 'The furthest that any asset came; nothing: the books have it all',
  }),
  dry_run: Type.Boolean(),
  is_automatic: Type.Boolean(),
  entry_date: DateText,
  journal_entry_id: nullable(Id),
  draft_id: nullable(Id),
  total: Type.String({ description: 'Of all assets' }),
  posted_count: Type.Integer(),
  drafted_count: Type.Integer(),
  proposed_count: Type.Integer(),
  late: Type.Enum(['catch_up', 'spread'], {
    description:
      'Depreciation that earlier months had missing: made up for in this entry, or spread over the rest of the life',
  }),
  late_total: Type.String({ description: 'What earlier months had missing, of all assets' }),
  notes: Type.Array(Type.String()),
  assets: Type.Optional(Type.Array(RunAsset)),
  created_at: nullable(TimeText),
  created_by_id: nullable(Id),
});
export type RunView = Static<typeof RunView>;

export interface RunRow {
  id: number;
  client_account_id: number;
  month: LocalDate;
  version: number;
  entry_date: LocalDate;
  entry_id: number | null;
  draft_id: number | null;
  posted_count: number;
  drafted_count: number;
  proposed_count: number;
  total: number;
  late: Late;
  late_total: number;
  notes: Text[];
  is_automatic: boolean;
  created_at: Date;
  created_by_id: number | null;
}

export const RUN_COLUMNS = sql`r.id, r.client_account_id, r.month, r.version, r.entry_date, r.entry_id, r.draft_id,
  r.posted_count, r.drafted_count, r.proposed_count, r.late, r.late_total, r.notes, r.is_automatic, r.created_at, r.created_by_id,
  (select coalesce(sum(a.amount), 0)::bigint from depreciation_run_assets a
    where a.client_account_id = r.client_account_id and a.run_id = r.id) as total`;

export function runView(row: RunRow, language: Language): RunView {
  return {
    id: row.id,
    client_account_id: row.client_account_id,
    month: row.month.slice(0, 7),
    version: row.version,
    status: row.posted_count > 0 ? 'posted' : row.drafted_count > 0 ? 'drafted' : 'proposed',
    dry_run: false,
    is_automatic: row.is_automatic,
    entry_date: row.entry_date,
    journal_entry_id: row.entry_id,
    draft_id: row.draft_id,
    total: formatAmount(ore(row.total)),
    posted_count: row.posted_count,
    drafted_count: row.drafted_count,
    proposed_count: row.proposed_count,
    late: row.late,
    late_total: formatAmount(ore(row.late_total)),
    notes: row.notes.map((note) => note[language]),
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
  };
}

/** The view of a proposal: of a dry run, or of a run without anything to do. */
export function proposalView(
  proposal: RunProposal,
  options: { clientAccountId: number; language: Language; dryRun: boolean; isAutomatic: boolean },
): RunView {
  let total = 0n;
  for (const { amount } of proposal.assets) total += amount;
  return {
    id: null,
    client_account_id: options.clientAccountId,
    month: firstDay(proposal.month).slice(0, 7),
    version: null,
    status: proposal.assets.length > 0 ? 'proposed' : 'nothing',
    dry_run: options.dryRun,
    is_automatic: options.isAutomatic,
    entry_date: proposal.entryDate,
    journal_entry_id: null,
    draft_id: null,
    total: formatAmount(total),
    posted_count: 0,
    drafted_count: 0,
    proposed_count: proposal.assets.length,
    late: proposal.late,
    late_total: formatAmount(lateTotal(proposal)),
    notes: proposal.notes.map((note) => note[options.language]),
    assets: proposal.assets.map(({ asset, amount, late, closing }) => ({
      asset_id: asset.id,
      sequence_number: asset.sequence_number,
      name: asset.name,
      amount: formatAmount(amount),
      late_amount: formatAmount(late),
      closing_balance: formatAmount(closing),
      outcome: 'proposed',
    })),
    created_at: null,
    created_by_id: null,
  };
}

/** Sum over all assets of missing depreciation of earlier months. */
export function lateTotal({ assets }: RunProposal): Ore {
  return assets.reduce((sum, { late }) => sum + late, 0n);
}

/** The result of a run for each asset, by number. */
export async function readRunAssets(tx: Transaction, clientAccountId: number, runId: number) {
  const rows = await tx.rows<{
    asset_id: number;
    sequence_number: number;
    name: string;
    amount: number;
    outcome: Outcome;
  }>(sql`
    select a.asset_id, d.sequence_number, d.name, a.amount, a.outcome
    from depreciation_run_assets a
    join dimension_values d on d.client_account_id = a.client_account_id and d.id = a.asset_id
    where a.client_account_id = ${clientAccountId} and a.run_id = ${runId} order by d.sequence_number`);
  return rows.map((row) => ({
    ...row,
    amount: formatAmount(ore(row.amount)),
    late_amount: null,
    closing_balance: null,
  }));
}
