import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assert } from '../../kernel/assert.ts';
import { type CancelEntry, counterEntryOf } from './counter-entry.ts';
import { refuseHeldEntries } from './entry-holds.ts';
import type { EntryView } from './entry-view.ts';
import { postingOperation } from '../posting/posting-operation.ts';

/**
 * Takes a posted entry back by its counter-entry. Both stay visible and point at each other (bokføringsloven § 9,
 * requirement B4). What the entry stands for is undone with it (a disposal, a run, a VAT settlement); an entry of a bank
 * match, a settlement of items or a document is taken back with that (409).
 */
export const cancelEntry = postingOperation<CancelEntry, CancelEntry, EntryView>({
  name: 'journal-entry.cancel',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, cancel) {
    await counterEntryOf(tx, clientAccountId, cancel);
    await refuseHeldEntries(tx, clientAccountId, [cancel.id]);
    return { on: cancel, cancels: [cancel] };
  },
  // Cancelled once: the unique constraint; held by no record: looked at by the kit, for every entry that is cancelled.
  recheck: async () => {},
  async record(_, cancel, [made]) {
    assert(made?.cancels_entry_id === cancel.id, 'the counter-entry is that of the entry');
    return made;
  },
});
