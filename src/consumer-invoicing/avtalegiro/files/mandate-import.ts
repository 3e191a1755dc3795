import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { isKid } from '../../../kernel/kid.ts';
import { takeIds } from '../../../ledger/index.ts';
import { ADMINS } from '../../../platform/caller.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { type Static, strict, Type } from '../../../platform/http/schema.ts';
import { type AuditRecord, type Call, type Platform, writeAudit, writeOperation } from '../../../platform/operation.ts';
import { consumerInvoicingErrors } from '../../errors.ts';
import { MandateFileReader, type MandateNews } from './mandate-file.ts';
import { MandateWriter } from './mandate-writer.ts';
import { netsRecords } from './records.ts';

const MOST_WARNINGS = 100;

export const MandateImportShape = strict({
  file_id: Type.Integer(),
  already_imported: Type.Boolean({ description: 'The same bytes were taken in before; nothing was done' }),
  sender: Type.String(),
  transmission_number: Type.String(),
  mandates: Type.Integer(),
  changed: Type.Integer({ description: 'New, changed or ended by this file' }),
  warning_count: Type.Integer(),
  warnings: Type.Array(strict({ line: Type.Integer(), message: Type.String(), message_en: Type.String() }), {
    description: 'The first hundred',
  }),
});

type MandateImport = Static<typeof MandateImportShape>;

interface Warning {
  line: number;
  message: string;
  message_en: string;
}

/** Imports a file of mandates, entirely or not at all; the same file again changes nothing. */
export const importMandates = writeOperation({
  name: 'consumer_invoicing.avtalegiro.import',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now, audit }, { content }: { content: string }) {
    const fileId = await takeIds(tx, clientAccountId);
    return importMandateFile(tx, { clientAccountId, fileId, now, audit }, async function* () {
      yield Buffer.from(content, 'latin1');
    });
  },
});

/**
 * Imports a file of any size, outside a request: memory holds some batches of mandates. `caller` null: it came through a
 * bank's mailbox, not from a user. Throws as `importMandateFile`.
 */
export async function takeMandateFile(
  { database, clock }: Pick<Platform, 'database' | 'clock'>,
  { accounts, ...call }: Omit<Call, 'clientAccountId'> & { clientAccountId: number; accounts?: ReadonlySet<string> },
  read: () => AsyncIterable<Uint8Array>,
): Promise<MandateImport> {
  const now = clock.now();
  const { clientAccountId } = call;
  // In a separate transaction: taking ids locks the books.
  const fileId = await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    takeIds(tx, clientAccountId),
  );
  return database.pipelined(
    [clientAccountId],
    async (tx) => {
      const audits: AuditRecord[] = [];
      const audit = (record: AuditRecord) => void audits.push(record);
      const result = await importMandateFile(tx, { clientAccountId, fileId, now, accounts, audit }, read);
      await writeAudit(tx, importMandates.name, call, audits);
      return result;
    },
    { lasting: true },
  );
}

interface MandateImportOptions {
  clientAccountId: number;
  fileId: number;
  now: Date;
  audit: (record: AuditRecord) => void;
  /** In a file for several client accounts, the mandates of this one; the others are read only for the totals. */
  accounts?: ReadonlySet<string> | undefined;
}

/**
 * `read` returns the bytes; it is called again if the file is known but new for one of the accounts. Throws
 * consumer_invoicing.file_refused, file_without_agreement.
 */
async function importMandateFile(
  tx: Transaction,
  options: MandateImportOptions,
  read: () => AsyncIterable<Uint8Array>,
): Promise<MandateImport> {
  const { clientAccountId, fileId, now, audit } = options;
  // One file of a client account at a time: a full list ends mandates that another file might just be adding.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('avtalegiro mandates', ${clientAccountId}))`);
  const lengths = await kidLengths(tx, clientAccountId);
  await tx.execute(sql`savepoint mandate_file`);
  const { work, transmission, sha256 } = await takeIn(tx, { ...options, lengths }, read);
  const known = await tx.maybe<{ id: number; accounts: string[] }>(sql`
    select id, accounts from avtalegiro_files where client_account_id = ${clientAccountId} and sha256 = ${sha256}`);
  let taken = work;
  const missing = new Set(work.accounts);
  if (known) {
    // Mandates of the earlier import may have changed since, by newer files.
    await tx.execute(sql`rollback to savepoint mandate_file`);
    for (const account of known.accounts) missing.delete(account);
    if (missing.size > 0) ({ work: taken } = await takeIn(tx, { ...options, accounts: missing, lengths }, read));
    await tx.execute(sql`
      update avtalegiro_files set accounts = accounts || ${[...missing]}::text[]
      where client_account_id = ${clientAccountId} and id = ${known.id}`);
  } else {
    const { sender, number, receiver } = transmission;
    await tx.execute(sql`
      insert into avtalegiro_files (client_account_id, id, kind, sha256, sender, transmission_number, receiver, records, accounts,
        created_at)
      values (${clientAccountId}, ${fileId}, 'mandates', ${sha256}, ${sender}, ${number}, ${receiver}, ${work.mandates},
        ${[...missing]}::text[], ${now})`);
  }
  const isKnown = known !== undefined && missing.size === 0;
  const result = {
    file_id: known?.id ?? fileId,
    already_imported: isKnown,
    sender: transmission.sender,
    transmission_number: transmission.number,
    mandates: taken.mandates,
    changed: isKnown ? 0 : taken.changed,
    ...taken.warnings,
  };
  const { warnings } = result;
  audit({ recordType: 'avtalegiro_file', recordId: result.file_id, after: { ...result, warnings: warnings.length } });
  return result;
}

