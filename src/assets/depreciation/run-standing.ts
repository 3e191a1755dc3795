import sql from 'sql-template-tag';
import { numberArray } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';

/**
 * The state that a run was proposed from: another run, a change of an asset or plan, or a posting on an asset changes
 * it.
 */
export interface RunStanding {
  lastRunId: number;
  lastPostingNo: number;
  /** A fingerprint of assets and plans. */
  register: string;
}

export async function readRunStanding(tx: Transaction, clientAccountId: number): Promise<RunStanding> {
  const row = await tx.one<{ last_run_id: number; last_posting_no: number; register: string }>(sql`
    select h.last_posting_no,
      coalesce((select max(r.id) from depreciation_runs r where r.client_account_id = ${clientAccountId}), 0) as last_run_id,
      concat_ws(' ',
        (select sum(hashtextextended(a::text, 0)::numeric) from assets a where a.client_account_id = ${clientAccountId}),
        (select sum(hashtextextended(p::text, 1)::numeric) from asset_plans p where p.client_account_id = ${clientAccountId})
      ) as register
    from client_account_heads h where h.client_account_id = ${clientAccountId}`);
  return { lastRunId: row.last_run_id, lastPostingNo: row.last_posting_no, register: row.register };
}

/**
 * Called under the lock: `own` are the run's entries, already posted. Throws 409 if the proposal must be computed
 * again.
 */
export async function refuseRegisterChanges(
  tx: Transaction,
  clientAccountId: number,
  proposedFrom: RunStanding,
  own: readonly number[],
): Promise<void> {
  const now = await readRunStanding(tx, clientAccountId);
  const { posted } = await tx.one<{ posted: boolean }>(sql`
    select exists (
      select from journal_entries e
      join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
      join dimension_set_members m on m.client_account_id = l.client_account_id and m.dimension_set_id = l.dimension_set_id
        and m.dimension_type = 'asset'
      where e.client_account_id = ${clientAccountId} and e.posting_no > ${proposedFrom.lastPostingNo}
        and e.id <> all(${numberArray(own)}::bigint[])) as posted`);
  if (posted || now.lastRunId !== proposedFrom.lastRunId || now.register !== proposedFrom.register)
    throw requestErrors.concurrent_change();
}
