import type { PrintableReport } from './printable-report.ts';
import { printableGeneralLedger } from '../general-ledger/general-ledger-print.ts';
import { printableBalanceSheet } from '../statements/balance-sheet-print.ts';
import { printableIncomeStatement } from '../statements/income-statement-print.ts';
import { printableTrialBalance } from '../trial-balance/trial-balance-print.ts';
import { printableVat } from '../vat/vat-print.ts';
import { printableVatTransactions } from '../vat/vat-transactions-print.ts';

/** Every report that can be printed; a rendering thread finds them here by name. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const printableReports: readonly PrintableReport<any>[] = [
  printableBalanceSheet,
  printableIncomeStatement,
  printableGeneralLedger,
  printableTrialBalance,
  printableVat,
  printableVatTransactions,
];
