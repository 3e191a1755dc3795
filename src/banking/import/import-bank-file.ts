import { setImmediate } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import type { BankFileHeader, BankRecord, BankStatement, BankStatementEnd } from '../formats/bank-file.ts';
import { type BankFilePart, type BankFileSource, openBankFile } from '../formats/bank-file-source.ts';
import { BankFaults } from '../formats/fault.ts';
import { readBankFile } from '../formats/read-bank-file.ts';
import { beyondBankLimits } from '../errors.ts';
import { type FileOrigin, noteReceipt, storedFaults } from './file-receipt.ts';
import type { ReadFile } from './file-statements.ts';
import { HouseAccounts } from './house-accounts.ts';
import {
  type BankImportOutcome,
  type BankImportResult,
  noCounts,
  type StatementResult,
  type SuspiciousEntry,
} from './import-result.ts';
import { FileDeleted, keepFile, putFile, refuseDeleted, restoreFile } from './keep-file.ts';
import { NotificationDesk } from './notification-desk.ts';
import { NotificationImport } from './notification-import.ts';
import { RecordIds } from './record-ids.ts';
import { type ImportDesk, StatementImport } from './statement-import.ts';
import { resultOf } from './statement-result.ts';
import { TransactionWriter } from './transaction-writer.ts';

export interface BankImportRequest {
  file: StagedFile;
  clientAccountId: number;
  /** The account of a file that names none; a file that names another one is refused. */
  bankAccountId: number | null;
  /** Import entries that are probably known: a person has decided so. */
  acceptSuspicious: boolean;
  userId: number;
  /** The job that runs the import: if a run committed without reporting, its result is returned by the next run. */
  jobId?: number | undefined;
  requestId?: string | undefined;
  /** The records of this file that `readFileStatements` has read. */
  read?: ReadFile | null | undefined;
  /** The mailbox delivery of the file: it is recorded in the same transaction as the import. */
  origin?: FileOrigin | undefined;
  progress?: (bytes: number, of: number) => void;
}

/** Limit of faults of each severity that are listed individually. */
const LISTED = 1000;

/** Rolls everything back; the faults are in the fault lists. */
class Refused extends Error {}

/**
 * Imports a bank file, or a ZIP of several, in one transaction. A faulty statement is refused entirely and the others are
 * imported; a truncated file is refused entirely. Known entries change nothing; notifications enrich. The file is stored.
 * Refused as a whole if nothing of it could be imported.
 */
export async function importBankFile(
  { database, clock, files }: { database: Database; clock: Clock; files: FileStore },
  request: BankImportRequest,
): Promise<BankImportOutcome> {
  const faults = new BankFaults();
  const source = await openBankFile(request.file, faults);
  if (!source || faults.fileRefused) {
    source?.close();
    return refusal([faults]);
  }
  const { clientAccountId, file } = request;
  const all: BankFaults[] = [faults];
  const run = () =>
    database.pipelined(
      [clientAccountId],
      (tx) => new BankImport(tx, { database, clock, files }, request, source, all).run(),
      { lasting: true },
    );
  try {
    await putFile(files, clientAccountId, file);
    const result = await run().catch(async (error: unknown) => {
      if (!(error instanceof FileDeleted)) throw error;
      await restoreFile({ database, clock, files }, clientAccountId, file);
      return run();
    });
    return { status: 'succeeded', result };
  } catch (error) {
    if (error instanceof Refused) return refusal(all);
    throw beyondBankLimits(error);
  } finally {
    source.close();
  }
}

