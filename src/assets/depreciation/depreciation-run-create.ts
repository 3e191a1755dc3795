import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { type EntryView, insertDraft, numberArray, postAlongside, takeIds, textArray } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError, type Language, requestErrors } from '../../platform/errors.ts';
import {
  type Operation,
  type Outcome as Answer,
  ownTransactionOperation,
  type OwnTransactionWork,
  storeAnswer,
  storedAnswer,
  writeAudit,
} from '../../platform/operation.ts';
import {
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
import { type ProposedAsset, proposeRun, type RunProposal } from './run-proposal.ts';

const NAME = 'depreciation-run.create';

export interface CreateRun {
  month: Month;
  dryRun: boolean;
  /** By the schedule: each asset only as far as its autonomy level allows. A person who asks for a run posts it all. */
  automatic: boolean;
  language: Language;
}

/**
 * Runs the depreciation of a month: one entry for the client account, with what is missing of each asset's plan until the
 * end of that month. Run again it posts only what has changed since. Everything in one transaction. Throws 409 when runs
 * of the same client account keep getting in each other's way.
 */
export const createDepreciationRun: Operation<CreateRun, RunView> = ownTransactionOperation({
  name: NAME,
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(work, input: CreateRun) {
    const { platform, clientAccountId, key } = work;
    for (let attempt = 1; ; attempt++) {
      const { answered, proposal } = await platform.database.transaction(
        { clientAccounts: [clientAccountId], mode: 'read' },
        async (tx) => {
          const stored = key && (await storedAnswer<RunView>(tx, key));
          return stored
            ? { answered: stored, proposal: undefined }
            : { answered: undefined, proposal: await proposeRun(tx, clientAccountId, input.month) };
        },
      );
      if (answered) return answered;
      if (input.dryRun || proposal.assets.length === 0) {
        const options = {
          clientAccountId,
          language: input.language,
          dryRun: input.dryRun,
          isAutomatic: input.automatic,
        };
        return { value: proposalView(proposal, options), replayed: false };
      }
      try {
        return await carryOut(work, input, proposal);
      } catch (error) {
        if (attempt === 3 || !(error instanceof AppError) || error.code !== 'request.concurrent_change') throw error;
      }
    }
  },
});

function outcomeOf({ autonomy }: ProposedAsset, automatic: boolean): Outcome {
  if (!automatic || autonomy === 'FULL') return 'posted';
  return autonomy === 'DRAFT' ? 'drafted' : 'proposed';
}

async function carryOut(work: OwnTransactionWork, input: CreateRun, proposal: RunProposal): Promise<Answer<RunView>> {
  const outcomes = proposal.assets.map((proposed) => ({ proposed, outcome: outcomeOf(proposed, input.automatic) }));
  const posted = outcomes.filter(({ outcome }) => outcome === 'posted').map(({ proposed }) => proposed);
  const record = (tx: Transaction, entry: EntryView | null) =>
    recordRun(tx, work, { input, proposal, outcomes, entry });
  if (posted.length > 0) {
    const entry = { input: runEntry(proposal, posted), source: 'depreciation' };
    return postAlongside(work, NAME, [entry], (tx, [made]) => record(tx, made!));
  }
  const { platform, clientAccountId, key } = work;
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const value = await record(tx, null);
    if (key) await storeAnswer(tx, key, value);
    return { value, replayed: false };
  });
}

interface RunRecord {
  input: CreateRun;
  proposal: RunProposal;
  outcomes: readonly { proposed: ProposedAsset; outcome: Outcome }[];
  entry: EntryView | null;
}

/** Under the row lock of the client account: no other run comes in between. */
async function recordRun(tx: Transaction, work: OwnTransactionWork, run: RunRecord): Promise<RunView> {
  const { clientAccountId, caller, call, platform } = work;
  const { input, proposal, outcomes, entry } = run;
  const id = await takeIds(tx, clientAccountId);
  const month = firstDay(proposal.month);
  const { last_run_id, version } = await tx.one<{ last_run_id: number; version: number }>(sql`
    select coalesce(max(id), 0) as last_run_id, coalesce(max(version) filter (where month = ${month}), 0) + 1 as version
    from depreciation_runs where client_account_id = ${clientAccountId}`);
  if (last_run_id !== proposal.lastRunId) throw requestErrors.concurrent_change();
  const drafted = outcomes.filter(({ outcome }) => outcome === 'drafted').map(({ proposed }) => proposed);
  const now = platform.clock.now();
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
      posted_total, drafted_count, proposed_count, notes, is_automatic, created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${month}, ${version}, ${proposal.entryDate}, ${entry?.id ?? null}, ${draftId},
      ${count('posted')}, ${postedTotal}, ${count('drafted')}, ${count('proposed')}, ${JSON.stringify(proposal.notes)},
      ${input.automatic}, ${now}, ${caller.userId})`);
  const assetIds = numberArray(outcomes.map(({ proposed }) => proposed.asset.id));
  // What imported books brought is in the register from its first run on.
  await tx.execute(sql`
    insert into assets (client_account_id, id) select ${clientAccountId}, u.id from unnest(${assetIds}::bigint[]) as u (id)
    on conflict do nothing`);
  await tx.execute(sql`
    insert into depreciation_run_assets (client_account_id, run_id, asset_id, amount, outcome)
    select ${clientAccountId}, ${id}, u.asset_id, u.amount, u.outcome
    from unnest(${assetIds}::bigint[], ${numberArray(outcomes.map(({ proposed }) => Number(proposed.amount)))}::bigint[],
      ${textArray(outcomes.map(({ outcome }) => outcome))}::text[]) as u (asset_id, amount, outcome)`);
  const row = await tx.one<RunRow>(sql`
    select ${RUN_COLUMNS} from depreciation_runs r where r.client_account_id = ${clientAccountId} and r.id = ${id}`);
  const view = runView(row, input.language);
  assert(view.posted_count === 0 || view.journal_entry_id !== null, 'what is posted has an entry');
  await writeAudit(tx, NAME, call, [{ recordType: 'depreciation_run', recordId: id, after: view }]);
  return { ...view, assets: await readRunAssets(tx, clientAccountId, id) };
}
