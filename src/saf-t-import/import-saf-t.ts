import { setImmediate } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../kernel/check-digits.ts';
import type { Clock } from '../kernel/clock.ts';
import { type LocalDate, localDate, yearOf } from '../kernel/local-date.ts';
import { formatAmount, MAX_TURNOVER, ore } from '../kernel/money.ts';
import { mastersChanged } from '../ledger/index.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { createClientAccount, forgetCallers } from '../tenancy/index.ts';
import { type AuditBook, type CheckedTransaction, transactionKey } from './audit-book.ts';
import { type AuditFileSource, openAuditFile } from './audit-file-source.ts';
import { checkAuditFile } from './check-audit-file.ts';
import { EntryWriter } from './entry-writer.ts';
import { FaultList } from './fault.ts';
import type { Fault } from './fault.ts';
import { type ImportedAccounts, importAccounts } from './import-accounts.ts';
import { type Dimensions, importDimensions } from './import-dimensions.ts';
import { EntryImport, fingerprint } from './import-entries.ts';
import { type ImportedPartners, importPartners } from './import-partners.ts';
import { importTaxCodes } from './import-tax-codes.ts';
import { KeySet } from './key-set.ts';
import { Ledger } from './ledger-head.ts';
import { checkOpeningBalances, checkOwner } from './meet-the-books.ts';
import { writeOpeningEntry } from './opening-entry.ts';

export interface SafTImportRequest {
  /** Where the file lies. */
  path: string;
  /** Kept with the import. */
  fileName: string;
  /** Null: a new client account is made from the file's header. */
  clientAccountId: number | null;
  userId: number;
  requestId?: string | undefined;
  /** The client accounts in which the caller may import: where an earlier import of the same file is looked for. */
  reachable: readonly number[];
  /** Uncompressed bytes read, and how many there are. */
  progress?: (bytes: number, of: number) => void;
}

/** Declared and imported closing balance of an account, as signed amounts: debit positive. */
export interface AccountComparison {
  account_code: string;
  name: string;
  opening_balance: string;
  imported_closing_balance: string;
  declared_closing_balance: string;
  difference: string;
}

