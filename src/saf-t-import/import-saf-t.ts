import { setImmediate } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../kernel/check-digits.ts';
import type { Clock } from '../kernel/clock.ts';
import { addDays, type LocalDate, localDate, yearOf } from '../kernel/local-date.ts';
import { formatAmount, MAX_TURNOVER } from '../kernel/money.ts';
import { mastersChanged } from '../ledger/index.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { createClientAccount, forgetCallers } from '../tenancy/index.ts';
import { type AuditBook, type CheckedTransaction, noneMade, yearStartOf } from './audit-file/audit-book.ts';
import { type AuditFileSource, openAuditFile } from './audit-file/audit-file-source.ts';
import { checkAuditFile } from './checks/check-audit-file.ts';
import { isClosed, writeClosing } from './closed-year.ts';
import { type AccountComparison, compareAccounts } from './compare-accounts.ts';
import { EntryWriter } from './books/entry-writer.ts';
import { FaultList } from './checks/fault.ts';
import type { Fault } from './checks/fault.ts';
import { type ImportedAccounts, importAccounts } from './books/import-accounts.ts';
import { type Dimensions, importDimensions } from './books/import-dimensions.ts';
import { EntryImport } from './books/import-entries.ts';
import { type ImportedPartners, importPartners } from './books/import-partners.ts';
import { importTaxCodes } from './books/import-tax-codes.ts';
import { Ledger } from './books/ledger-head.ts';
import { checkOpeningBalances, checkOwner } from './books/meet-the-books.ts';
import { writeOpeningEntry } from './books/opening-entry.ts';
import { presentVouchers } from './present-vouchers.ts';
import { plainRegistrationNumber } from './registration-number.ts';

export interface SafTImportRequest {
  /** Path of the file. */
  path: string;
  /** Stored with the import. */
  fileName: string;
  /** Null: a new client account is created from the file's header. */
  clientAccountId: number | null;
  userId: number;
  requestId?: string | undefined;
  /** The job of the import: if an earlier run imported the file but did not report it, that result is returned. */
  jobId?: number | undefined;
  /** The client accounts in which the caller may import: searched for an earlier import of the same file. */
  reachable: readonly number[];
  /** Uncompressed bytes read, and their total. */
  progress?: (bytes: number, of: number) => void;
}

export interface SafTImportResult {
  client_account_id: number;
  /** True: the books already contained all of it, and nothing was changed. */
  already_imported: boolean;
  import_id: number | null;
  version: string;
  counts: {
    accounts: number;
    accounts_created: number;
    business_partners: number;
    tax_codes: number;
    dimension_values: number;
    entries: number;
    lines: number;
    entries_already_present: number;
  };
  debit: string;
  credit: string;
  accounts: AccountComparison[];
  warnings: Fault[];
  warning_count: number;
}

export type SafTImportOutcome =
  | { status: 'succeeded'; result: SafTImportResult }
  | { status: 'refused'; errors: Fault[]; errorCount: number; warnings: Fault[]; warningCount: number };

/** Rolls everything back; the fault list contains the reasons. */
class Refused extends Error {}

/** Also rolls back: the books have every voucher of the file, so its masters are not changed either. */
class NothingNew extends Error {
  readonly result: SafTImportResult;
  constructor(result: SafTImportResult) {
    super('the books have all of the file');
    this.result = result;
  }
}

/**
 * Imports the books of a SAF-T Financial file: masters, opening balances, vouchers, in one transaction, all or nothing.
 * The file is read once, as a stream; reading, checking and writing run concurrently. After the first error writing
 * stops, but reading and checking continue, so that all faults are reported.
 */
export async function importSafT(
  database: Database,
  clock: Clock,
  request: SafTImportRequest,
): Promise<SafTImportOutcome> {
  const faults = new FaultList();
  const source = await openAuditFile(request.path, faults);
  if (!source || faults.refused) {
    source?.close();
    return refusal(faults);
  }
  try {
    const clientAccounts = request.clientAccountId === null ? request.reachable : [request.clientAccountId];
    const importing = async (tx: Transaction) => {
      const earlier = await earlierImport(tx, source, clientAccounts, request.jobId);
      if (earlier) return earlier;
      await planForGrowth(tx);
      return new SafTImport(tx, clock, request, source, faults).run();
    };
    const result = await database.pipelined(clientAccounts, importing, { lasting: true });
    if (request.clientAccountId === null && !result.already_imported) forgetCallers(database);
    return { status: 'succeeded', result };
  } catch (error) {
    if (error instanceof Refused) return refusal(faults);
    if (error instanceof NothingNew) return { status: 'succeeded', result: error.result };
    throw error;
  } finally {
    source.close();
  }
}

