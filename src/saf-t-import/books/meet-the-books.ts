import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import { type AuditBook, yearStartOf } from '../audit-file/audit-book.ts';
import { isEquity, tellClosedBefore } from '../closed-year.ts';
import type { FaultList } from '../checks/fault.ts';
import { type ImportedAccounts, OPENING_DIFFERENCE } from './import-accounts.ts';
import type { Ledger } from './ledger-head.ts';
import { plainRegistrationNumber } from '../registration-number.ts';

/** A file of another organisation or in another currency is never imported into a client account. */
export async function checkOwner(ledger: Ledger, book: AuditBook, faults: FaultList): Promise<void> {
  const header = book.header!;
  const account = await ledger.tx.one<{ organization_number: string | null; accounting_currency: string }>(sql`
    select organization_number, accounting_currency from client_accounts where id = ${ledger.clientAccountId}`);
  const number = header.company?.registrationNumber;
  const plain = number === undefined ? null : plainRegistrationNumber(number);
  if (account.organization_number !== null && plain !== account.organization_number) {
    faults.add('organization-differs', {
      line: header.company?.at ?? header.at,
      element: 'Header/Company/RegistrationNumber',
      found: plain,
      expected: account.organization_number,
    });
  }
  if (header.currency !== account.accounting_currency) {
    faults.add('currency-differs', {
      line: header.at,
      element: 'Header/DefaultCurrencyCode',
      found: header.currency ?? null,
      expected: account.accounting_currency,
    });
  }
}

/**
 * For books with entries: their balances at the start of the selection must equal the file's opening balances. Balance
 * accounts carry forward; result accounts start the financial year at zero. If the file has closed an earlier year and
 * the books have not, they differ on equity by the result alone: the amounts of the closing are then returned, by
 * account.
 */
export async function checkOpeningBalances(
  ledger: Ledger,
  book: AuditBook,
  accounts: ImportedAccounts,
  start: LocalDate,
  faults: FaultList,
): Promise<ReadonlyMap<string, Ore> | null> {
  const yearStart = yearStartOf(book, start);
  const rows = await ledger.tx.rows<{
    account_code: string;
    account_type: string;
    carried: string;
    of_year: string;
  }>(sql`
    select l.account_code, coalesce(c.account_type, g.account_type) as account_type, sum(l.debit) - sum(l.credit) as carried,
      coalesce(sum(l.debit - l.credit) filter (where l.entry_date >= ${yearStart}), 0) as of_year
    from journal_entry_lines l
      join client_gl_accounts c on c.client_account_id = l.client_account_id and c.account_code = l.account_code
      left join gl_accounts g on g.account_code = l.account_code
    where l.client_account_id = ${ledger.clientAccountId} and l.entry_date < ${start}
    group by l.account_code, coalesce(c.account_type, g.account_type)`);
  const books = new Map(
    rows.map((row) => {
      const isResult =
        ['revenue', 'expense', 'appropriation'].includes(row.account_type) || accounts.result.has(row.account_code);
      return [row.account_code, ore(isResult ? row.of_year : row.carried)];
    }),
  );
  const closed = closedBefore(book, books);
  if (closed) {
    tellClosedBefore(closed, start, faults);
    return closed;
  }
  for (const account of book.accounts.values()) {
    const balance = books.get(account.id) ?? 0n;
    books.delete(account.id);
    if (balance === account.opening) continue;
    faults.add('opening-differs', {
      line: account.record.at,
      element: `Account ${account.id}`,
      found: formatAmount(account.opening),
      expected: `${formatAmount(balance)} (the books before ${start})`,
    });
  }
  for (const [code, balance] of books) {
    // A difference from an earlier file's opening exists only in the books: no file has that account.
    if (balance === 0n || code === OPENING_DIFFERENCE.code) continue;
    faults.add('opening-differs', {
      element: `Account ${code}`,
      found: 'no such account in the file',
      expected: `${formatAmount(balance)} (the books before ${start})`,
    });
  }
  return null;
}

/**
 * The differences, if only equity differs, the file's openings sum to zero and the books', because of their results, do
 * not.
 */
function closedBefore(book: AuditBook, books: ReadonlyMap<string, Ore>): ReadonlyMap<string, Ore> | null {
  const changes = new Map<string, Ore>();
  let [opening, unclosed] = [0n, 0n];
  for (const account of book.accounts.values()) {
    const balance = books.get(account.id) ?? 0n;
    opening += account.opening;
    unclosed += balance;
    if (balance === account.opening) continue;
    if (!isEquity(account)) return null;
    changes.set(account.id, account.opening - balance);
  }
  for (const [code, balance] of books) {
    if (balance === 0n || book.accounts.has(code)) continue;
    if (code !== OPENING_DIFFERENCE.code) return null;
    changes.set(code, -balance);
  }
  return opening === 0n && unclosed !== 0n && changes.size > 0 ? changes : null;
}
