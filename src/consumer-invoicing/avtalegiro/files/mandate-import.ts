import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { isKid } from '../../../kernel/kid.ts';
import { takeIds } from '../../../ledger/index.ts';
import { textArray } from '../../../platform/database/arrays.ts';
import { ADMINS } from '../../../platform/caller.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { strict, Type } from '../../../platform/http/schema.ts';
import { writeOperation } from '../../../platform/operation.ts';
import { consumerInvoicingErrors } from '../../errors.ts';
import { PAYER } from '../payer.ts';
import { MandateFileReader, type MandateNews, type Transmission } from './mandate-file.ts';
import { netsRecords } from './records.ts';

/** Mandates written in one statement. */
const A_BATCH = 5_000;
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

interface Warning {
  line: number;
  message: string;
  message_en: string;
}

/** Takes a file of mandates in, entirely or not at all; the same file again changes nothing. */
export const importMandates = writeOperation({
  name: 'consumer_invoicing.avtalegiro.import',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now, audit }, { content }: { content: string }) {
    const result = await importMandateFile(tx, { clientAccountId, now }, async function* () {
      yield Buffer.from(content, 'latin1');
    });
    audit({
      recordType: 'avtalegiro_file',
      recordId: result.file_id,
      after: { ...result, warnings: result.warnings.length },
    });
    return result;
  },
});

/**
 * `read` gives the bytes; it is called once. `accounts`: of a file for several, those of this client account; the others are
 * read for the totals alone. Throws consumer_invoicing.file_refused, file_without_agreement.
 */