function refusal(faults: FaultList): SafTImportOutcome {
  return {
    status: 'refused',
    errors: faults.errors,
    errorCount: faults.errorCount,
    warnings: faults.warnings,
    warningCount: faults.warningCount,
  };
}

/**
 * Foreign key checks are planned once, for the current size of the tables. In nearly empty books that plan scans whole
 * tables, and the import makes them a thousand times larger before it is planned again: so plans are not cached, and
 * only index scans are allowed.
 */
async function planForGrowth(tx: Transaction): Promise<void> {
  await tx.execute(sql`discard plans`);
  await tx.execute(sql`set local enable_seqscan = off`);
}

/** The result of an earlier import of the same bytes, returned again. */
async function earlierImport(
  tx: Transaction,
  source: AuditFileSource,
  clientAccounts: readonly number[],
  jobId: number | undefined,
): Promise<SafTImportResult | null> {
  const found = await tx.rows<{ result: SafTImportResult; job_id: number | null }>(sql`
    select result, job_id from saf_t_imports where client_account_id = any(${clientAccounts}) and sha256 = ${source.sha256}
    order by client_account_id limit 1`);
  if (!found[0]) return null;
  const isOwn = jobId !== undefined && found[0].job_id === jobId;
  return { ...found[0].result, already_imported: !isOwn };
}

class SafTImport {
  readonly #tx: Transaction;
  readonly #clock: Clock;
  readonly #request: SafTImportRequest;
  readonly #source: AuditFileSource;
  readonly #faults: FaultList;
  #ledger: Ledger | null = null;
  #accounts: ImportedAccounts | null = null;
  #partners: ImportedPartners | null = null;
  #dimensions: Dimensions | null = null;
  #taxCodes = 0;
  /** The first day of the imported books. */
  #start: LocalDate | null = null;
  #writer: EntryWriter | null = null;
  #entries: EntryImport | null = null;
  #opened = false;
  #isFresh = true;

  constructor(tx: Transaction, clock: Clock, request: SafTImportRequest, source: AuditFileSource, faults: FaultList) {
    this.#tx = tx;
    this.#clock = clock;
    this.#request = request;
    this.#source = source;
    this.#faults = faults;
  }