async function takeIn(tx: Transaction, options: WorkOptions, read: () => AsyncIterable<Uint8Array>) {
  const work = new MandateWork(tx, options);
  const hash = createHash('sha256');
  const reader = new MandateFileReader(work);
  for await (const records of netsRecords(hashed(read(), hash)))
    for (const record of records) {
      reader.read(record);
      if (work.isFull) await work.send();
    }
  const transmission = reader.finish();
  await work.finish();
  return { work, transmission, sha256: hash.digest() };
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: { update(piece: Uint8Array): unknown }) {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

async function kidLengths(tx: Transaction, clientAccountId: number): Promise<Map<string, number>> {
  const rows = await tx.rows<{ account_number: string; kid_length: number }>(sql`
    select account_number, kid_length from avtalegiro_agreements where client_account_id = ${clientAccountId}`);
  return new Map(rows.map(({ account_number: account, kid_length: length }) => [account, length]));
}

interface WorkOptions extends MandateImportOptions {
  /** KID length by account. */
  lengths: ReadonlyMap<string, number>;
}

/** Checks the records of a file against the agreements, and writes them. */
class MandateWork {
  mandates = 0;
  /** Agreements of this client account with mandates in the file. */
  readonly accounts = new Set<string>();
  readonly #options: WorkOptions;
  readonly #tx: Transaction;
  readonly #writer: MandateWriter;
  readonly #fullLists: string[] = [];
  readonly #warnings: Warning[] = [];
  #warningCount = 0;
  /** Lines that end unknown mandates: the database reports them while reading continues. */
  readonly #unknown: number[] = [];
  #unknownCount = 0;
  #ended = 0;

  constructor(tx: Transaction, options: WorkOptions) {
    this.#tx = tx;
    this.#options = options;
    this.#writer = new MandateWriter(tx, {
      ...options,
      unknown: (lines) => {
        this.#unknownCount += lines.length;
        this.#unknown.push(...lines.slice(0, MOST_WARNINGS - this.#unknown.length));
      },
    });
  }

  assignment(line: number, accountNumber: string): void {
    if (!this.#isOurs(accountNumber)) return;
    if (!this.#options.lengths.has(accountNumber))
      throw consumerInvoicingErrors.file_without_agreement({ line, account_number: accountNumber });
    this.accounts.add(accountNumber);
  }

  mandate(news: MandateNews): void {
    if (!this.#isOurs(news.accountNumber)) return;
    this.mandates++;
    const expected = this.#options.lengths.get(news.accountNumber)!;
    if (news.kid.length !== expected)
      this.#warn(
        news.line,
        `KID har ${news.kid.length} tegn; avtalen sier ${expected}`,
        `the KID has ${news.kid.length} characters; the agreement says ${expected}`,
      );
    else if (!isKid(news.kid)) this.#warn(news.line, 'KID har feil kontrollsiffer', 'the KID has a wrong check digit');
    this.#writer.add(news);
  }

  assignmentEnd({ accountNumber, isFullList }: { accountNumber: string; isFullList: boolean }): void {
    if (isFullList && this.#isOurs(accountNumber)) this.#fullLists.push(accountNumber);
  }

  skipped(line: number, kind: string): void {
    if (this.#options.accounts) return;
    this.#warn(
      line,
      `oppdrag ${kind} er ikke fullmakter og er utelatt`,
      `assignment ${kind} has no mandates and was left out`,
    );
  }

  get isFull(): boolean {
    return this.#writer.isFull;
  }

  send(): Promise<void> {
    return this.#writer.send();
  }

  /** Writes the rest, and ends mandates that are missing in full lists. */
  async finish(): Promise<void> {
    await this.#writer.send();
    await this.#writer.settle();
    const { clientAccountId, fileId, now } = this.#options;
    for (const account of this.#fullLists)
      this.#ended += await this.#tx.execute(sql`
        update avtalegiro_mandates set is_active = false, updated_at = ${now}
        where client_account_id = ${clientAccountId} and account_number = ${account} and is_active
          and listed_in_file is distinct from ${fileId}`);
  }

  get changed(): number {
    return this.#writer.changed + this.#ended;
  }

  /** By line. */
  get warnings(): { warning_count: number; warnings: Warning[] } {
    const unknown = this.#unknown.map((line) => ({
      line,
      message: 'sletter en fullmakt som ikke var kjent',
      message_en: 'deletes a mandate that was not known',
    }));
    const warnings = [...this.#warnings, ...unknown].toSorted((a, b) => a.line - b.line).slice(0, MOST_WARNINGS);
    return { warning_count: this.#warningCount + this.#unknownCount, warnings };
  }

  /** In a file for several client accounts, mandates of others are ignored. */
  #isOurs(accountNumber: string): boolean {
    return this.#options.accounts?.has(accountNumber) ?? true;
  }

  #warn(line: number, message: string, message_en: string): void {
    this.#warningCount++;
    if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push({ line, message, message_en });
  }
}
