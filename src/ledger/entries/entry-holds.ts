import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import type { AppError } from '../../platform/errors.ts';
import { ledgerErrors } from '../errors.ts';
import { numberArray } from '../pg-array.ts';

/** Kinds of records that block the cancellation of their entry; the database view `entry_holds` lists them all. */
type HoldKind = 'match' | 'settlement' | 'document';

const REFUSALS: Record<HoldKind, (hold: { entry_id: number; record_id: number }) => AppError> = {
  match: ledgerErrors.entry_is_matched,
  settlement: ledgerErrors.entry_is_settled,
  document: ledgerErrors.entry_is_document,
};

/** Throws while one of the entries is held by a record that must be cancelled in its own way. */
export async function refuseHeldEntries(
  tx: Transaction,
  clientAccountId: number,
  entryIds: readonly number[],
): Promise<void> {
  if (entryIds.length === 0) return;
  const [hold] = await tx.rows<{ kind: HoldKind; entry_id: number; record_id: number }>(sql`
    select kind, entry_id, record_id from entry_holds
    where client_account_id = ${clientAccountId} and entry_id = any(${numberArray(entryIds)}::bigint[])
    order by entry_id, rank, record_id limit 1`);
  if (hold) throw REFUSALS[hold.kind]({ entry_id: hold.entry_id, record_id: hold.record_id });
}