  /** A batch that the database refused is the cause of the failure of later statements. */
  async run(): Promise<SafTImportResult> {
    try {
      return await this.#run();
    } catch (error) {
      throw (await this.#writer?.failure()) ?? error;
    }
  }

  async #run(): Promise<SafTImportResult> {
    const { progress } = this.#request;
    const book = await checkAuditFile(this.#source, this.#faults, {
      masters: (masters) => this.#takeMasters(masters),
      transactions: (transactions, masters) => this.#takeTransactions(transactions, masters),
      progress: (bytes) => progress?.(bytes, this.#source.bytes),
    });
    if (this.#faults.refused || !this.#ledger) throw await this.#refuse();
    await this.#openBooks(book, null);
    await this.#takeMade(book);
    await this.#closeYear(book);
    if (this.#faults.refused) throw await this.#refuse();
    if (this.#ledger.turnover > MAX_TURNOVER) {
      this.#faults.add('books-full', {
        element: 'GeneralLedgerEntries',
        found: formatAmount(this.#ledger.turnover),
        expected: `at most ${formatAmount(MAX_TURNOVER)}`,
      });
      throw await this.#refuse();
    }
    await this.#writer!.finish();
    const result = await this.#resultOf(book);
    if (result.already_imported) throw new NothingNew(result);
    if (this.#tellDifferences(result.accounts)) throw await this.#refuse();
    await this.#keep(book, result);
    return result;
  }

  /** The closing of a year without a voucher in the file, on its balance accounts. */
  async #closeYear(book: AuditBook): Promise<void> {
    const changes = [...book.accounts.values()].filter(
      ({ id, closedBy }) => closedBy !== 0n && !this.#accounts!.result.has(id),
    );
    if (changes.length === 0 || !book.selection) return;
    if (await isClosed(this.#ledger!, book.selection.end)) return;
    const byAccount = new Map(changes.map(({ id, closedBy }) => [id, closedBy]));
    await writeClosing(this.#ledger!, this.#writer!, byAccount, book.selection.end, this.#faults);
  }

  /**
   * The day from which result accounts are counted: the opening entry, if this import wrote it, is on the day before.
   */
  #resultsFrom(book: AuditBook): LocalDate | null {
    if (this.#start === null) return null;
    const [yearStart, opened] = [yearStartOf(book, this.#start), addDays(this.#start, -1)];
    return this.#isFresh && opened < yearStart ? opened : yearStart;
  }

  #tellDifferences(accounts: readonly AccountComparison[]): boolean {
    for (const account of accounts) {
      if (account.difference === '0.00') continue;
      this.#faults.add('closing-differs', {
        element: `Account ${account.account_code}`,
        found: `${account.declared_closing_balance} (declared)`,
        expected: `${account.imported_closing_balance} (the books)`,
      });
    }
    return this.#faults.refused;
  }

  async #refuse(): Promise<Refused> {
    await this.#writer?.abandon();
    return new Refused('the file has faults');
  }

  async #takeMasters(book: AuditBook): Promise<void> {
    if (this.#faults.refused || !book.header) return;
    const clientAccountId = this.#request.clientAccountId ?? (await this.#newClientAccount(book));
    const ledger = await Ledger.hold(this.#tx, clientAccountId, this.#request.userId, this.#clock.now());
    if (this.#request.clientAccountId !== null) await checkOwner(ledger, book, this.#faults);
    book.made = noneMade();
    this.#taxCodes = await importTaxCodes(ledger, book.taxCodes.values(), this.#faults);
    this.#accounts = await importAccounts(ledger, book, this.#faults);
    const parties = [...book.customers.values(), ...book.suppliers.values()];
    this.#partners = await importPartners(ledger, parties, book.ownerList, this.#faults);
    this.#dimensions = await importDimensions(ledger, book);
    if (this.#faults.refused) return;
    const { present, isFresh } = await presentVouchers(ledger);
    this.#isFresh = isFresh;
    const dimensions = this.#dimensions;
    this.#ledger = ledger;
    this.#writer = new EntryWriter(ledger, () => dimensions.writeSets());
    this.#entries = new EntryImport({
      ledger,
      book,
      accounts: this.#accounts,
      partners: this.#partners,
      dimensions,
      present,
      writer: this.#writer,
      faults: this.#faults,
    });
  }

  /** Writes the masters that lines refer to and the file does not list, before the lines that use them. */
  async #takeMade(book: AuditBook): Promise<void> {
    const { parties, owners, taxCodes, analyses } = book.made;
    if (parties.length + owners.length + taxCodes.length + analyses === 0 || !this.#ledger) return;
    book.made = noneMade();
    if (taxCodes.length > 0) this.#taxCodes += await importTaxCodes(this.#ledger, taxCodes, this.#faults);
    if (analyses > 0) await this.#dimensions!.takeValues(book);
    if (parties.length + owners.length === 0) return;
    const known = this.#partners!;
    const made = await importPartners(this.#ledger, parties, owners, this.#faults);
    for (const [party, id] of made.of) known.of.set(party, id);
    for (const [owner, id] of made.owners) known.owners.set(owner, id);
    known.created += made.created;
  }

  #newClientAccount(book: AuditBook): Promise<number> {
    const header = book.header!;
    const company = header.company!;
    const number = plainRegistrationNumber(company.registrationNumber!);
    if (!isOrganizationNumber(number)) {
      this.#faults.add('organization-number', {
        line: company.at,
        element: 'Header/Company/RegistrationNumber',
        found: company.registrationNumber!,
        expected: 'nine digits with a valid check digit',
      });
    }
    return createClientAccount(this.#tx, {
      displayName: company.name!,
      createdById: this.#request.userId,
      organizationNumber: isOrganizationNumber(number) ? number : null,
      accountingCurrency: header.currency ?? 'NOK',
      metadata: { imported_from: { software: header.softwareId, registration_number: company.registrationNumber } },
    });
  }

