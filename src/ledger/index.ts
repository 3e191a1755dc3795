import type { Route } from '../platform/http/route.ts';
import { journalEntryRoutes } from './entries/journal-entries.routes.ts';
import { fiscalYearRoutes } from './fiscal-years/fiscal-years.routes.ts';
import { periodLockRoutes } from './period-locks/period-locks.routes.ts';

export { type BalanceSum, BalanceSums } from './balance-sums.ts';
export { createDraft, insertDraft } from './drafts/draft-create.ts';
export { LARGEST_BULK, postEntries, postNewEntries } from './entries/entries-post-bulk.ts';
export type { CancelEntry } from './entries/counter-entry.ts';
export { cancelEntry } from './entries/entry-cancel.ts';
export type { EntryInput } from './entries/entry-input.ts';
export { relatedAccounts } from './entries/entry-accounts.ts';
export { writtenEntry } from './entries/entry-reading.ts';
export { getEntry } from './entries/entry-get.ts';
export { postEntry } from './entries/entry-post.ts';
export type { EntryView } from './entries/entry-view.ts';
export { lockBooks, mastersChanged, postingTime, takeIds } from './head.ts';
export type { Head } from './posting/posting-job.ts';
export { clientAccountsToFinish, finishAllPostings, finishPostings } from './ledger-worker.ts';
export { type CurrencyAmount, currencyOfOre, type NewEntry, type NewLine, RATE_DECIMALS } from './entries/new-entry.ts';
export {
  carryOut,
  type Decision,
  openDay,
  postingOperation,
  type PostingSteps,
  type Reading,
  type Recording,
} from './posting/posting-operation.ts';
export { openLedger } from './open-ledger.ts';
export { createPeriodLock } from './period-locks/period-lock-create.ts';
export { vatOfLine, type VatOfLine } from './vat/vat-lines.ts';
export { foldVat } from './vat/vat-fold.ts';
export {
  CHOSEN_COLUMNS,
  NESTED_LOOPS,
  NO_NESTED_LOOPS,
  VAT_ACCOUNTS,
  VAT_DATE,
  VAT_NOTES,
  vatSums,
} from './vat/vat-lines-statement.ts';
export { getFiscalCalendar } from './fiscal-years/fiscal-year-list.ts';
export { readFiscalCalendar, readFiscalCalendars, writeFiscalStart } from './fiscal-years/fiscal-calendar.ts';
export { setFiscalYear } from './fiscal-years/fiscal-year-set.ts';
export { STANDARD_TAX_CODES, type StandardTaxCode } from './vat/standard-tax-codes.ts';
export { missingEntryLines, unknownReferences } from './line-references.ts';
export { CHECK_NAMES, type Finding, verifyBooks } from './proof/verify-books.ts';

export const ledgerRoutes: Route[] = [...journalEntryRoutes, ...periodLockRoutes, ...fiscalYearRoutes];
