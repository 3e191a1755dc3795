import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { dateInNorway } from '../../kernel/local-date.ts';
import {
  type EntryView,
  insertDraft,
  numberArray,
  postingOperation,
  type Recording,
  takeIds,
  textArray,
} from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import {
  lateTotal,
  type Outcome,
  proposalView,
  readRunAssets,
  RUN_COLUMNS,
  type RunRow,
  runView,
  type RunView,
} from './depreciation-run.ts';
import { type Month, firstDay } from './month.ts';
import { runEntry } from './run-entry.ts';
import { type Late, type ProposedAsset, proposeRun, type RunProposal } from './run-proposal.ts';
import { refuseRegisterChanges } from './run-standing.ts';

export interface CreateRun {
  month: Month;
  dryRun: boolean;
  /**
   * True for scheduled runs: each asset only as far as its autonomy level allows. A run requested by a user posts
   * everything.
   */
  automatic: boolean;
  /** How to treat missing depreciation of earlier months; default `catch_up`. */
  late?: Late;
  language: Language;
}

interface Run {
  input: CreateRun;
  proposal: RunProposal;
  outcomes: readonly { proposed: ProposedAsset; outcome: Outcome }[];
}

/**
 * Runs the depreciation of a month: one entry for the client account, with the amount missing from each asset's plan up
 * to the end of that month. A repeated run posts only what has changed since. Throws 409 when concurrent runs of the
 * same client account keep conflicting.
 */
export const createDepreciationRun = postingOperation<CreateRun, Run, RunView>({
  name: 'depreciation-run.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId, now }, input) {
    const today = dateInNorway(now);
    const proposal = await proposeRun(tx, clientAccountId, {
      month: input.month,
      late: input.late ?? 'catch_up',
      today,
    });
    const { dryRun, language, automatic: isAutomatic } = input;
    const view = () => proposalView(proposal, { clientAccountId, language, dryRun, isAutomatic });
    if (dryRun) return { dryRun: view() };
    if (proposal.assets.length === 0) return { answer: view() };
    const outcomes = proposal.assets.map((proposed) => ({ proposed, outcome: outcomeOf(proposed, isAutomatic) }));
    const posted = outcomes.filter(({ outcome }) => outcome === 'posted').map(({ proposed }) => proposed);
    return {
      on: { input, proposal, outcomes },
      entries: posted.length === 0 ? [] : [{ entry: runEntry(proposal, posted), source: 'depreciation' }],
    };
  },
  recheck: ({ tx, clientAccountId }, { proposal }, made) =>
    refuseRegisterChanges(
      tx,
      clientAccountId,
      proposal.standing,
      made.map(({ id }) => id),
    ),
  record: recordRun,
});

function outcomeOf({ autonomy }: ProposedAsset, automatic: boolean): Outcome {
  if (!automatic || autonomy === 'FULL') return 'posted';
  return autonomy === 'DRAFT' ? 'drafted' : 'proposed';
}

async function recordRun(
  { tx, clientAccountId, platform, caller, now, audit }: Recording,
  { input, proposal, outcomes }: Run,
  [entry]: readonly EntryView[],
): Promise<RunView> {
  const id = await takeIds(tx, clientAccountId);
  const month = firstDay(proposal.month);
  const { version } = await tx.one<{ version: number }>(sql`
    select coalesce(max(version), 0) + 1 as version
    from depreciation_runs where client_account_id = ${clientAccountId} and month = ${month}`);
  const drafted = outcomes.filter(({ outcome }) => outcome === 'drafted').map(({ proposed }) => proposed);
  const draftId =
    drafted.length === 0
      ? null
      : await insertDraft(tx, platform.database, {
          clientAccountId,
          userId: caller.userId,
          now,
          draft: runEntry(proposal, drafted),
        });
  const count = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  let postedTotal = 0n;
  for (const { proposed, outcome } of outcomes) if (outcome === 'posted') postedTotal += proposed.amount;
  await tx.execute(sql`
    insert into depreciation_runs (client_account_id, id, month, version, entry_date, entry_id, draft_id, posted_count,
      posted_total, drafted_count, proposed_count, notes, late, late_total, is_automatic, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${month}, ${version}, ${proposal.entryDate}, ${entry?.id ?? null}, ${draftId},
      ${count('posted')}, ${postedTotal}, ${count('drafted')}, ${count('proposed')}, ${JSON.stringify(proposal.notes)}, ${proposal.late},
      ${lateTotal(proposal)},
      ${input.automatic}, ${now}, ${caller.userId})`);
  const assetIds = numberArray(outcomes.map(({ proposed }) => proposed.asset.id));
  // Assets from imported books get their register record at their first run.
  await tx.execute(sql`
    insert into assets (client_account_id, id) select ${clientAccountId}, u.id from unnest(${assetIds}::bigint[]) as u (id)
    on conflict do nothing`);
  await tx.execute(sql`
    insert into depreciation_run_assets (client_account_id, run_id, asset_id, amount, outcome)
    select ${clientAccountId}, ${id}, u.asset_id, u.amount, u.outcome
    from unnest(${assetIds}::bigint[], ${numberArray(outcomes.map(({ proposed }) => Number(proposed.amount)))}::bigint[],
      ${textArray(outcomes.map(({ outcome }) => outcome))}::text[]) as u (asset_id, amount, outcome)`);
  if (proposal.late === 'spread') {
    const spread = outcomes.filter(({ proposed, outcome }) => proposed.late > 0n && outcome === 'posted');
    await tx.execute(sql`
      update assets set plan_restarts_on = ${month}, version = version + 1
      where client_account_id = ${clientAccountId}
        and id = any(${numberArray(spread.map(({ proposed }) => proposed.asset.id))}::bigint[])`);
  }
  const row = await tx.one<RunRow>(sql`
    select ${RUN_COLUMNS} from depreciation_runs r where r.client_account_id = ${clientAccountId} and r.id = ${id}`);
  const view = runView(row, input.language);
  assert(view.posted_count === 0 || view.journal_entry_id !== null, 'what is posted has an entry');
  audit({ recordType: 'depreciation_run', recordId: id, after: view });
  return { ...view, assets: await readRunAssets(tx, clientAccountId, id) };
}
