import { assert } from '../kernel/assert.ts';
import { recordId } from '../kernel/ids.ts';
import { yearOf } from '../kernel/local-date.ts';
import { formatAmount } from '../kernel/money.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { AppError, requestErrors } from '../platform/errors.ts';
import { resolveDimensionSets } from './dimension-sets.ts';
import { type Checked, checkEntry, DEFAULT_SERIES, type PreparedEntry } from './entry-check.ts';
import { entryRefusal } from './entry-refusal.ts';
import { ledgerErrors } from './errors.ts';
import type { Chart, Masters, MastersCache } from './masters.ts';
import type { Accepted, Head, Posting, PostingJob, PostingResult } from './posting-job.ts';
import { type NumberedEntry, numberedEntry, writeEntries } from './posting-write.ts';
import { refuseUnknownRecords } from './posting-references.ts';
import * as statements from './posting-statements.ts';
import { numberArray, PlainColumn, TextColumn, textArray } from './pg-array.ts';

type Settlement = () => void;

/**
 * One transaction for all jobs, in two round trips where nothing is new: what stands (heads, numbers, stored answers),
 * asked under the row lock while the entries are checked against the masters in memory, and what is written. Returns
 * what settles the callers, to be called after the commit; a job that is refused is settled the same way, and the others
 * are posted. Throws only when nothing was posted, or when nobody can tell (`OutcomeUnknown`).
 */
