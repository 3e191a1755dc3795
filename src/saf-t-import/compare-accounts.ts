import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { formatAmount, ore } from '../kernel/money.ts';
import { type AuditBook, countedClosing } from './audit-file/audit-book.ts';
import type { ImportedAccounts } from './books/import-accounts.ts';
import type { Ledger } from './books/ledger-head.ts';

/** Declared and imported closing balance of an account, as signed amounts: debit positive. */
export interface AccountComparison {
  account_code: string;
  name: string;
  opening_balance: string;
  /** The balance of the books at the end of the file's selection, all entries included. */
  imported_closing_balance: string;
  declared_closing_balance: string;
  /** Excluding the movement of a closing of the year without a voucher in the file. */
  difference: string;
}

/**
 * The balances of the books at the end of the selection, by account, beside those declared in the file. Result accounts
 * are counted from a day on: the first of the financial year or that of the opening entry; null counts everything.
 */
export async function compareAccounts(
  ledger: Ledger,
  book: AuditBook,
  accounts: ImportedAccounts,
  resultsFrom: LocalDate | null,
): Promise<AccountComparison[]> {
  const end = book.selection?.end ?? null;
  const rows = await ledger.tx.rows<{ account_code: string; carried: string; of_year: string }>(sql`
    select account_code, sum(debit) - sum(credit) as carried,
      coalesce(sum(debit - credit) filter (where ${resultsFrom}::date is null or entry_date >= ${resultsFrom}::date), 0) as of_year
    from journal_entry_lines
    where client_account_id = ${ledger.clientAccountId} and (${end}::date is null or entry_date <= ${end}::date)
    group by account_code`);
  const books = new Map(
    rows.map((row) => [row.account_code, ore(accounts.result.has(row.account_code) ? row.of_year : row.carried)]),
  );
  return [...book.accounts.values()].map((account) => {
    const inBooks = books.get(account.id) ?? 0n;
    const declared = book.entriesSeen ? account.closing : countedClosing(account);
    // The closing is posted on balance accounts; result accounts keep their figures of the year.
    const closed = accounts.result.has(account.id) ? account.closedBy : 0n;
    return {
      account_code: account.id,
      name: account.record.description ?? '',
      opening_balance: formatAmount(account.opening),
      imported_closing_balance: formatAmount(inBooks),
      declared_closing_balance: formatAmount(declared),
      difference: formatAmount(inBooks + closed - declared),
    };
  });
}
