import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import type { PreparedEntry } from './prepared-entry.ts';
import { readForCancellation } from './entry-read.ts';
import { ledgerErrors } from '../errors.ts';

export interface CancelEntry {
  id: number;
  reason: string;
  /** Date of the counter-entry; the cancelled entry's own date if not given. */
  entryDate?: LocalDate;
}

/**
 * The counter-entry of a posted entry: same accounts, VAT codes, rates and dimensions, amounts on the other side.
 * Throws if the entry does not exist, is already cancelled, or is dated after the given date.
 */
export async function counterEntryOf(
  tx: Transaction,
  clientAccountId: number,
  cancel: CancelEntry,
): Promise<PreparedEntry> {
  const found = await readForCancellation(tx, clientAccountId, cancel.id);
  if (!found) throw requestErrors.not_found({ what: 'Journal entry' });
  const { entry: original, cancellationEntryId } = found;
  if (original.cancelsEntryId !== null) throw ledgerErrors.cancels_itself();
  if (cancellationEntryId !== null)
    throw ledgerErrors.already_cancelled({ cancellation_entry_id: cancellationEntryId });
  const entryDate = cancel.entryDate ?? original.entryDate;
  if (entryDate < original.entryDate)
    throw ledgerErrors.cancelled_before_entry({ entry_date: entryDate, original_date: original.entryDate });
  return {
    ...original,
    entryDate,
    source: 'cancellation',
    // Cancelled in the VAT term in which it was reported.
    vatTerm: original.vatTerm !== null && original.vatTerm <= entryDate ? original.vatTerm : null,
    cancelsEntryId: cancel.id,
    cancellationReason: cancel.reason,
    lines: original.lines.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
  };
}