export async function runPostingBatch(
  database: Database,
  cache: MastersCache,
  jobs: PostingJob[],
): Promise<Settlement> {
  const clientAccounts = [...new Set(jobs.map((job) => job.clientAccountId))].sort((a, b) => a - b);
  const national = await cache.national();
  const settlements: Settlement[] = [];
  await database.pipelined(clientAccounts, async (tx) => {
    const asking = askWhatStands(tx, clientAccounts, jobs);
    // The check of a job that was already answered is wasted; nobody waits for it.
    const checks = jobs.map((job) => checkJob(job, cache.known(job.clientAccountId), national));
    const { heads, answers, lastNumbers } = await asking;
    const accepted: Accepted[] = [];
    for (const [i, job] of jobs.entries()) {
      if (settleAnswered(job, answers, settlements)) continue;
      const head = heads.get(job.clientAccountId);
      assert(head, `client account ${job.clientAccountId} has no ledger`);
      const masters = await cache.at(tx, job.clientAccountId, head.masters_version);
      const check = checks[i]!;
      const results = check.masters === masters ? check.results : checkJob(job, masters, national).results;
      accepted.push({ job, head, masters, results: results.map((result) => unlessLocked(result, head)) });
    }
    await refuseUnknownRecords(tx, accepted);
    const writing: Writing[] = [];
    // A request that is refused whole leaves nothing, not even the first use of an account.
    const standing: Accepted[] = [];
    for (const one of accepted) {
      const { job, head, results } = one;
      const refused = results.filter((result): result is AppError => result instanceof AppError);
      if (refused.length > 0 && job.together) {
        const error = job.postings.length === 1 ? refused[0]! : bulkRefused(results);
        settlements.push(() => job.reject(error));
        continue;
      }
      standing.push(one);
      const slots: PostingResult[] = results.map((result) =>
        result instanceof AppError ? { error: result } : (undefined as never),
      );
      const answer = once(() => job.answer(slots));
      results.forEach((result, slot) => {
        if (!(result instanceof AppError)) writing.push({ job, entry: result, head, slot, results: slots, answer });
      });
      // Entries that are each for themselves may all be refused; the answer then says so for each.
      settlements.push(() => job.resolve({ value: answer(), replayed: false }));
    }
    const publishAccounts = useAccounts(tx, standing);
    const publishSets = await resolveDimensionSets(tx, standing, heads);
    settlements.push(publishAccounts, publishSets);
    const numbered = number(tx, writing, lastNumbers);
    numbered.forEach((entry, i) => {
      const { results, slot } = writing[i]!;
      results[slot] = { entry };
    });
    writeEntries(tx, numbered);
    await finish(tx, writing, standing);
  });
  return () => settlements.forEach((settle) => settle());
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

interface StoredAnswer {
  user_id: number;
  key: string;
  request_hash: Buffer;
  response: { value: unknown };
}

interface WhatStands {
  heads: Map<number, Head>;
  answers: Map<string, StoredAnswer>;
  lastNumbers: Map<string, number>;
}

/** Locks the heads, then asks for what only they guard: a series changes under its client account's head alone. */
async function askWhatStands(tx: Transaction, clientAccounts: number[], jobs: PostingJob[]): Promise<WhatStands> {
  const keyed = jobs.filter((job) => job.key);
  const series = wantedSeries(jobs);
  const [heads, numbers, answers] = await Promise.all([
    tx.named<Head>('lock-heads', statements.LOCK_HEADS, [numberArray(clientAccounts)]),
    tx.named<SeriesRow>('read-numbers', statements.READ_NUMBERS, [
      numberArray(series.map((row) => row.client_account_id)),
      textArray(series.map((row) => row.series)),
      numberArray(series.map((row) => row.fiscal_year)),
    ]),
    keyed.length === 0
      ? []
      : tx.named<StoredAnswer>('find-answers', statements.FIND_ANSWERS, [
          numberArray(keyed.map((job) => job.key!.userId)),
          textArray(keyed.map((job) => job.key!.key)),
        ]),
  ]);
  return {
    heads: new Map(heads.map((head) => [head.client_account_id, head])),
    lastNumbers: new Map(
      numbers.map((row) => [seriesKey(row.client_account_id, row.fiscal_year, row.series), row.last_number]),
    ),
    answers: new Map(answers.map((row) => [`${row.user_id} ${row.key}`, row])),
  };
}

interface SeriesRow {
  client_account_id: number;
  series: string;
  fiscal_year: number;
  last_number: number;
}

function seriesKey(clientAccountId: number, fiscalYear: number, series: string): string {
  return `${clientAccountId} ${fiscalYear} ${series}`;
}

/** The series that the entries would be numbered in, as far as their dates can be read. */
function wantedSeries(jobs: PostingJob[]): Omit<SeriesRow, 'last_number'>[] {
  const wanted = new Map<string, Omit<SeriesRow, 'last_number'>>();
  for (const { clientAccountId, postings } of jobs) {
    for (const posting of postings) {
      const [date, series] =
        posting.kind === 'input'
          ? [posting.input.entry_date, posting.input.series ?? DEFAULT_SERIES]
          : [posting.entry.entryDate, posting.entry.series];
      const year = yearOf(date);
      if (Number.isNaN(year)) continue;
      wanted.set(seriesKey(clientAccountId, year, series), {
        client_account_id: clientAccountId,
        series,
        fiscal_year: year,
      });
    }
  }
  return [...wanted.values()];
}

/** A request whose key already has an answer gets that; a key used for something else is refused. */
function settleAnswered(job: PostingJob, answers: WhatStands['answers'], settlements: Settlement[]): boolean {
  const hit = job.key && answers.get(`${job.key.userId} ${job.key.key}`);
  if (!hit) return false;
  if (job.key!.requestHash.equals(hit.request_hash))
    settlements.push(() => job.resolve({ value: hit.response.value, replayed: true }));
  else settlements.push(() => job.reject(requestErrors.idempotency_conflict()));
  return true;
}

interface JobCheck {
  masters: Masters | undefined;
  results: (PreparedEntry | AppError)[];
}

function checkJob({ postings }: PostingJob, masters: Masters | undefined, national: Chart): JobCheck {
  if (!masters) return { masters, results: [] };
  return { masters, results: postings.map((posting) => decide(posting, masters, national)) };
}

function decide(posting: Posting, masters: Masters, national: Chart): PreparedEntry | AppError {
  if (posting.kind === 'prepared') return posting.entry;
  const checked: Checked = checkEntry(posting.input, masters, national, posting.source);
  return checked.entry ?? entryRefusal(checked.problems, checked.totals);
}

/** The lock as it is under the row lock. */
function unlessLocked(result: PreparedEntry | AppError, { locked_until }: Head): PreparedEntry | AppError {
  if (result instanceof AppError || locked_until === null || result.entryDate > locked_until) return result;
  return ledgerErrors.period_locked({ locked_until, entry_date: result.entryDate });
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

/**
 * National accounts that a client account uses for the first time get their row. They are known to others when the
 * returned function is called, which is after the commit.
 */
function useAccounts(tx: Transaction, accepted: Accepted[]): () => void {
  const fresh = new Map<Masters, Set<string>>();
  for (const { masters, results } of accepted) {
    for (const result of results) {
      if (result instanceof AppError) continue;
      for (const { account } of result.lines) {
        if (masters.used.has(account)) continue;
        const codes = fresh.get(masters);
        if (codes) codes.add(account);
        else fresh.set(masters, new Set([account]));
      }
    }
  }
  const rows = [...fresh].flatMap(([{ clientAccountId }, codes]) =>
    [...codes].map((code) => ({ clientAccountId, code })),
  );
  if (rows.length > 0) {
    tx.send('use-accounts', statements.USE_ACCOUNTS, [
      numberArray(rows.map(({ clientAccountId }) => clientAccountId)),
      textArray(rows.map(({ code }) => code)),
    ]);
  }
  return () => {
    for (const [masters, codes] of fresh) for (const code of codes) masters.used.add(code);
  };
}

interface Writing {
  job: PostingJob;
  entry: PreparedEntry;
  head: Head;
  /** Where its result belongs among those of its job. */
  slot: number;
  results: PostingResult[];
  answer(): unknown;
}

/** From here on it must succeed: ids, posting order and the series' next numbers, all under the row lock. */
function number(tx: Transaction, writing: Writing[], lastNumbers: Map<string, number>): NumberedEntry[] {
  const taken = new Map<string, SeriesRow>();
  const numbered = writing.map(({ entry, head, job }) => {
    const { clientAccountId } = job;
    const key = seriesKey(clientAccountId, entry.fiscalYear, entry.series);
    let series = taken.get(key);
    if (!series) {
      const { fiscalYear: fiscal_year } = entry;
      const last_number = lastNumbers.get(key) ?? 0;
      taken.set(key, (series = { client_account_id: clientAccountId, series: entry.series, fiscal_year, last_number }));
    }
    return numberedEntry(entry, {
      clientAccountId,
      id: recordId(clientAccountId, head.next_id++),
      postingNo: ++head.last_posting_no,
      sequenceNumber: ++series.last_number,
      postedAt: job.now,
      userId: job.userId,
    });
  });
  const rows = [...taken];
  const started = rows.filter(([key]) => lastNumbers.has(key)).map(([, row]) => row);
  const fresh = rows.filter(([key]) => !lastNumbers.has(key)).map(([, row]) => row);
  if (started.length > 0) tx.send('advance-series', statements.ADVANCE_SERIES, seriesColumns(started));
  if (fresh.length > 0) tx.send('start-series', statements.START_SERIES, seriesColumns(fresh));
  return numbered;
}

function seriesColumns(rows: SeriesRow[]): string[] {
  return [
    numberArray(rows.map((row) => row.client_account_id)),
    textArray(rows.map((row) => row.series)),
    numberArray(rows.map((row) => row.fiscal_year)),
    numberArray(rows.map((row) => row.last_number)),
  ];
}

/** Heads, drafts, audit and stored answers. */
async function finish(tx: Transaction, writing: Writing[], accepted: Accepted[]): Promise<void> {
  const heads = [...new Set(accepted.map(({ head }) => head))];
  if (heads.length > 0) {
    tx.send('advance-heads', statements.ADVANCE_HEADS, [
      numberArray(heads.map((head) => head.client_account_id)),
      numberArray(heads.map((head) => head.next_id)),
      numberArray(heads.map((head) => head.last_posting_no)),
    ]);
  }
  const posted = [...new Map(writing.map((written) => [written.job, written])).values()];
  if (posted.length === 0) return;
  sendAudit(tx, posted);
  const keyed = posted.filter(({ job }) => job.key);
  if (keyed.length > 0) {
    tx.send('store-answers', statements.STORE_ANSWERS, [
      numberArray(keyed.map(({ job }) => job.key!.userId)),
      textArray(keyed.map(({ job }) => job.key!.key)),
      textArray(keyed.map(({ job }) => job.key!.operation)),
      textArray(keyed.map(({ job }) => `\\x${job.key!.requestHash.toString('hex')}`)),
      textArray(keyed.map(({ answer }) => JSON.stringify({ value: answer() }))),
    ]);
  }
  await deleteDrafts(
    tx,
    posted.map(({ job }) => job),
  );
}

function sendAudit(tx: Transaction, posted: Writing[]): void {
  const column = {
    owner: new PlainColumn(),
    user: new PlainColumn(),
    operation: new TextColumn(),
    recordId: new PlainColumn(),
    recordIds: new TextColumn(),
    after: new TextColumn(),
    requestId: new TextColumn(),
  };
  for (const { job, results } of posted) {
    const entries = results.flatMap(({ entry }) => entry ?? []);
    const lone = job.size === 1 ? entries[0]! : null;
    column.owner.push(job.clientAccountId);
    column.user.push(job.userId);
    column.operation.push(job.operation);
    column.recordId.push(lone && lone.id);
    column.recordIds.push(lone ? null : numberArray(entries.map(({ id }) => id)));
    column.after.push(lone && auditOf(lone));
    column.requestId.push(job.requestId ?? null);
  }
  tx.send('insert-audit', statements.INSERT_AUDIT, Object.values(column).map(String));
}

async function deleteDrafts(tx: Transaction, posted: PostingJob[]): Promise<void> {
  const drafts = posted.flatMap((job) =>
    job.postings.flatMap((posting) => (posting.kind === 'input' && posting.draft ? [{ job, ...posting.draft }] : [])),
  );
  if (drafts.length === 0) return;
  const deleted = await tx.named('delete-drafts', statements.DELETE_DRAFTS, [
    numberArray(drafts.map(({ job }) => job.clientAccountId)),
    numberArray(drafts.map(({ id }) => id)),
    textArray(drafts.map(({ md5 }) => md5)),
  ]);
  // Somebody else posted, changed or deleted it in the meantime: this transaction must not post it a second time.
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
