import { formatAmount } from '../../kernel/money.ts';
import { calendarOf } from '../accounting-day.ts';
import type { AuditFileSource } from '../audit-file/audit-file-source.ts';
import { AuditBook, type CheckedTransaction, countedClosing } from '../audit-file/audit-book.ts';
import type { AuditRecord, Totals } from '../audit-file/audit-records.ts';
import {
  checkAccount,
  checkAnalysis,
  checkHeader,
  checkMastersTogether,
  checkOwner,
  checkParty,
  checkTaxCode,
  isOldVersion,
} from './check-masters.ts';
import { checkTransaction } from './check-transaction.ts';
import { FaultList } from './fault.ts';
import { findClosedYear } from '../closed-year.ts';
import { parseAuditFile } from '../audit-file/parse-audit-file.ts';
import { isTotal } from '../signs.ts';

/** Receives the records as they are read. A slow handler delays the reading. */
export interface AuditFileVisitor {
  /** Called when all masters are known: before the first voucher, or at the end of a file without vouchers. */
  masters?(book: AuditBook): Promise<void>;
  /** Vouchers without errors, in file order, as many as are ready. */
  transactions?(transactions: CheckedTransaction[], book: AuditBook): Promise<void>;
  /** Uncompressed bytes read so far. */
  progress?(bytes: number): void;
}

/**
 * Reads and checks a whole SAF-T Financial file in one pass, with memory for its masters only. All faults go to
 * `faults`; the returned book contains the masters and the counted totals.
 */
export async function checkAuditFile(
  source: AuditFileSource,
  faults: FaultList,
  visitor: AuditFileVisitor = {},
): Promise<AuditBook> {
  const reading = new Reading(source, faults, visitor);
  for (const [index] of source.parts.entries()) await reading.readPart(index);
  await reading.finish();
  return reading.book;
}

class Reading {
  readonly book = new AuditBook();
  readonly #source: AuditFileSource;
  readonly #faults: FaultList;
  readonly #visitor: AuditFileVisitor;
  #bytes = 0;
  #mastersDone = false;
  /** The masters were read ahead from behind the entries; they are not checked again when they are reached. */
  #mastersAhead = false;

  constructor(source: AuditFileSource, faults: FaultList, visitor: AuditFileVisitor) {
    this.#source = source;
    this.#faults = faults;
    this.#visitor = visitor;
  }

  async readPart(index: number): Promise<void> {
    this.book.part = index;
    this.#faults.file = this.#source.parts[index]!.name;
    for await (const records of parseAuditFile(this.#counted(index), this.#faults)) {
      const ready: CheckedTransaction[] = [];
      for (const record of records) {
        if (record.kind === 'entriesBegin') await this.#beginEntries();
        if (record.kind === 'transaction' && !this.book.calendar) this.#settleCalendar(records);
        const checked = this.#check(record);
        if (checked) ready.push(checked);
      }
      if (ready.length) await this.#visitor.transactions?.(ready, this.book);
    }
  }

  #settleCalendar(records: readonly AuditRecord[]): void {
    const { book } = this;
    book.calendar = calendarOf(
      book.selection,
      records.filter((record) => record.kind === 'transaction'),
      [...book.accounts.values()].every(({ opening }) => opening === 0n),
    );
    book.selection = book.calendar.selection;
  }

  async finish(): Promise<void> {
    this.#faults.file = null;
    if (!this.#mastersDone) await this.#endMasters();
    checkEnd(this.book, this.#faults);
  }

  async *#counted(index: number): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#source.parts[index]!.open()) {
      this.#bytes += piece.length;
      this.#visitor.progress?.(this.#bytes);
      yield piece;
    }
  }

