import { assert } from '../kernel/assert.ts';
import { recordId } from '../kernel/ids.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { formatAmount } from '../kernel/money.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { AppError, requestErrors } from '../platform/errors.ts';
import type { IdempotencyKey, Outcome } from '../platform/operation.ts';
import { resolveDimensionSets } from './dimension-sets.ts';
import { type Checked, checkEntry, type PreparedEntry } from './entry-check.ts';
import type { EntryInput } from './entry-input.ts';
import { entryRefusal } from './entry-refusal.ts';
import { ledgerErrors } from './errors.ts';
import type { Masters, MastersCache } from './masters.ts';
import { type NumberedEntry, writeEntries } from './posting-write.ts';
import { refuseUnknownRecords } from './posting-references.ts';
import * as statements from './posting-statements.ts';
import { numberArray, textArray } from './pg-array.ts';

/** What is to be posted: an entry as written, or one that was derived from a posted one (a cancellation). */
export type Posting =
  | { kind: 'input'; input: EntryInput; source: string; draftId?: number }
  | { kind: 'prepared'; entry: PreparedEntry };

export type PostingResult = { entry: NumberedEntry; error?: undefined } | { entry?: undefined; error: AppError };

/** One caller's request: entries of one client account that stand or fall together, or each for itself. */
export interface PostingJob {
  clientAccountId: number;
  userId: number;
  operation: string;
  requestId: string | undefined;
  key: IdempotencyKey | undefined;
  postings: Posting[];
  size: number;
  /** True: one refused entry refuses all. */
  together: boolean;
  now: Date;
  retries: number;
  /** Makes the answer that is returned, and kept under the idempotency key. */
  answer(results: PostingResult[]): unknown;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

interface Head {
  client_account_id: number;
  next_id: number;
  last_posting_no: number;
  locked_until: LocalDate | null;
  masters_version: number;
}

export interface Accepted {
  job: PostingJob;
  head: Head;
  masters: Masters;
  /** Per posting: the entry to write, or why it is refused. */
  results: (PreparedEntry | AppError)[];
}

type Settlement = () => void;

/**
 * One transaction for all jobs. Returns what settles the callers, to be called after the commit; a job that is refused
 * is settled the same way, and the others are posted. Throws only when nothing was posted.
 */
export async function runPostingBatch(
  database: Database,
  cache: MastersCache,
  jobs: PostingJob[],
): Promise<Settlement> {
  const clientAccounts = [...new Set(jobs.map((job) => job.clientAccountId))].sort((a, b) => a - b);
  const national = await cache.national();
  const settlements: Settlement[] = [];
  await database.transaction({ clientAccounts, mode: 'write' }, async (tx) => {
    settlements.length = 0;
    const open = await withoutAnswered(tx, jobs, settlements);
    const heads = new Map(
      (await tx.named<Head>('lock-heads', statements.LOCK_HEADS, [numberArray(clientAccounts)])).map((head) => [
        head.client_account_id,
        head,
      ]),
    );
    const accepted: Accepted[] = [];
    for (const job of open) {
      const head = heads.get(job.clientAccountId);
      assert(head, `client account ${job.clientAccountId} has no ledger`);
      const masters = await cache.at(tx, job.clientAccountId, head.masters_version);
      const results = job.postings.map((posting) => decide(posting, masters, national, head));
      accepted.push({ job, head, masters, results });
    }
    await refuseUnknownRecords(tx, accepted);
    const writing: { job: PostingJob; entry: PreparedEntry; head: Head; slot: number; results: PostingResult[] }[] = [];
    for (const { job, head, results } of accepted) {
      const refused = results.filter((result): result is AppError => result instanceof AppError);
      if (refused.length > 0 && job.together) {
        const error = job.postings.length === 1 ? refused[0]! : bulkRefused(results);
        settlements.push(() => job.reject(error));
        continue;
      }
      const slots: PostingResult[] = results.map((result) =>
        result instanceof AppError ? { error: result } : (undefined as never),
      );
      results.forEach((result, slot) => {
        if (!(result instanceof AppError)) writing.push({ job, entry: result, head, slot, results: slots });
      });
      // Entries that are each for themselves may all be refused; the answer then says so for each.
      settlements.push(() => job.resolve({ value: job.answer(slots), replayed: false }));
    }
    await useAccounts(tx, accepted);
    await resolveDimensionSets(tx, accepted, heads);
    const numbered = await number(tx, writing);
    numbered.forEach((entry, i) => {
      const { results, slot } = writing[i]!;
      results[slot] = { entry };
    });
    await writeEntries(tx, numbered);
    await finish(tx, open, writing, accepted);
  });
  return () => settlements.forEach((settle) => settle());
}

/** Requests whose key already has an answer get that; a key used for something else is refused. */
async function withoutAnswered(tx: Transaction, jobs: PostingJob[], settlements: Settlement[]): Promise<PostingJob[]> {
  const keyed = jobs.filter((job) => job.key);
  if (keyed.length === 0) return jobs;
  const stored = await tx.named<{ user_id: number; key: string; request_hash: Buffer; response: { value: unknown } }>(
    'find-answers',
    statements.FIND_ANSWERS,
    [numberArray(keyed.map((job) => job.key!.userId)), textArray(keyed.map((job) => job.key!.key))],
  );
  const byKey = new Map(stored.map((row) => [`${row.user_id} ${row.key}`, row]));
  return jobs.filter((job) => {
    const hit = job.key && byKey.get(`${job.key.userId} ${job.key.key}`);
    if (!hit) return true;
    if (job.key!.requestHash.equals(hit.request_hash))
      settlements.push(() => job.resolve({ value: hit.response.value, replayed: true }));
    else settlements.push(() => job.reject(requestErrors.idempotency_conflict()));
    return false;
  });
}

/** The state checks: masters and lock as they are under the row lock. */
function decide(
  posting: Posting,
  masters: Masters,
  national: Parameters<typeof checkEntry>[2],
  head: Head,
): PreparedEntry | AppError {
  const checked: Checked =
    posting.kind === 'prepared'
      ? { entry: posting.entry }
      : checkEntry(posting.input, masters, national, posting.source);
  if (!checked.entry) return entryRefusal(checked.problems, checked.totals);
  const { entryDate } = checked.entry;
  if (head.locked_until !== null && entryDate <= head.locked_until) {
    return ledgerErrors.period_locked({ locked_until: head.locked_until, entry_date: entryDate });
  }
  return checked.entry;
}

function bulkRefused(results: (PreparedEntry | AppError)[]): AppError {
  const entries = results.flatMap((result, index) =>
    result instanceof AppError ? [{ index, code: result.code, message: result.message }] : [],
  );
  const fields = results.flatMap((result, index) => {
    if (!(result instanceof AppError)) return [];
    if (result.fields.length > 0)
      return result.fields.map((field) => ({ ...field, path: `entries[${index}].${field.path}` }));
    return [{ path: `entries[${index}]`, problem: { nb: result.sentence('nb'), en: result.sentence('en') } }];
  });
  return ledgerErrors.bulk_refused({ failed: entries.length, count: results.length, entries }, fields);
}

/** National accounts that a client account uses for the first time get their row. */
async function useAccounts(tx: Transaction, accepted: Accepted[]): Promise<void> {
  const owners: number[] = [];
  const codes: string[] = [];
  for (const { job, masters, results } of accepted) {
    for (const result of results) {
      if (result instanceof AppError) continue;
      for (const { account } of result.lines) {
        if (masters.used.has(account)) continue;
        masters.used.add(account);
        owners.push(job.clientAccountId);
        codes.push(account);
      }
    }
  }
  if (codes.length > 0)
    await tx.named('use-accounts', statements.USE_ACCOUNTS, [numberArray(owners), textArray(codes)]);
}

type Writing = { job: PostingJob; entry: PreparedEntry; head: Head };

/** From here on it must succeed: ids, posting order and the series' next numbers, all under the row lock. */
async function number(tx: Transaction, writing: Writing[]): Promise<NumberedEntry[]> {
  if (writing.length === 0) return [];
  const series = new Map<
    string,
    { clientAccountId: number; series: string; year: number; count: number; next: number }
  >();
  const keyOf = (w: Writing) => `${w.job.clientAccountId} ${w.entry.fiscalYear} ${w.entry.series}`;
  for (const w of writing) {
    const key = keyOf(w);
    const known = series.get(key);
    if (known) known.count++;
    else
      series.set(key, {
        clientAccountId: w.job.clientAccountId,
        series: w.entry.series,
        year: w.entry.fiscalYear,
        count: 1,
        next: 0,
      });
  }
  const wanted = [...series.values()];
  const rows = await tx.named<{ client_account_id: number; series: string; fiscal_year: number; last_number: number }>(
    'take-numbers',
    statements.TAKE_NUMBERS,
    [
      numberArray(wanted.map((w) => w.clientAccountId)),
      textArray(wanted.map((w) => w.series)),
      numberArray(wanted.map((w) => w.year)),
      numberArray(wanted.map((w) => w.count)),
    ],
  );
  for (const row of rows) {
    const taken = series.get(`${row.client_account_id} ${row.fiscal_year} ${row.series}`);
    assert(taken, 'a number series came back that was not asked for');
    taken.next = row.last_number - taken.count + 1;
  }
  return writing.map((w) => {
    const { head, job } = w;
    head.last_posting_no++;
    return {
      ...w.entry,
      clientAccountId: job.clientAccountId,
      id: recordId(job.clientAccountId, head.next_id++),
      postingNo: head.last_posting_no,
      sequenceNumber: series.get(keyOf(w))!.next++,
      postedAt: job.now,
      userId: job.userId,
    };
  });
}

/** Heads, drafts, audit and stored answers. */
async function finish(
  tx: Transaction,
  jobs: PostingJob[],
  writing: { job: PostingJob; results: PostingResult[] }[],
  accepted: Accepted[],
): Promise<void> {
  const heads = [...new Set(accepted.map(({ head }) => head))];
  if (heads.length > 0) {
    await tx.named('advance-heads', statements.ADVANCE_HEADS, [
      numberArray(heads.map((head) => head.client_account_id)),
      numberArray(heads.map((head) => head.next_id)),
      numberArray(heads.map((head) => head.last_posting_no)),
    ]);
  }
  if (writing.length === 0) return;
  const resultsOf = new Map(writing.map(({ job, results }) => [job, results]));
  const posted = jobs.filter((job) => resultsOf.has(job));
  await deleteDrafts(tx, posted);
  const entriesOf = (job: PostingJob) => resultsOf.get(job)!.flatMap(({ entry }) => (entry ? [entry] : []));
  await tx.named('insert-audit', statements.INSERT_AUDIT, [
    numberArray(posted.map((job) => job.clientAccountId)),
    numberArray(posted.map((job) => job.userId)),
    textArray(posted.map((job) => job.operation)),
    numberArray(posted.map((job) => (job.size === 1 ? entriesOf(job)[0]!.id : null))),
    textArray(posted.map((job) => (job.size === 1 ? null : numberArray(entriesOf(job).map((entry) => entry.id))))),
    textArray(posted.map((job) => (job.size === 1 ? auditOf(entriesOf(job)[0]!) : null))),
    textArray(posted.map((job) => job.requestId ?? null)),
  ]);
  const keyed = posted.filter((job) => job.key);
  if (keyed.length > 0) {
    await tx.named('store-answers', statements.STORE_ANSWERS, [
      numberArray(keyed.map((job) => job.key!.userId)),
      textArray(keyed.map((job) => job.key!.key)),
      textArray(keyed.map((job) => job.key!.operation)),
      textArray(keyed.map((job) => `\\x${job.key!.requestHash.toString('hex')}`)),
      textArray(keyed.map((job) => JSON.stringify({ value: job.answer(resultsOf.get(job)!) }))),
    ]);
  }
}

async function deleteDrafts(tx: Transaction, posted: PostingJob[]): Promise<void> {
  const drafts = posted.flatMap((job) =>
    job.postings.flatMap((posting) =>
      posting.kind === 'input' && posting.draftId !== undefined ? [{ job, id: posting.draftId }] : [],
    ),
  );
  if (drafts.length === 0) return;
  const deleted = await tx.named('delete-drafts', statements.DELETE_DRAFTS, [
    numberArray(drafts.map(({ job }) => job.clientAccountId)),
    numberArray(drafts.map(({ id }) => id)),
  ]);
  // Somebody else posted or deleted it in the meantime: this transaction must not post it a second time.
  if (deleted.length !== drafts.length) throw requestErrors.concurrent_change();
}

/** What the log says of a posted entry; its lines cannot change, so they need not be repeated. */
function auditOf(entry: NumberedEntry): string {
  return JSON.stringify({
    series: entry.series,
    fiscal_year: entry.fiscalYear,
    sequence_number: entry.sequenceNumber,
    total: formatAmount(entry.total),
  });
}
