import type { Route } from '../platform/http/route.ts';
import { bankAccountRoutes } from './accounts/bank-accounts.routes.ts';
import { bankImportRoutes } from './import/bank-imports.routes.ts';
import { questionRoutes } from './questions/questions.routes.ts';
import { bankStatementRoutes } from './statements/bank-statements.routes.ts';
import { bankTransactionRoutes } from './transactions/bank-transactions.routes.ts';

export { createBankAccount } from './accounts/bank-account-create.ts';
export { listBankTransactions } from './transactions/transaction-list.ts';
export { bankImportJob } from './import/bank-import-job.ts';
export { importBankFile } from './import/import-bank-file.ts';
export type { BankImportOutcome, BankImportResult } from './import/import-result.ts';
export type {
  BankBalance,
  BankBatch,
  BankDetail,
  BankEntry,
  BankFee,
  BankFileAccount,
  BankFileFormat,
  BankFileHead,
  BankParty,
  BankPayment,
  BankRecord,
  BankReturn,
  BankStatement,
  BankStatementBegin,
  BankStatementEnd,
  OriginalAmount,
  SourcePlace,
} from './formats/bank-file.ts';
export { type BankFault, bankFaultLine, BankFaults } from './formats/fault.ts';
export { type BankFilePart, type BankFileSource, openBankFile } from './formats/bank-file-source.ts';
export { readBankFile } from './formats/read-bank-file.ts';
export { type Bank, bankOfAccountNumber, bankOfBic, bankOfIban, banks } from './bank-register.ts';
export { type EntryKeys, entryKeys, foldText } from './entry-key.ts';
export { type RecognisableEntry, recogniseEntries, type Recognition } from './recognise-entries.ts';
export { type EnrichableEntry, enrichedEntry, type Enrichment } from './enriched-entry.ts';

export const bankingRoutes: Route[] = [
  ...bankAccountRoutes,
  ...bankTransactionRoutes,
  ...bankStatementRoutes,
  ...questionRoutes,
  ...bankImportRoutes,
];
