import { type LocalDate, monthOf, yearOf } from '../kernel/local-date.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { violatedConstraint } from '../platform/database/pool.ts';
import { requestErrors } from '../platform/errors.ts';
import { type Operation, ownTransactionOperation } from '../platform/operation.ts';
import type { PreparedEntry } from './entry-check.ts';
import { readForCancellation } from './entry-read.ts';
import type { EntryView } from './entry-view.ts';
import { ledgerErrors } from './errors.ts';
import { submitPosting } from './posting-submit.ts';

export interface CancelEntry {
  id: number;
  reason: string;
  /** Date of the counter-entry; the cancelled entry's own date if not given. */
  entryDate?: LocalDate;
}

/**
 * Posts the counter-entry of a posted entry: same accounts, VAT codes, rates and dimensions, amounts on the other side.
 * Both stay visible and point at each other (bokføringsloven § 9, requirement B4).
 */
export const cancelEntry: Operation<CancelEntry, EntryView> = ownTransactionOperation({
  name: 'journal-entry.cancel',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(work, input: CancelEntry) {
    const { database } = work.platform;
    const original = await database.transaction({ clientAccounts: [work.clientAccountId], mode: 'read' }, (tx) =>
      readForCancellation(tx, work.clientAccountId, input.id),
    );
    if (!original) throw requestErrors.not_found({ what: 'Journal entry' });
    if (original.entry.cancelsEntryId !== null) throw ledgerErrors.cancels_itself();
    // A repeated request under the same key gets its stored answer from the posting, not this refusal.
    if (original.cancellationEntryId !== null && !work.key) throw alreadyCancelled(original.cancellationEntryId);
    const entry = counterEntry(original.entry, input);
    try {
      return await submitPosting(work, 'journal-entry.cancel', { kind: 'prepared', entry });
    } catch (error) {
      if (violatedConstraint(error) !== 'journal_entries_cancels') throw error;
      throw alreadyCancelled(original.cancellationEntryId);
    }
  },
});

function alreadyCancelled(by: number | null) {
  return ledgerErrors.already_cancelled({ cancellation_entry_id: by ?? '' });
}

function counterEntry(original: PreparedEntry & { id: number }, input: CancelEntry): PreparedEntry {
  const entryDate = input.entryDate ?? original.entryDate;
  return {
    ...original,
    entryDate,
    fiscalYear: yearOf(entryDate),
    period: monthOf(entryDate),
    source: 'cancellation',
    // Taken back in the term in which it was reported.
    vatTerm: original.vatTerm !== null && original.vatTerm <= entryDate ? original.vatTerm : null,
    cancelsEntryId: input.id,
    cancellationReason: input.reason,
    lines: original.lines.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
  };
}
