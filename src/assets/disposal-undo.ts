import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { openDay, postingOperation } from '../ledger/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { requestErrors } from '../platform/errors.ts';
import { findAsset, type AssetView, viewOf } from './asset.ts';
import { assetErrors } from './errors.ts';
import { type StandingDisposal, standingDisposal, touchAsset } from './standing-disposal.ts';

export interface UndoDisposal {
  /** The asset. */
  id: number;
  reason: string;
  /** Date of the counter-entry; null: the day of the disposal, or the first open one after it. */
  entryDate: LocalDate | null;
}

/**
 * Undoes a disposal completely: cancels its entry, and with it the depreciation that it posted, the retirement date and
 * the sale. The disposal stays visible as undone. Throws 409 if the asset is not disposed of.
 */
export const undoDisposal = postingOperation<UndoDisposal, UndoDisposal & { disposal: StandingDisposal }, AssetView>({
  name: 'asset.undo-disposal',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, input) {
    await findAsset(tx, clientAccountId, input.id);
    const disposal = await standingDisposal(tx, clientAccountId, input.id);
    if (!disposal) throw assetErrors.not_disposed();
    const { locked_until } = await tx.one<{ locked_until: LocalDate | null }>(
      sql`select locked_until from client_account_heads where client_account_id = ${clientAccountId}`,
    );
    const entryDate = input.entryDate ?? openDay(disposal.disposed_on, locked_until);
    return {
      on: { ...input, disposal },
      cancels: [{ id: disposal.journal_entry_id, reason: input.reason, entryDate }],
    };
  },
  async recheck({ tx, clientAccountId }, { id }) {
    // Its entry is cancelled by now: a valid disposal found here is a different one.
    if (await standingDisposal(tx, clientAccountId, id)) throw requestErrors.concurrent_change();
  },
  async record(recording, { id, reason, disposal }) {
    const { tx, clientAccountId, audit } = recording;
    await touchAsset(recording, id);
    audit({ recordType: 'asset_disposal', recordId: disposal.id, before: disposal, after: { undone: true, reason } });
    return viewOf(await findAsset(tx, clientAccountId, id));
  },
});