  #check(record: AuditRecord): CheckedTransaction | null {
    if (record.kind === 'transaction') return checkTransaction(record, this.book, this.#faults);
    if (record.kind === 'totals') noteTotals(record, this.book, this.#faults);
    else if (record.kind === 'journal') this.book.journals.set(record.id ?? '', record);
    else if (record.kind === 'header') this.#checkHeader(record);
    else if (!this.#mastersAhead) checkMaster(record, this.book, this.#faults);
    return null;
  }

  #checkHeader(record: Extract<AuditRecord, { kind: 'header' }>): void {
    if (this.#mastersAhead && this.book.header?.at === record.at && this.book.part === 0) return;
    checkHeader(record, this.book, this.#faults);
  }

  async #beginEntries(): Promise<void> {
    this.book.entriesSeen = true;
    if (this.#mastersDone) return;
    if (this.book.accounts.size === 0) await this.#fetchMasters();
    await this.#endMasters();
  }

  async #endMasters(): Promise<void> {
    this.#mastersDone = true;
    checkMastersTogether(this.book, this.#faults);
    await this.#visitor.masters?.(this.book);
  }

  /**
   * Entries before their masters: reads ahead for the masters. Faults of form are reported when the reading gets there.
   */
  async #fetchMasters(): Promise<void> {
    this.#mastersAhead = true;
    const { part } = this.book;
    for (const [index, ahead] of this.#source.parts.entries()) {
      this.book.part = index;
      for await (const records of parseAuditFile(ahead.open(), new FaultList())) {
        for (const record of records) {
          if (record.kind === 'header' && !this.book.header) checkHeader(record, this.book, this.#faults);
          else if (record.kind !== 'header') checkMaster(record, this.book, this.#faults);
        }
      }
    }
    this.book.part = part;
  }
}

function checkMaster(record: AuditRecord, book: AuditBook, faults: FaultList): void {
  switch (record.kind) {
    case 'account':
      return checkAccount(record, book, faults);
    case 'customer':
    case 'supplier':
      return checkParty(record, book, faults);
    case 'taxCode':
      return checkTaxCode(record, book, faults);
    case 'analysis':
      return checkAnalysis(record, book, faults);
    case 'owner':
      return checkOwner(record, book, faults);
    default:
  }
}

/** Every part of a set contains the totals of the whole set. */
function noteTotals(record: Totals, book: AuditBook, faults: FaultList): void {
  const known = book.totals;
  if (!known) {
    book.totals = record;
    return;
  }
  if (known.entries === record.entries && known.debit === record.debit && known.credit === record.credit) return;
  faults.add('set-differs', {
    line: record.at,
    element: 'GeneralLedgerEntries',
    found: totalsText(record),
    expected: totalsText(known),
  });
}

function totalsText(totals: Totals): string {
  return `${totals.entries} entries, debit ${formatAmount(totals.debit ?? 0n)}, credit ${formatAmount(totals.credit ?? 0n)}`;
}

function checkEnd(book: AuditBook, faults: FaultList): void {
  const unreadable = ['not-saf-t', 'not-well-formed', 'truncated', 'encoding', 'doctype-refused', 'xml-limit'] as const;
  // Counts of a truncated file cannot be compared with its declared totals.
  if (unreadable.some((code) => faults.counts[code])) return;
  if (!book.header) faults.add('element-missing', { element: 'AuditFile/Header', expected: 'Header' });
  if (!book.entriesSeen) {
    faults.add('element-expected', { element: 'AuditFile/GeneralLedgerEntries', expected: 'GeneralLedgerEntries' });
    return;
  }
  checkTotals(book, faults);
  checkClosingBalances(book, faults);
  checkPartyBalances(book, faults);
}

function checkTotals(book: AuditBook, faults: FaultList): void {
  const { totals } = book;
  if (!totals) return;
  const at = { line: totals.at };
  const counts = [book.transactionCount, book.transactionCount - book.emptyCount];
  if (totals.entries !== undefined && !counts.includes(totals.entries)) {
    faults.add('entries-total', {
      ...at,
      element: 'GeneralLedgerEntries/NumberOfEntries',
      found: String(totals.entries),
      expected: `${book.transactionCount} (counted)`,
    });
  }
  if (totals.debit != null && !isTotal(totals.debit, 'debit', book)) {
    faults.add('debit-total', {
      ...at,
      element: 'GeneralLedgerEntries/TotalDebit',
      found: formatAmount(totals.debit),
      expected: `${formatAmount(book.debit)} (counted)`,
    });
  }
  if (totals.credit != null && !isTotal(totals.credit, 'credit', book)) {
    faults.add('credit-total', {
      ...at,
      element: 'GeneralLedgerEntries/TotalCredit',
      found: formatAmount(totals.credit),
      expected: `${formatAmount(book.credit)} (counted)`,
    });
  }
}

function checkClosingBalances(book: AuditBook, faults: FaultList): void {
  const differing = [...book.accounts.values()].filter((account) => account.closing !== countedClosing(account));
  const isClosedYear = differing.length > 0 && findClosedYear(book);
  for (const account of differing) {
    const counted = countedClosing(account);
    if (isClosedYear) account.closedBy = account.closing - counted;
    faults.add(isClosedYear ? 'year-closed' : 'closing-balance', {
      line: account.record.at,
      element: `Account ${account.id}`,
      found: `${formatAmount(account.closing)} (declared)`,
      expected: `${formatAmount(counted)} (${formatAmount(account.opening)} + ${formatAmount(account.debit)} - ${formatAmount(account.credit)})`,
    });
  }
}

/** The party's own roll-forward, if the file has both balances. */
function checkPartyBalances(book: AuditBook, faults: FaultList): void {
  for (const party of [...book.customers.values(), ...book.suppliers.values()]) {
    for (const balance of party.balances) {
      const counted = balance.opening + (party.movements.get(balance.account) ?? 0n);
      if (balance.closing === null || counted === balance.closing) continue;
      const kind = party.record.kind === 'customer' ? 'Customer' : 'Supplier';
      faults.add('party-balance', {
        line: balance.at,
        element: `${kind} ${party.id}, account ${balance.account.id}`,
        found: formatAmount(balance.closing),
        expected: isOldVersion(book.header)
          ? `${formatAmount(counted)} (counted on one account)`
          : formatAmount(counted),
      });
    }
  }
}
