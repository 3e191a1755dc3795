import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { formatAmount, type Ore } from '../kernel/money.ts';
import { type AuditBook, type BookAccount, countedClosing } from './audit-file/audit-book.ts';
import { accountLine, type EntryWriter } from './books/entry-writer.ts';
import type { FaultList } from './checks/fault.ts';
import type { Ledger } from './books/ledger-head.ts';

/*
 * Some systems close a year without a voucher: from one moment on the result is in equity and the result accounts are
 * zero, without an entry. Here an entry is posted: the increase of equity against an account of appropriation, and the
 * result accounts keep their figures of the year.
 */

/** The series of these entries. */
const CLOSING_SERIES = 'SAF-T-AR';

const APPROPRIATION = {
  code: 'RES-DISP',
  nb: 'Disponering av årsresultat (SAF-T-import)',
  en: 'Appropriation of the result (SAF-T import)',
};

/** Whether an account holds equity, or the dividend taken from it. By its grouping, otherwise by its number. */
export function isEquity({ id, record }: BookAccount): boolean {
  if (record.groupingCategory?.toLowerCase() === 'egenkapital' || record.groupingCode === '2800') return true;
  return /^(?:20|28)/.test(id) && !isBalance(record.groupingCategory);
}

function isBalance(category = ''): boolean {
  return /^balanseverdi|gjeld$/i.test(category);
}

function isResult(account: BookAccount): boolean {
  const category = account.record.groupingCategory ?? '';
  if (isBalance(category) || isEquity(account)) return false;
  return /(?:inntekt|kostnad)$|^resultat/i.test(category) || /^[3-8]/.test(account.id);
}

/**
 * Whether the file's closing balances are those after a closing of the year without a voucher: every result account
 * closes at zero, and only equity differs, by their sum.
 */
export function findClosedYear({ accounts }: AuditBook): boolean {
  let [sum, results] = [0n, 0];
  for (const account of accounts.values()) {
    const counted = countedClosing(account);
    if (isResult(account)) {
      if (account.closing !== 0n) return false;
      if (counted !== 0n) results++;
    } else if (counted !== account.closing && !isEquity(account)) return false;
    sum += account.closing - counted;
  }
  return results > 0 && sum === 0n;
}

/** Whether an earlier import posted the closing of that day. */
export async function isClosed({ tx, clientAccountId }: Ledger, day: LocalDate): Promise<boolean> {
  const { closed } = await tx.one<{ closed: boolean }>(sql`
    select exists (select from journal_entries where client_account_id = ${clientAccountId} and entry_date = ${day}
      and source = 'saf-t-closing') as closed`);
  return closed;
}

/**
 * Posts the movements of the closing on the balance accounts, against appropriation. `changes` by account, debit
 * positive.
 */
export async function writeClosing(
  ledger: Ledger,
  writer: EntryWriter,
  changes: ReadonlyMap<string, Ore>,
  date: LocalDate,
  faults: FaultList,
): Promise<void> {
  if (ledger.lockedUntil !== null && date <= ledger.lockedUntil) {
    faults.add('period-locked', {
      element: 'GeneralLedgerAccounts',
      found: date,
      expected: `after ${ledger.lockedUntil}`,
    });
    return;
  }
  const lines = [...changes].filter(([, amount]) => amount !== 0n).map(([code, amount]) => accountLine(code, amount));
  const sum = lines.reduce((total, { debit, credit }) => total + debit - credit, 0n);
  if (sum !== 0n) lines.push(accountLine(await appropriationAccount(ledger), -sum));
  if (lines.length === 0) return;
  const { fiscalYear, period } = ledger.fiscalCalendar.periodOf(date);
  writer.add(
    {
      series: CLOSING_SERIES,
      fiscalYear,
      number: await ledger.takeNumber(CLOSING_SERIES, fiscalYear),
      date,
      period,
      memo: `Årsavslutning ${fiscalYear}, ikke i SAF-T-filen`,
      source: 'saf-t-closing',
      total: lines.reduce((total, line) => total + line.debit, 0n),
      origin: JSON.stringify({ closed_year: fiscalYear }),
    },
    lines,
  );
}

async function appropriationAccount(ledger: Ledger): Promise<string> {
  const { code, nb, en } = APPROPRIATION;
  await ledger.tx.execute(sql`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own, name_nb, name_en, account_type, normal_side,
      saft_category, saft_code, group_code, statement_line, flags, mandatory_dimensions, created_by_id, updated_by_id)
    select ${ledger.clientAccountId}, ${code}, ${ledger.takeId()}, true, ${nb}, ${en}, account_type, normal_side,
      saft_category, saft_code, group_code, statement_line, '{}', '{}', ${ledger.userId}, ${ledger.userId}
    from gl_accounts where account_code = '8960'
    on conflict (client_account_id, account_code) do nothing`);
  return code;
}

/**
 * One warning about the difference between the books and the opening balances of a file whose earlier year is closed.
 */
export function tellClosedBefore(changes: ReadonlyMap<string, Ore>, start: LocalDate, faults: FaultList): void {
  for (const [code, amount] of changes)
    faults.add('year-closed', {
      element: `Account ${code}`,
      found: formatAmount(amount),
      expected: `the balance of the books before ${start}`,
    });
}
