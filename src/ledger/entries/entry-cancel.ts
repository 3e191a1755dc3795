import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assert } from '../../kernel/assert.ts';
import { type CancelEntry, counterEntryOf } from './counter-entry.ts';
import { refuseHeldEntries } from './entry-holds.ts';
import type { EntryView } from './entry-view.ts';
import { postingOperation } from '../posting/posting-operation.ts';

/**
 * Cancels a posted entry by a counter-entry. Both stay visible and point at each other (bokføringsloven § 9,
 * requirement B4). What the entry represents is undone with it (a disposal, a run, a VAT settlement). An entry of a
 * bank match, a settlement of items or a document cannot be cancelled here (409): cancel that record instead.
 */
export const cancelEntry = postingOperation<CancelEntry, CancelEntry, EntryView>({
  name: 'journal-entry.cancel',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, cancel) {
    await counterEntryOf(tx, clientAccountId, cancel);
    await refuseHeldEntries(tx, clientAccountId, [cancel.id]);
    return { on: cancel, cancels: [cancel] };
  },
  // The unique constraint prevents a second cancellation; the posting code checks every cancelled entry for records
  // that hold it.
  recheck: async () => {},
  async record(_, cancel, [made]) {
    assert(made?.cancels_entry_id === cancel.id, 'the counter-entry is that of the entry');
    return made;
  },
});
