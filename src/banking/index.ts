import type { Route } from '../platform/http/route.ts';
import { bankAccountRoutes } from './accounts/bank-accounts.routes.ts';
import { bankImportRoutes } from './import/bank-imports.routes.ts';
import { documentRoutes } from './documents/documents.routes.ts';
import { matchRoutes } from './matching/matching.routes.ts';
import { openItemRoutes } from './matching/items/open-items.routes.ts';
import { ruleRoutes } from './matching/rules/rules.routes.ts';
import { reconciliationRoutes } from './reconciliation/reconciliation.routes.ts';
import { questionRoutes } from './questions/questions.routes.ts';
import { bankStatementRoutes } from './statements/bank-statements.routes.ts';
import { bankTransactionRoutes } from './transactions/bank-transactions.routes.ts';

export { bicOfAccount, type HouseAccount, houseAccountsOf } from './accounts/house-accounts-of.ts';
export { findBankAccount } from './accounts/bank-account.ts';
export { type Bank, bankOfBic } from './bank-register.ts';
export { documentsSelect, PAYABLE_TYPES } from './documents/document.ts';
export { csvRecords } from './formats/csv/csv-records.ts';
export { getDocument, listDocuments } from './documents/document-list.ts';
export { documentAmounts } from './documents/document-amounts.ts';
export { type DocumentType, type DocumentView, findDocument } from './documents/document.ts';
export {
  type CancelledDocument,
  createDocument,
  documentCancellation,
  documentCreation,
} from './documents/document-write.ts';
export type { NewDecided as DecidedDocument } from './documents/document-rows.ts';
export {
  LineInput as DocumentLineInput,
  NewDocument,
  type Values as DocumentValues,
} from './documents/document-input.ts';
export { previewDocument } from './documents/document-preview.ts';
export { createBankAccount } from './accounts/bank-account-create.ts';
export type { BankTransactionView } from './transactions/bank-transaction.ts';
export { listBankTransactions } from './transactions/transaction-list.ts';
export { openItemsSelect, openLinesSelect } from './matching/items/open-items.ts';
export { settleAutomatically } from './matching/items/item-settle.ts';
export { matchAutomatically } from './matching/matches/match-automatic.ts';
export { proposeMatches } from './matching/proposals/propose-matches.ts';
export { MATCHING_CHECK_NAMES, verifyMatching } from './matching/verify-matching.ts';
export { printableBankReconciliation } from './reconciliation/bank-report.ts';
export { signReconciliation } from './reconciliation/reconciliation-sign.ts';
export {
  type FileOrigin,
  type FileReceipt,
  noteReceipt,
  type ReceiptFault,
  storedFaults,
} from './import/file-receipt.ts';
export { BANK_IMPORT_JOB, bankImportJob, importWhereItBelongs } from './import/bank-import-job.ts';
export { bankImportTask } from './import/bank-import-task.ts';
export { eachMember, type FileStatement, type FileStatements, readFileStatements } from './import/file-statements.ts';
export { importBankFile } from './import/import-bank-file.ts';
export type { BankImportOutcome, BankImportResult } from './import/import-result.ts';
export { type BankFault, bankFaultLine } from './formats/fault.ts';
export { CsvBroken, CsvSplitter } from './formats/csv/csv-cells.ts';

export const bankingRoutes: Route[] = [
  ...bankAccountRoutes,
  ...bankTransactionRoutes,
  ...bankStatementRoutes,
  ...questionRoutes,
  ...bankImportRoutes,
  ...documentRoutes,
  ...openItemRoutes,
  ...matchRoutes,
  ...ruleRoutes,
  ...reconciliationRoutes,
];
