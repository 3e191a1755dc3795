import type { Route } from '../platform/http/route.ts';
import { journalEntryRoutes } from './journal-entries.routes.ts';

export { postEntries } from './entries-post-bulk.ts';
export { cancelEntry } from './entry-cancel.ts';
export type { EntryInput, LineInput } from './entry-input.ts';
export { postEntry } from './entry-post.ts';
export type { EntryView } from './entry-view.ts';
export { mastersChanged, takeIds } from './head.ts';
export { openLedger } from './open-ledger.ts';

export const ledgerRoutes: Route[] = [...journalEntryRoutes];
