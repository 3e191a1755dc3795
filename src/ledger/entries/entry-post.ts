import { BOOKKEEPERS } from '../../platform/caller.ts';
import { type Operation, ownTransactionOperation } from '../../platform/operation.ts';
import type { EntryInput } from './entry-input.ts';
import type { EntryView } from './entry-view.ts';
import { readEntry } from './entry-reading.ts';
import { submitPosting } from '../posting/posting-submit.ts';

export interface PostEntry {
  entry: EntryInput;
  /** Origin of the entry: manual, api, depreciation ...; stored with the entry. */
  source?: string;
}

/**
 * Posts one entry: checks, number, lines with their VAT, balances, audit and stored response in one transaction. The
 * entry is final when this returns. Errors: ledger.unbalanced, ledger.invalid_entry, ledger.period_locked.
 */
export const postEntry: Operation<PostEntry, EntryView> = ownTransactionOperation({
  name: 'journal-entry.post',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (work, input: PostEntry) =>
    submitPosting(work, 'journal-entry.post', {
      kind: 'input',
      input: readEntry(input.entry),
      source: input.source ?? 'manual',
    }),
});
