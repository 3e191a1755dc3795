import type { Route } from '../platform/http/route.ts';
import { journalEntryRoutes } from './journal-entries.routes.ts';
import { fiscalYearRoutes } from './fiscal-years.routes.ts';
import { periodLockRoutes } from './period-locks.routes.ts';

export { createDraft, insertDraft } from './draft-create.ts';
export { LARGEST_BULK, postEntries, postNewEntries } from './entries-post-bulk.ts';
export type { CancelEntry } from './counter-entry.ts';
export { cancelEntry } from './entry-cancel.ts';
export type { EntryInput } from './entry-input.ts';
export { writtenEntry } from './entry-reading.ts';
export { getEntry } from './entry-get.ts';
export { postEntry } from './entry-post.ts';
export type { EntryView } from './entry-view.ts';
export { lockBooks, mastersChanged, postingTime, takeIds } from './head.ts';
export type { Head } from './posting-job.ts';
export { clientAccountsToFinish, finishAllPostings, finishPostings } from './ledger-worker.ts';
export { type CurrencyAmount, currencyOfOre, type NewEntry, type NewLine, RATE_DECIMALS } from './new-entry.ts';
export {
  carryOut,
  type Decision,
  openDay,
  postingOperation,
  type PostingSteps,
  type Reading,
  type Recording,
} from './posting-operation.ts';
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
export { getFiscalCalendar } from './fiscal-year-list.ts';
export { readFiscalCalendar, readFiscalCalendars, writeFiscalStart } from './fiscal-calendar.ts';
export { setFiscalYear } from './fiscal-year-set.ts';
export { numberArray, textArray } from './pg-array.ts';
export { STANDARD_TAX_CODES, type StandardTaxCode } from './standard-tax-codes.ts';
export { missingEntryLines, unknownReferences } from './line-references.ts';
export { CHECK_NAMES, type Finding, verifyBooks } from './verify-books.ts';

export const ledgerRoutes: Route[] = [...journalEntryRoutes, ...periodLockRoutes, ...fiscalYearRoutes];
