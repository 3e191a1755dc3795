import { type LocalDate, monthOf, yearOf } from '../kernel/local-date.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { type Transaction, violatedConstraint } from '../platform/database/pool.ts';
import { requestErrors } from '../platform/errors.ts';
import {
  type Operation,
  type Outcome,
  ownTransactionOperation,
  type OwnTransactionWork,
} from '../platform/operation.ts';
import type { PreparedEntry } from './entry-check.ts';
import { readForCancellation } from './entry-read.ts';
import type { EntryView } from './entry-view.ts';
import { ledgerErrors } from './errors.ts';
import { submitAlongside } from './posting-submit.ts';

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
    return cancelAlongside(work, 'journal-entry.cancel', [input], async (tx, [made]) => {
      for (const holder of holders) await holder(tx, work.clientAccountId, input.id);
      return made!;
    });
  },
});

/** Throws while a record of another domain stands on the entry and must be taken back in its own way. */
type Holder = (tx: Transaction, clientAccountId: number, entryId: number) => Promise<void>;

const holders: Holder[] = [];

/** Asks `holder` before an entry is cancelled by itself, under the row lock of the client account. */
export function holdEntries(holder: Holder): void {
  holders.push(holder);
}

/**
 * Counter-entries and the record of what they take back, in one transaction under the row lock of the client account.
 * The operation that calls it is the way in which its own entries are cancelled, so nobody else is asked.
 */
export async function cancelAlongside<O>(
  work: OwnTransactionWork,
  operation: string,
  cancels: readonly CancelEntry[],
  alongside: (tx: Transaction, entries: readonly EntryView[]) => Promise<O>,
): Promise<Outcome<O>> {
  const { clientAccountId, platform, key } = work;
  const originals = await platform.database.transaction(
    { clientAccounts: [clientAccountId], mode: 'read' },
    async (tx) => {
      const found = [];
      for (const { id } of cancels) found.push(await readForCancellation(tx, clientAccountId, id));
      return found;
    },
  );
  const postings = cancels.map((cancel, i) => {
    const original = originals[i];
    if (!original) throw requestErrors.not_found({ what: 'Journal entry' });
    if (original.entry.cancelsEntryId !== null) throw ledgerErrors.cancels_itself();
    // A repeated request under the same key gets its stored answer from the posting, not this refusal.
    if (original.cancellationEntryId !== null && !key) throw alreadyCancelled(original.cancellationEntryId);
    return { kind: 'prepared' as const, entry: counterEntry(original.entry, cancel) };
  });
  try {
    return await submitAlongside(work, operation, postings, alongside);
  } catch (error) {
    if (violatedConstraint(error) !== 'journal_entries_cancels') throw error;
    throw alreadyCancelled(originals[0]?.cancellationEntryId ?? null);
  }
}

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