function refusal(all: readonly BankFaults[]): BankImportOutcome {
  return {
    status: 'refused',
    errors: all.flatMap((faults) => faults.errors).slice(0, LISTED),
    errorCount: sum(all.map((faults) => faults.errorCount)),
    warnings: all.flatMap((faults) => faults.warnings).slice(0, LISTED),
    warningCount: sum(all.map((faults) => faults.warningCount)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

type Open = StatementImport | NotificationImport;

class BankImport {
  readonly #tx: Transaction;
  readonly #platform: { database: Database; clock: Clock; files: FileStore };
  readonly #request: BankImportRequest;
  readonly #source: BankFileSource;
  /** Of the source and of each part, in order. */
  readonly #all: BankFaults[];
  /** An import from memory is short, and needs no plans and transactions of its own. */
  readonly #isShort: boolean;
  readonly #ids: RecordIds;
  readonly #suspicious: SuspiciousEntry[] = [];
  readonly #results: StatementResult[] = [];
  #header: BankFileHeader | null = null;
  #parts = 0;
  #accounts!: HouseAccounts;
  #notifications!: NotificationDesk;
  #writer!: TransactionWriter;
  #importId = 0;
  #bytesBefore = 0;

  constructor(
    tx: Transaction,
    platform: { database: Database; clock: Clock; files: FileStore },
    request: BankImportRequest,
    source: BankFileSource,
    all: BankFaults[],
  ) {
    this.#tx = tx;
    this.#platform = platform;
    this.#request = request;
    this.#source = source;
    this.#all = all;
    this.#isShort = request.file.content !== null;
    this.#ids = new RecordIds(platform.database, request.clientAccountId, this.#isShort ? tx : null);
  }

  /** If the database refused a batch, that is the cause of failures in later statements. */
  async run(): Promise<BankImportResult> {
    try {
      const { clientAccountId, file } = this.#request;
      const [earlier] = await Promise.all([this.#earlier(), refuseDeleted(this.#tx, clientAccountId, file)]);
      return earlier ?? (await this.#run());
    } catch (error) {
      throw (await this.#writer?.failure()) ?? error;
    }
  }

  /** The result of the earlier import of identical bytes, if that was complete; it is returned again. */
  async #earlier(): Promise<BankImportResult | null> {
    const rows = await this.#tx.prepared<{ result: BankImportResult; job_id: number | null }>(
      'bank-import-earlier',
      sql`
      select result, job_id from bank_imports
      where client_account_id = ${this.#request.clientAccountId} and sha256 = ${Buffer.from(this.#request.file.sha256, 'hex')}
      order by id desc limit 1`,
    );
    const earlier = rows[0]?.result;
    if (earlier && this.#request.jobId !== undefined && rows[0]!.job_id === this.#request.jobId) return earlier;
    if (!earlier || earlier.counts.refused > 0 || earlier.error_count > 0 || earlier.counts.suspicious > 0) return null;
    const again = <T extends BankImportResult['counts'] | StatementResult>(counts: T): T => ({
      ...counts,
      imported: 0,
      enriched: 0,
      waiting: 0,
      already_known: counts.entries,
    });
    return {
      ...earlier,
      already_imported: true,
      counts: again(earlier.counts),
      statements: earlier.statements.map((statement) => ({ ...again(statement), status: 'known' })),
    };
  }

  async #run(): Promise<BankImportResult> {
    const { clientAccountId, userId } = this.#request;
    const tx = this.#tx;
    const [, accounts] = await Promise.all([this.#ids.have(1), HouseAccounts.read(tx, clientAccountId)]);
    this.#accounts = accounts;
    this.#importId = this.#ids.take();
    const context = { tx, clientAccountId, importId: this.#importId, userId, now: this.#platform.clock.now() };
    this.#writer = new TransactionWriter(context);
    this.#notifications = new NotificationDesk(context, this.#ids);
    // The checks of foreign keys are planned once, for the tables' size at that time, and here they grow a thousandfold.
    if (!this.#isShort) tx.post(sql`discard plans`);
    tx.post(sql`set local enable_seqscan = off`);
    for (const part of this.#source.parts) await this.#takePart(part);
    const standing = this.#results.filter(({ status }) => status !== 'refused');
    if (standing.length === 0 && !this.#isOfOthers()) {
      // An intact file without content has no fault of its own, and is refused nevertheless.
      if (this.#all.every(({ errorCount }) => errorCount === 0)) this.#all[0]!.add('no-statements');
      throw new Refused('nothing of the file could be taken in');
    }
    await this.#notifications.finish();
    const fileId = await keepFile(context, this.#ids, this.#request.file);
    const result = this.#result(fileId);
    tx.post(
      sql`
      insert into bank_imports (client_account_id, id, file_id, sha256, format, message_id, result, imported_at, imported_by_id, job_id)
      values (${clientAccountId}, ${this.#importId}, ${fileId}, ${Buffer.from(this.#request.file.sha256, 'hex')},
        ${result.format}, ${result.message_id}, ${JSON.stringify(result)}, ${context.now}, ${userId}, ${this.#request.jobId ?? null})`,
      'bank-import-insert',
    );
    const after = { file_id: fileId, format: result.format, ...result.counts };
    tx.post(
      sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, after, request_id)
      values (${clientAccountId}, ${userId}, 'import_bank_file', 'bank_import', ${this.#importId}, ${JSON.stringify(after)},
        ${this.#request.requestId ?? null})`,
      'bank-import-audit',
    );
    await this.#noteReceipt(result);
    return result;
  }

  async #noteReceipt(result: BankImportResult): Promise<void> {
    const { clientAccountId, origin } = this.#request;
    if (!origin) return;
    await this.#ids.have(1);
    await noteReceipt(this.#tx, {
      ...origin,
      clientAccountId,
      id: this.#ids.take(),
      kind: 'statement',
      status: 'imported',
      receivedAt: this.#platform.clock.now(),
      importId: this.#importId,
      imported: result.counts.imported,
      errors: storedFaults(result.errors),
    });
  }

  /** An intact file without account statements, such as one of mandates: its warning names the content. */
  #isOfOthers(): boolean {
    if (this.#results.length > 0 || this.#all.some(({ errorCount }) => errorCount > 0)) return false;
    return this.#all.some(({ counts }) => counts['service-skipped'] !== undefined);
  }

  /** Imports one file. A truncated one is rolled back entirely. */
  async #takePart(part: BankFilePart): Promise<void> {
    const faults = this.#request.read?.faults ?? new BankFaults();
    faults.file = part.name;
    this.#all.push(faults);
    this.#parts++;
    const results: StatementResult[] = [];
    const marks = { changes: this.#notifications.mark, suspicious: this.#suspicious.length };
    this.#tx.post(sql`savepoint bank_file`);
    const taking = new PartImport(
      {
        tx: this.#tx,
        clientAccountId: this.#request.clientAccountId,
        importId: this.#importId,
        userId: this.#request.userId,
        now: this.#platform.clock.now(),
        ids: this.#ids,
        writer: this.#writer,
        accounts: this.#accounts,
        notifications: this.#notifications,
        faults,
        acceptSuspicious: this.#request.acceptSuspicious,
        accountingCurrency: 'NOK',
        suspicious: this.#suspicious,
      },
      this.#request.bankAccountId,
      results,
    );
    const { read } = this.#request;
    for await (const records of read ? [read.records] : readBankFile(this.#counted(part), faults)) {
      for (const record of records) await taking.take(record);
      // Yields to the event loop: responses of the database arrive, and its next statement is sent, only between turns.
      await setImmediate();
    }
    this.#header ??= taking.header;
    if (faults.fileRefused) {
      await this.#writer.abandon();
      await this.#tx.execute(sql`rollback to savepoint bank_file`);
      this.#notifications.forget(marks.changes);
      this.#suspicious.length = marks.suspicious;
      for (const result of results)
        Object.assign(result, { ...noCounts(), status: 'refused', bank_statement_id: null });
      this.#results.push(...results);
      return;
    }
    await this.#writer.send();
    await this.#writer.settle();
    this.#tx.post(sql`release savepoint bank_file`);
    this.#results.push(...results);
  }

  async *#counted(part: BankFilePart): AsyncGenerator<Uint8Array> {
    const { parts } = this.#source;
    const of = sum(parts.map(({ size }) => size));
    let read = 0;
    for await (const piece of part.open()) {
      read += piece.length;
      this.#request.progress?.(this.#bytesBefore + read, of);
      yield piece;
    }
    this.#bytesBefore += part.size;
  }

  #result(fileId: number): BankImportResult {
    const counts = { statements: this.#results.length, refused: 0, ...noCounts() };
    for (const statement of this.#results) {
      if (statement.status === 'refused') counts.refused++;
      for (const name of Object.keys(noCounts()) as (keyof ReturnType<typeof noCounts>)[])
        counts[name] += statement[name];
    }
    const refusedFile = refusal(this.#all) as Extract<BankImportOutcome, { status: 'refused' }>;
    return {
      client_account_id: this.#request.clientAccountId,
      already_imported: false,
      import_id: this.#importId,
      file_id: fileId,
      format: this.#header?.format ?? 'unknown',
      message_id: this.#parts === 1 ? (this.#header?.messageId ?? null) : null,
      counts,
      statements: this.#results,
      suspicious: this.#suspicious,
      warnings: refusedFile.warnings,
      warning_count: refusedFile.warningCount,
      errors: refusedFile.errors,
      error_count: refusedFile.errorCount,
    };
  }
}

/** Statements and notifications of one file, in order of arrival. */
class PartImport {
  readonly #desk: ImportDesk;
  readonly #bankAccountId: number | null;
  readonly #results: StatementResult[];
  readonly #open = new Map<number, Open>();
  header: BankFileHeader | null = null;
  #marks = { changes: 0, suspicious: 0 };

  constructor(desk: ImportDesk, bankAccountId: number | null, results: StatementResult[]) {
    this.#desk = desk;
    this.#bankAccountId = bankAccountId;
    this.#results = results;
  }

  /** `camt`, `mt940`, `csv-dnb`...: files of one family word an entry identically each time. */
  get #family(): string {
    return this.header!.format.replace(/^(camt\.\d{3}).*$/, '$1');
  }

  /** Statements of an export are open in parallel, and it is imported entirely or not at all. */
  get #isSideBySide(): boolean {
    return this.header!.format.startsWith('csv');
  }

  async take(record: BankRecord): Promise<void> {
    if (this.#desk.faults.fileRefused) return;
    if (record.kind === 'entry') return this.#open.get(record.statement)?.add(record);
    if (record.kind === 'file') this.header = record;
    else if (record.kind === 'statement') await this.#begin(record.statement);
    else await this.#end(record);
  }

  async #begin(statement: BankStatement): Promise<void> {
    const { faults, accounts, tx, notifications, suspicious } = this.#desk;
    const account = accounts.ofStatement(statement, this.#bankAccountId, faults);
    if (!account) {
      this.#results.push(resultOf(statement, faults.file, null));
      return;
    }
    if (!this.#isSideBySide) {
      this.#marks = { changes: notifications.mark, suspicious: suspicious.length };
      tx.post(sql`savepoint bank_statement`);
    }
    const begun =
      statement.role === 'statement'
        ? await StatementImport.begin(this.#desk, statement, account, this.#family, faults.file)
        : await NotificationImport.begin(notifications, statement, account, this.#family, faults.file);
    this.#open.set(statement.index, begun);
    this.#results.push(begun.result);
  }

  async #end(record: BankStatementEnd): Promise<void> {
    const { faults, tx, writer, notifications, suspicious } = this.#desk;
    const { index } = record.statement;
    const open = this.#open.get(index);
    this.#open.delete(index);
    if (!open) {
      const refused = this.#results.find((result) => result.index === index);
      if (refused) Object.assign(refused, { entries: record.entryCount, pending: record.pendingCount });
      return;
    }
    if (record.refused) {
      if (this.#isSideBySide) faults.fileRefused = true;
      else {
        await writer.abandon();
        await tx.execute(sql`rollback to savepoint bank_statement`);
        await tx.execute(sql`release savepoint bank_statement`);
        notifications.forget(this.#marks.changes);
        suspicious.length = this.#marks.suspicious;
      }
      const { statement } = record;
      Object.assign(open.result, {
        ...noCounts(),
        status: 'refused',
        entries: record.entryCount,
        from_date: statement.from,
        to_date: statement.to,
      });
      return;
    }
    await open.end(record);
    if (!this.#isSideBySide) tx.post(sql`release savepoint bank_statement`);
  }
}