export interface SafTImportResult {
  client_account_id: number;
  /** True: the books had all of it before, and nothing was changed. */
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

/** Rolls everything back; what is wrong stands in the fault list. */
class Refused extends Error {}

/** Rolls back as well: the books have every voucher of the file, so its masters are not touched either. */
class NothingNew extends Error {
  readonly result: SafTImportResult;
  constructor(result: SafTImportResult) {
    super('the books have all of the file');
    this.result = result;
  }
}

/**
 * Takes in the books of a SAF-T Financial file: masters, opening balances, vouchers, in one transaction, all or nothing.
 * The file is read once, as a stream; reading, checking and writing go on at the same time, and after the first error
 * only reading and checking do, so that every fault is told.
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
      const earlier = await earlierImport(tx, source, clientAccounts);
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
 * The checks of foreign keys are planned once, for tables as they are then. In nearly empty books that plan reads whole
 * tables, and here they grow a thousandfold before anything makes it anew: so no old plans, and only plans by index.
 */
async function planForGrowth(tx: Transaction): Promise<void> {
  await tx.execute(sql`discard plans`);
  await tx.execute(sql`set local enable_seqscan = off`);
}

/** The result of the import that took in the very same bytes, told again. */
async function earlierImport(
  tx: Transaction,
  source: AuditFileSource,
  clientAccounts: readonly number[],
): Promise<SafTImportResult | null> {
  const found = await tx.rows<{ result: SafTImportResult }>(sql`
    select result from saf_t_imports where client_account_id = any(${clientAccounts}) and sha256 = ${source.sha256}
    order by client_account_id limit 1`);
  return found[0] ? { ...found[0].result, already_imported: true } : null;
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

  /** A batch that the database refused is the cause of the failure of what was asked after it. */
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
    if (result.accounts.some((account) => account.difference !== '0.00')) throw await this.#refuse();
    await this.#keep(book, result);
    return result;
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
    this.#taxCodes = await importTaxCodes(ledger, book, this.#faults);
    this.#accounts = await importAccounts(ledger, book, this.#faults);
    this.#partners = await importPartners(ledger, book, this.#faults);
    this.#dimensions = await importDimensions(ledger, book);
    if (this.#faults.refused) return;
    const { present, isFresh } = await presentTransactions(ledger);
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

  #newClientAccount(book: AuditBook): Promise<number> {
    const header = book.header!;
    const company = header.company!;
    const number = company.registrationNumber!.replace(/\s|MVA$/gi, '');
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
    for (const transaction of transactions) {
      await this.#entries!.add(transaction);
      if (this.#writer.isFull) await this.#writer.send();
    }
    // Parsing gives way here: the database's answers come in, and its next statement goes out, only between turns.
    await setImmediate();
  }

  /** Before the first voucher: empty books get the opening balances, others must have them. */
  async #openBooks(book: AuditBook, first: CheckedTransaction | null): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    const start = startOf(book, first);
    if (start === null) return;
    if (this.#isFresh) {
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
      await checkOpeningBalances(this.#ledger!, book, this.#accounts!, start, this.#faults);
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
      accounts: await compareAccounts(
        ledger,
        book,
        writer,
        this.#isFresh ? 'imported' : present === 0 ? 'proven' : 'partly',
      ),
      warnings: this.#faults.warnings,
      warning_count: this.#faults.warningCount,
    };
  }

  /** What was imported, for the next import of the same file and for an export that gives it back. */
  async #keep(book: AuditBook, result: SafTImportResult): Promise<void> {
    const ledger = this.#ledger!;
    const { firstId, lastId } = this.#writer!;
    result.import_id = ledger.takeId();
    const header = JSON.stringify({ ...book.header, journals: [...book.journals.values()] }, (key, value) =>
      key === 'at' ? undefined : value,
    );
    await this.#tx.execute(sql`
      insert into saf_t_imports (client_account_id, id, sha256, file_name, version, selection_start, selection_end,
        first_entry_id, last_entry_id, header, result, imported_at, imported_by_id)
      values (${ledger.clientAccountId}, ${result.import_id}, ${this.#source.sha256}, ${this.#request.fileName}, ${result.version},
        ${book.selection?.start ?? null}, ${book.selection?.end ?? null}, ${firstId || null}, ${lastId || null},
        ${header}, ${JSON.stringify(result)}, ${ledger.now}, ${ledger.userId})`);
    // Accounts, VAT codes and their rates may be others now: every node reads them anew at its next posting.
    await mastersChanged(this.#tx, ledger.clientAccountId);
    await ledger.release();
    const after = { import_id: result.import_id, file_name: this.#request.fileName, ...result.counts };
    await this.#tx.execute(sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, after, request_id)
      values (${ledger.clientAccountId}, ${ledger.userId}, 'import_saf_t', 'saf_t_import', ${result.import_id},
        ${JSON.stringify(after)}, ${this.#request.requestId ?? null})`);
  }
}

/** An old file may come without a selection: its books then begin with the year of the first voucher. */
function startOf(book: AuditBook, first: CheckedTransaction | null): LocalDate | null {
  if (book.selection) return book.selection.start;
  const year = first?.transaction.periodYear ?? (book.header?.created ? yearOf(book.header.created) : null);
  return year === null ? null : localDate(year, 1, 1);
}

/** Vouchers that came from SAF-T before, and whether the books have any entry at all. */
async function presentTransactions(ledger: Ledger): Promise<{ present: KeySet; isFresh: boolean }> {
  const present = new KeySet();
  const { tx, clientAccountId } = ledger;
  const { some } = await tx.one<{ some: boolean }>(sql`
    select exists (select from journal_entries where client_account_id = ${clientAccountId}) as some`);
  if (!some) return { present, isFresh: true };
  for (let after = 0; ;) {
    const rows = await tx.rows<{
      id: number;
      fiscal_year: number;
      entry_date: string;
      debit_total: number;
      transaction_id: string | null;
    }>(sql`
      select id, fiscal_year, entry_date, debit_total, origin->>'transaction_id' as transaction_id from journal_entries
      where client_account_id = ${clientAccountId} and id > ${after} and source = 'saf-t' order by id limit 20000`);
    for (const row of rows) {
      if (row.transaction_id !== null)
        present.add(transactionKey(row.fiscal_year, row.transaction_id), fingerprint(row.entry_date, row.debit_total));
    }
    if (rows.length === 0) return { present, isFresh: false };
    after = rows.at(-1)!.id;
  }
}

/** Where the opening balances come from: this import; the books, proven equal; or these and vouchers that were there. */
type OpeningFrom = 'imported' | 'proven' | 'partly';

/** What the database holds of this import, account by account, beside what the file declares. */
async function compareAccounts(
  ledger: Ledger,
  book: AuditBook,
  writer: EntryWriter,
  from: OpeningFrom,
): Promise<AccountComparison[]> {
  const rows = await ledger.tx.rows<{ account_code: string; balance: string }>(sql`
    select account_code, sum(debit) - sum(credit) as balance from journal_entry_lines
    where client_account_id = ${ledger.clientAccountId} and entry_id between ${writer.firstId} and ${writer.lastId}
    group by account_code`);
  const imported = new Map(rows.map((row) => [row.account_code, ore(row.balance)]));
  return [...book.accounts.values()].map((account) => {
    const written = imported.get(account.id) ?? 0n;
    // Vouchers that were there before count as the file tells them: they are proven to be the same.
    const partly = account.opening + account.debit - account.credit - written;
    const closing = written + (from === 'imported' ? 0n : from === 'proven' ? account.opening : partly);
    return {
      account_code: account.id,
      name: account.record.description ?? '',
      opening_balance: formatAmount(account.opening),
      imported_closing_balance: formatAmount(closing),
      declared_closing_balance: formatAmount(book.entriesSeen ? account.closing : closing),
      difference: formatAmount(book.entriesSeen ? closing - account.closing : 0n),
    };
  });
}
