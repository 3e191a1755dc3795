import type { Route } from '../platform/http/route.ts';
import { journalEntryRoutes } from './journal-entries.routes.ts';
import { periodLockRoutes } from './period-locks.routes.ts';

export { createDraft, insertDraft } from './draft-create.ts';
export { LARGEST_BULK, postEntries } from './entries-post-bulk.ts';
export { cancelAlongside, cancelEntry, holdEntries } from './entry-cancel.ts';
export type { DraftInput, EntryInput, LineInput } from './entry-input.ts';
export { getEntry } from './entry-get.ts';
export { postEntry } from './entry-post.ts';
export type { EntryView } from './entry-view.ts';
export { lockBooks, mastersChanged, takeIds } from './head.ts';
export { clientAccountsToFinish, finishAllPostings, finishPostings } from './ledger-worker.ts';
export { postAlongside } from './posting-submit.ts';
export { openLedger } from './open-ledger.ts';
export { createPeriodLock } from './period-lock-create.ts';
export { vatOfLine, type VatOfLine } from './vat-lines.ts';
export { foldVat } from './vat-fold.ts';
export {
  CHOSEN_COLUMNS,
  NESTED_LOOPS,
  NO_NESTED_LOOPS,
  VAT_ACCOUNTS,
  VAT_DATE,
  VAT_NOTES,
  vatSums,
} from './vat-lines-statement.ts';
export { numberArray, textArray } from './pg-array.ts';
export { STANDARD_TAX_CODES, type StandardTaxCode } from './standard-tax-codes.ts';
export { CHECK_NAMES, type Finding, verifyBooks } from './verify-books.ts';

export const ledgerRoutes: Route[] = [...journalEntryRoutes, ...periodLockRoutes];
