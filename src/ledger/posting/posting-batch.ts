import { assert } from '../../kernel/assert.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { resolveDimensionSets } from '../dimension-sets.ts';
import { type Checked, checkEntry, type PreparedEntry } from '../entries/entry-check.ts';
import { beyondLimits } from '../entries/entry-limits.ts';
import { entryRefusal } from '../entries/entry-refusal.ts';
import { ledgerErrors } from '../errors.ts';
import type { Chart, Masters, MastersCache } from '../masters.ts';
import type { Accepted, Head, Posting, PostingJob, PostingResult } from './posting-job.ts';
import { finish, numberEntries, type Writing } from './posting-finish.ts';
import { askOtherSeries, askWhatStands, type WhatStands } from './posting-standing.ts';
import { writeEntries } from './posting-write.ts';
import { refuseUnknownRecords } from './posting-references.ts';
import * as statements from './posting-statements.ts';

type Settlement = () => void;

export interface PostedBatch {
  /** Settles the callers; to be called after the commit. */
  settle: Settlement;
  /** Jobs of client accounts whose books somebody else holds: nothing happened to them. */
  locked: PostingJob[];
}

/** Of a wait for a lock in a batch of several client accounts: all of them wait with it. */
const LOCK_MILLIS = 1_000;

/**
 * One transaction for all jobs, in two round trips where nothing is new: what stands (heads, numbers, stored answers,
 * vouchers), asked under the row lock while the entries are checked against the masters in memory, and what is written. A
 * job that is refused leaves, and the others are posted. Books that somebody else holds are left out; with `waitMillis`
 * they are waited for, that long, on connections apart. Throws only when nothing was posted, or when nobody can tell
 * (`OutcomeUnknown`).
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
    const asking = askWhatStands(tx, clientAccounts, jobs, { waits, cache });
    // The check of a job that was already answered is wasted; nobody waits for it.
    const checks = jobs.map((job) => checkJob(job, cache.known(job.clientAccountId), national));
    const { heads, answers, lastNumbers, records } = await asking;
    const accepted: Accepted[] = [];
    for (const [i, job] of jobs.entries()) {
      if (settleAnswered(job, answers, settlements)) continue;
      const head = heads.get(job.clientAccountId);
      if (!head && !waits) {
        locked.push(job);
        continue;
      }
      assert(head, `client account ${job.clientAccountId} has no ledger`);
      const masters = await cache.at(tx, job.clientAccountId, head.masters_version);
      const check = checks[i]!;
      const results = check.masters === masters ? check.results : checkJob(job, masters, national).results;
      accepted.push({ job, head, masters, results: results.map((result) => unlessLocked(result, head)) });
    }
    await refuseUnknownRecords(tx, accepted, records);
    const writing: Writing[] = [];
    // A request that is refused whole leaves nothing, not even the first use of an account.
    const standing: Accepted[] = [];
    for (const one of accepted) {
      const { job, head } = one;
      const results = withinLimits(one, writing);
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
      settlements.push(() => {
        try {
          job.resolve({ value: answer(), replayed: false });
        } catch (error) {
          // It is in the books: nothing but the answer went wrong.
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

/** The answers are made while the database writes, which has nothing to do when it is done; a fault waits for its turn. */
function answerMeanwhile(writing: readonly Writing[]): void {
  setImmediate(() => {
    for (const { answer } of writing) {
      try {
        answer();
      } catch {
        // The one who asks for the answer is told.
      }
    }
  });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
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
  // Its fiscal year is that of its day by the masters under the lock.
  if (posting.kind === 'prepared')
    return { ...posting.entry, ...masters.fiscalCalendar.periodOf(posting.entry.entryDate) };
  const checked: Checked = checkEntry(posting.input, masters, national, posting.source);
  return checked.entry ?? entryRefusal(checked.problems, checked.totals);
}

/** The lock as it is under the row lock. */
function unlessLocked(result: PreparedEntry | AppError, { locked_until }: Head): PreparedEntry | AppError {
  if (result instanceof AppError || locked_until === null || result.entryDate > locked_until) return result;
  return ledgerErrors.period_locked({ locked_until, entry_date: result.entryDate });
}

/** Refuses what a client account's books have no room for, after what this batch already writes there. */
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
