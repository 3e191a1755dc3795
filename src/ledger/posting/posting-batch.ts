import { assert } from '../../kernel/assert.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { resolveDimensionSets } from '../dimension-sets.ts';
import { type Checked, checkEntry } from '../entries/entry-check.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
import { beyondLimits } from '../entries/entry-limits.ts';
import { entryRefusal } from '../entries/entry-refusal.ts';
import { ledgerErrors } from '../errors.ts';
import type { Chart, Masters, MastersCache } from '../masters.ts';
import type { Accepted, AskedJob, Head, Posting, PostingJob, PostingResult } from './posting-job.ts';
import { finish, numberEntries, type Writing } from './posting-finish.ts';
import { askOtherSeries, askWhatStands, type WhatStands } from './posting-standing.ts';
import { writeEntries } from './posting-write.ts';
import { refuseUnknownRecords } from './posting-references.ts';
import * as statements from './posting-statements.ts';

type Settlement = () => void;

export interface PostedBatch {
  /** Answers the callers; call it after the commit. */
  settle: Settlement;
  /** Jobs of client accounts whose head another transaction has locked: they are unchanged. */
  locked: PostingJob[];
}

/** Limit on waiting for a lock in a batch of several client accounts, because all of them wait with it. */
const LOCK_MILLIS = 1_000;

/**
 * One transaction for all jobs, in two round trips where nothing is new: first the current state (heads, numbers,
 * stored responses, vouchers), read under the row lock while the entries are checked against the masters in memory;
 * then the writes. A refused job leaves the batch, and the others are posted. Client accounts whose head is locked by
 * another transaction are left out; with `waitMillis` their locks are waited for, up to that time, on separate
 * connections. Throws only when nothing was posted, or when the outcome is unknown (`OutcomeUnknown`).
 */
export async function runPostingBatch(
  database: Database,
  cache: MastersCache,
  jobs: PostingJob[],
  waitMillis?: number,
): Promise<PostedBatch> {
  const clientAccounts = [...new Set(jobs.map((job) => job.clientAccountId))].sort((a, b) => a - b);
  const national = await cache.national();
  const settlements: Settlement[] = [];
  const locked: PostingJob[] = [];
  const waits = waitMillis !== undefined;
  const work = async (tx: Transaction) => {
    const asked = jobs.map((job): AskedJob => ({ job, postings: job.postings() }));
    const asking = askWhatStands(tx, clientAccounts, asked, { waits, cache });
    // The check of a job that already has a stored response is discarded.
    const checks = asked.map((one) => checkJob(one, cache.known(one.job.clientAccountId), national));
    const { heads, answers, lastNumbers, records } = await asking;
    const accepted: Accepted[] = [];
    for (const [i, one] of asked.entries()) {
      const { job, postings } = one;
      if (settleAnswered(job, answers, settlements)) continue;
      const head = heads.get(job.clientAccountId);
      if (!head && !waits) {
        locked.push(job);
        continue;
      }
      assert(head, `client account ${job.clientAccountId} has no ledger`);
      const masters = await cache.at(tx, job.clientAccountId, head.masters_version);
      const check = checks[i]!;
      const results = check.masters === masters ? check.results : checkJob(one, masters, national).results;
      accepted.push({ job, postings, head, masters, results: results.map((result) => unlessLocked(result, head)) });
    }
    await refuseUnknownRecords(tx, accepted, records);
    const writing: Writing[] = [];
    // A request refused as a whole leaves nothing behind, not even the first use of an account.
    const standing: Accepted[] = [];
    for (const one of accepted) {
      const { job, head } = one;
      const results = withinLimits(one, writing);
      const refused = results.filter((result): result is AppError => result instanceof AppError);
      if (refused.length > 0 && job.together) {
        const error = job.size === 1 ? refused[0]! : bulkRefused(results);
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
      // Entries that are judged separately may all be refused; the response then reports each.
      settlements.push(() => {
        try {
          job.resolve({ value: answer(), replayed: false });
        } catch (error) {
          // The entries are in the books: only the response failed.
          job.reject(error);
        }
      });
    }
    const publishAccounts = useAccounts(tx, standing);
    const publishSets = await resolveDimensionSets(tx, standing, heads);
    settlements.push(publishAccounts, publishSets);
    await askOtherSeries(tx, writing, lastNumbers);
    const numbered = numberEntries(tx, writing, lastNumbers);
    numbered.forEach((entry, i) => {
      const { results, slot } = writing[i]!;
      results[slot] = { entry };
    });
    writeEntries(tx, numbered);
    await finish(tx, writing, standing);
    answerMeanwhile(writing);
  };
  await database.pipelined(clientAccounts, work, { waiting: waits, lockMillis: waitMillis ?? LOCK_MILLIS });
  return { settle: () => settlements.forEach((settle) => settle()), locked };
}

/** Builds the responses while the database executes the writes; errors are reported in job order. */
function answerMeanwhile(writing: readonly Writing[]): void {
  setImmediate(() => {
    for (const { answer } of writing) {
      try {
        answer();
      } catch {
        // The error reaches the caller that awaits the response.
      }
    }
  });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * A request whose key already has a stored response gets that response; a key used for a different request is refused.
 */
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

function checkJob({ postings }: AskedJob, masters: Masters | undefined, national: Chart): JobCheck {
  if (!masters) return { masters, results: [] };
  return { masters, results: postings.map((posting) => decide(posting, masters, national)) };
}

function decide(posting: Posting, masters: Masters, national: Chart): PreparedEntry | AppError {
  // Its fiscal year follows from its date by the masters read under the lock.
  if (posting.kind === 'prepared')
    return { ...posting.entry, ...masters.fiscalCalendar.periodOf(posting.entry.entryDate) };
  const checked: Checked = checkEntry(posting.input, masters, national, posting.source);
  return checked.entry ?? entryRefusal(checked.problems, checked.totals);
}

/** Checks the lock date as read under the row lock. */
function unlessLocked(result: PreparedEntry | AppError, { locked_until }: Head): PreparedEntry | AppError {
  if (result instanceof AppError || locked_until === null || result.entryDate > locked_until) return result;
  return ledgerErrors.period_locked({ locked_until, entry_date: result.entryDate });
}

/**
 * Refuses entries that exceed the limits of a client account's books, including what this batch already writes there.
 */
function withinLimits({ head, results }: Accepted, writing: readonly Writing[]): (PreparedEntry | AppError)[] {
  let turnover = BigInt(head.turnover);
  for (const { head: of, entry } of writing) if (of === head) turnover += entry.total;
  return results.map((result) => {
    if (result instanceof AppError) return result;
    const refused = beyondLimits(result, turnover);
    if (!refused) turnover += result.total;
    return refused ?? result;
  });
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
 * Inserts a row for each national account that a client account uses for the first time. Call the returned function
 * after the commit: it adds them to the cached masters.
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