  async #takeTransactions(transactions: readonly CheckedTransaction[], book: AuditBook): Promise<void> {
    if (this.#faults.refused || !this.#writer) return;
    await this.#openBooks(book, transactions[0]!);
    await this.#takeMade(book);
    for (const transaction of transactions) {
      await this.#entries!.add(transaction);
      if (this.#writer.isFull) await this.#writer.send();
    }
    // Parsing yields to the event loop here: only then can the database's responses arrive and its next statement be
    // sent.
    await setImmediate();
  }

  /** Before the first voucher: empty books get the opening balances, others must already have them. */
  async #openBooks(book: AuditBook, first: CheckedTransaction | null): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    const start = startOf(book, first);
    this.#start = start;
    if (start === null) return;
    if (this.#isFresh) {
      await this.#ledger!.adoptFiscalYears(book.calendar?.fiscalStart ?? null);
      await writeOpeningEntry(
        this.#ledger!,
        book,
        this.#partners!,
        this.#dimensions!,
        this.#writer!,
        start,
        this.#faults,
      );
    } else {
      const closed = await checkOpeningBalances(this.#ledger!, book, this.#accounts!, start, this.#faults);
      if (closed) await writeClosing(this.#ledger!, this.#writer!, closed, addDays(start, -1), this.#faults);
    }
  }

  async #resultOf(book: AuditBook): Promise<SafTImportResult> {
    const writer = this.#writer!;
    const ledger = this.#ledger!;
    const present = this.#entries!.presentCount;
    return {
      client_account_id: ledger.clientAccountId,
      already_imported: writer.entries === 0 && present > 0,
      import_id: null,
      version: book.header!.version!,
      counts: {
        accounts: book.accounts.size,
        accounts_created: this.#accounts!.created,
        business_partners: this.#partners!.created,
        tax_codes: this.#taxCodes,
        dimension_values: this.#dimensions!.created,
        entries: writer.entries,
        lines: writer.lines,
        entries_already_present: present,
      },
      debit: formatAmount(writer.debit),
      credit: formatAmount(writer.debit),
      accounts: await compareAccounts(ledger, book, this.#accounts!, this.#resultsFrom(book)),
      warnings: this.#faults.warnings,
      warning_count: this.#faults.warningCount,
    };
  }

  /** Stores what was imported, for a repeated import of the same file and for an export that writes it back. */
  async #keep(book: AuditBook, result: SafTImportResult): Promise<void> {
    const ledger = this.#ledger!;
    const { firstId, lastId } = this.#writer!;
    result.import_id = ledger.takeId();
    const header = JSON.stringify({ ...book.header, journals: [...book.journals.values()] }, (key, value) =>
      key === 'at' ? undefined : value,
    );
    await this.#tx.execute(sql`
      insert into saf_t_imports (client_account_id, id, sha256, file_name, version, selection_start, selection_end,
        first_entry_id, last_entry_id, header, result, imported_at, imported_by_id, job_id)
      values (${ledger.clientAccountId}, ${result.import_id}, ${this.#source.sha256}, ${this.#request.fileName}, ${result.version},
        ${book.selection?.start ?? null}, ${book.selection?.end ?? null}, ${firstId || null}, ${lastId || null},
        ${header}, ${JSON.stringify(result)}, ${ledger.now}, ${ledger.userId}, ${this.#request.jobId ?? null})`);
    // Accounts, VAT codes and rates may have changed: every node reads them again at its next posting.
    await mastersChanged(this.#tx, ledger.clientAccountId);
    await ledger.release();
    const after = { import_id: result.import_id, file_name: this.#request.fileName, ...result.counts };
    await this.#tx.execute(sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, after, request_id)
      values (${ledger.clientAccountId}, ${ledger.userId}, 'import_saf_t', 'saf_t_import', ${result.import_id},
        ${JSON.stringify(after)}, ${this.#request.requestId ?? null})`);
  }
}

/** An old file may have no selection: its books then begin with the year of the first voucher. */
function startOf(book: AuditBook, first: CheckedTransaction | null): LocalDate | null {
  if (book.selection) return book.selection.start;
  if (first && book.calendar?.fiscalStart) return book.calendar.yearStart(first.date);
  const year = first?.fiscalYear ?? (book.header?.created ? yearOf(book.header.created) : null);
  return year === null ? null : localDate(year, 1, 1);
}