export async function importMandateFile(
  tx: Transaction,
  { clientAccountId, now, accounts }: { clientAccountId: number; now: Date; accounts?: ReadonlySet<string> },
  read: () => AsyncIterable<Uint8Array>,
) {
  // One file of a client account at a time: a full list ends what another might just be adding.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('avtalegiro mandates', ${clientAccountId}))`);
  const lengths = await kidLengths(tx, clientAccountId);
  const fileId = await takeIds(tx, clientAccountId);
  const work = new MandateWork(tx, { clientAccountId, now, fileId, lengths, accounts });
  const hash = createHash('sha256');
  const reader = new MandateFileReader(work);
  for await (const records of netsRecords(hashed(read(), hash))) {
    for (const record of records) reader.read(record);
    await work.flush(false);
  }
  const transmission = reader.finish();
  await work.flush(true);
  const sha256 = hash.digest();
  const known = await tx.maybe<{ id: number }>(sql`
    select id from avtalegiro_files where client_account_id = ${clientAccountId} and sha256 = ${sha256}`);
  if (!known) await keepFile(tx, { clientAccountId, fileId, now, sha256, transmission, mandates: work.mandates });
  return {
    file_id: known?.id ?? fileId,
    already_imported: known !== undefined,
    sender: transmission.sender,
    transmission_number: transmission.number,
    mandates: work.mandates,
    changed: work.changed,
    warning_count: work.warningCount,
    warnings: work.warnings,
  };
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

interface KeptFile {
  clientAccountId: number;
  fileId: number;
  now: Date;
  sha256: Buffer;
  transmission: Transmission;
  mandates: number;
}

async function keepFile(tx: Transaction, file: KeptFile): Promise<void> {
  const { sender, number, receiver } = file.transmission;
  await tx.execute(sql`
    insert into avtalegiro_files (client_account_id, id, kind, sha256, sender, transmission_number, receiver, records, created_at)
    values (${file.clientAccountId}, ${file.fileId}, 'mandates', ${file.sha256}, ${sender}, ${number}, ${receiver}, ${file.mandates},
      ${file.now})`);
}

interface WorkOptions {
  clientAccountId: number;
  now: Date;
  fileId: number;
  lengths: ReadonlyMap<string, number>;
  accounts: ReadonlySet<string> | undefined;
}

/** Gathers what a file tells and writes it in batches; the latest news of a mandate counts. */
class MandateWork {
  mandates = 0;
  changed = 0;
  warningCount = 0;
  readonly warnings: Warning[] = [];
  readonly #tx: Transaction;
  readonly #options: WorkOptions;
  readonly #news = new Map<string, MandateNews>();
  readonly #fullLists: string[] = [];

  constructor(tx: Transaction, options: WorkOptions) {
    this.#tx = tx;
    this.#options = options;
  }

  assignment(line: number, accountNumber: string): void {
    if (!this.#isOurs(accountNumber)) return;
    if (!this.#options.lengths.has(accountNumber))
      throw consumerInvoicingErrors.file_without_agreement({ line, account_number: accountNumber });
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
    this.#news.set(`${news.accountNumber} ${news.kid}`, news);
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

  /** Of a file for several, what is others' is none of ours to know. */
  #isOurs(accountNumber: string): boolean {
    return this.#options.accounts?.has(accountNumber) ?? true;
  }

  #warn(line: number, message: string, message_en: string): void {
    this.warningCount++;
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push({ line, message, message_en });
  }

  /** Writes what has been gathered once it is a batch, or all of it at the end. */
  async flush(isEnd: boolean): Promise<void> {
    if (this.#news.size > 0 && (isEnd || this.#news.size >= A_BATCH)) {
      await this.#write([...this.#news.values()]);
      this.#news.clear();
    }
    if (!isEnd) return;
    const { clientAccountId, fileId, now } = this.#options;
    for (const account of this.#fullLists)
      this.changed += await this.#tx.execute(sql`
        update avtalegiro_mandates set is_active = false, updated_at = ${now}
        where client_account_id = ${clientAccountId} and account_number = ${account} and is_active
          and listed_in_file is distinct from ${fileId}`);
  }

  async #write(news: readonly MandateNews[]): Promise<void> {
    const { clientAccountId, fileId, now } = this.#options;
    const written = await this.#tx.rows<{
      kid: string;
      account_number: string;
      is_new: boolean;
      differs: boolean;
      is_active: boolean;
    }>(sql`
      with told as (
        select * from unnest(${textArray(news.map((one) => one.accountNumber))}::text[], ${textArray(news.map(({ kid }) => kid))}::text[],
          ${textArray(news.map(({ registration }) => String(registration !== 2)))}::boolean[], ${textArray(news.map(({ notification }) => String(notification)))}::boolean[])
          as t (account_number, kid, is_active, notification)
      ), before as (
        select m.account_number, m.kid, m.is_active, m.notification from avtalegiro_mandates m
        join told t using (account_number, kid) where m.client_account_id = ${clientAccountId}
      ), kept as (
        insert into avtalegiro_mandates as m (client_account_id, account_number, kid, payer, is_active, notification,
          listed_in_file, created_at, updated_at)
        select ${clientAccountId}, told.account_number, kid, ${PAYER}, is_active, notification, ${fileId}, ${now}, ${now} from told
        join avtalegiro_agreements a on a.client_account_id = ${clientAccountId} and a.account_number = told.account_number
        on conflict (client_account_id, account_number, kid) do update set is_active = excluded.is_active,
          notification = excluded.notification, listed_in_file = excluded.listed_in_file,
          updated_at = case when (m.is_active, m.notification) is distinct from (excluded.is_active, excluded.notification)
            then excluded.updated_at else m.updated_at end
      )
      select t.kid, t.account_number, b.kid is null as is_new, t.is_active,
        (b.is_active, b.notification) is distinct from (t.is_active, t.notification) as differs
      from told t left join before b using (account_number, kid)
      where b.kid is null or (b.is_active, b.notification) is distinct from (t.is_active, t.notification)`);
    this.changed += written.length;
    const lines = new Map(news.map((one) => [`${one.accountNumber} ${one.kid}`, one.line]));
    for (const { account_number: account, kid, is_new: isNew, is_active: isActive } of written)
      if (isNew && !isActive)
        this.#warn(
          lines.get(`${account} ${kid}`)!,
          'sletter en fullmakt som ikke var kjent',
          'deletes a mandate that was not known',
        );
  }
}
