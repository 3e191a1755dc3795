import type { LocalDate } from '../../kernel/local-date.ts';
import { lockBooks } from '../../ledger/index.ts';
import type { Context } from '../../platform/operation.ts';
import { findVoucher, type VoucherView } from './voucher.ts';
import { attachVoucherRelations } from './voucher-relations.ts';

/**
 * Changes which entries a voucher is linked to, under the lock of the books. `change` gets the voucher with its entries
 * and the day until which the books are locked.
 */
export async function changeLinks(
  context: Context,
  { id, entryId }: { id: number; entryId: number },
  change: (before: VoucherView, lockedUntil: LocalDate | null) => Promise<void>,
): Promise<VoucherView> {
  const { tx, clientAccountId, caller } = context;
  const { locked_until: lockedUntil } = await lockBooks(tx, clientAccountId);
  const withEntries = async () => {
    const voucher = await findVoucher(tx, clientAccountId, id, caller);
    await attachVoucherRelations(tx, [voucher], new Set(['journal_entries']));
    return voucher;
  };
  const before = await withEntries();
  await change(before, lockedUntil);
  const after = await withEntries();
  context.audit({
    recordType: 'voucher',
    recordId: id,
    recordIds: [entryId],
    before: { journal_entries: before.journal_entries },
    after: { journal_entries: after.journal_entries },
  });
  return after;
}
