import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, MAX_AMOUNT, MAX_ENTRY_TOTAL } from '../../kernel/money.ts';
import type { AuditBook, BookParty } from '../audit-file/audit-book.ts';
import { accountLine, type EntryWriter, type LineRow } from './entry-writer.ts';
import type { FaultList } from '../checks/fault.ts';
import { openingDifferenceAccount } from './import-accounts.ts';
import type { Dimensions } from './import-dimensions.ts';
import type { ImportedPartners } from './import-partners.ts';
import type { Ledger } from './ledger-head.ts';

/** The series of opening entries, beside the journals of the file. */
export const OPENING_SERIES = 'SAF-T-IB';

/**
 * The opening balances as one entry, dated the day before the selection, so that a report from that day on shows them
 * as opening balances and not as movements. Party balances become separate lines. A remaining difference to zero goes
 * to an account named for it.
 */
export async function writeOpeningEntry(
  ledger: Ledger,
  book: AuditBook,
  partners: ImportedPartners,
  dimensions: Dimensions,
  writer: EntryWriter,
  start: LocalDate,
  faults: FaultList,
): Promise<void> {
  const date = addDays(start, -1);
  const parties = partiesByAccount(book);
  const lines: LineRow[] = [];
  let sum = 0n;
  for (const account of book.accounts.values()) {
    let rest = account.opening;
    for (const { party, opening } of parties.get(account.id) ?? []) {
      const partnerId = partners.of.get(party)!;
      lines.push(accountLine(account.id, opening, partnerId, dimensions.setOf(null, partnerId)));
      rest -= opening;
    }
    if (rest !== 0n && parties.has(account.id)) {
      faults.add('party-balance-opening', {
        line: account.record.at,
        element: `Account ${account.id}`,
        found: formatAmount(account.opening - rest),
        expected: formatAmount(account.opening),
      });
    }
    if (rest !== 0n) lines.push(accountLine(account.id, rest));
    sum += account.opening;
  }
  if (sum !== 0n) lines.push(accountLine(await openingDifferenceAccount(ledger), -sum));
  if (lines.length === 0) return;
  if (ledger.lockedUntil !== null && date <= ledger.lockedUntil) {
    faults.add('period-locked', {
      element: 'GeneralLedgerAccounts',
      found: date,
      expected: `after ${ledger.lockedUntil}`,
    });
    return;
  }
  const total = lines.reduce((sum, line) => sum + line.debit, 0n);
  const largest = lines.reduce((most, { debit, credit }) => (debit + credit > most ? debit + credit : most), 0n);
  for (const [code, amount, limit] of [
    ['amount-too-large', largest, MAX_AMOUNT],
    ['voucher-too-large', total, MAX_ENTRY_TOTAL],
  ] as const) {
    if (amount <= limit) continue;
    const expected = `at most ${formatAmount(limit)}`;
    faults.add(code, { element: 'OpeningBalance', found: formatAmount(amount), expected });
    return;
  }
  const { fiscalYear, period } = ledger.fiscalCalendar.periodOf(date);
  writer.add(
    {
      series: OPENING_SERIES,
      fiscalYear,
      number: await ledger.takeNumber(OPENING_SERIES, fiscalYear),
      date,
      period,
      memo: 'Inngående saldo fra SAF-T',
      source: 'saf-t-opening',
      total,
      origin: JSON.stringify({ selection_start: start }),
    },
    lines,
  );
}

/** Opening party balances other than zero, by account. */
function partiesByAccount(book: AuditBook): Map<string, { party: BookParty; opening: bigint }[]> {
  const found = new Map<string, { party: BookParty; opening: bigint }[]>();
  for (const party of [...book.customers.values(), ...book.suppliers.values()]) {
    for (const { account, opening } of party.balances) {
      if (opening === 0n) continue;
      const list = found.get(account.id) ?? [];
      list.push({ party, opening });
      found.set(account.id, list);
    }
  }
  return found;
}
