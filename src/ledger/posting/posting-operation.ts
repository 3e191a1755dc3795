import { assert } from '../../kernel/assert.ts';
import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import type { Caller } from '../../platform/caller.ts';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import {
  type Access,
  type AuditRecord,
  type Call,
  type Operation,
  type Outcome,
  ownTransactionOperation,
  type OwnTransactionWork,
  type Platform,
  retryCollision,
  storeAnswer,
  storedAnswer,
  writeAudit,
  writeAudits,
} from '../../platform/operation.ts';
import { type CancelEntry, counterEntryOf } from '../entries/counter-entry.ts';
import { refuseHeldEntries } from '../entries/entry-holds.ts';
import type { EntryView } from '../entries/entry-view.ts';
import { lockBooks } from '../head.ts';
import type { NewEntry } from '../entries/new-entry.ts';
import type { Posting } from './posting-job.ts';
import { type RecordMember, submitWithRecord } from './posting-submit.ts';

/** Input of a decision. */
export interface Reading {
  tx: Transaction;
  clientAccountId: number;
  platform: Platform;
  caller: Caller;
  now: Date;
}

/** Input for writing a record, under the lock of the books. */
export interface Recording extends Reading {
  /** Every write records what it changed, in the same transaction. */
  audit(record: AuditRecord): void;
}

/** The changes to make in the books, and the state that the decision was based on. */
export interface Decision<D> {
  on: D;
  /** Entries to post; none if the record needs none. */
  entries?: readonly { entry: NewEntry; source: string }[];
  /** Entries to cancel by counter-entries. */
  cancels?: readonly CancelEntry[];
}

/**
 * Nothing to change: `answer` is the response and is stored under the key; `dryRun` is a response that is not stored.
 */
export type NothingToDo<O> = { answer: O } | { dryRun: O };

export interface PostingSteps<I, D, O> {
  name: string;
  /**
   * Reads the current state and decides what follows, or throws the reason why it cannot be done. Runs outside the lock
   * if something is to be posted, otherwise under it, so that no other write comes between.
   */
  decide(reading: Reading, input: I): Promise<Decision<D> | NothingToDo<O>>;
  /**
   * Work that needs the file store or other operations: after the decision, before the posting, with no transaction
   * open.
   */
  prepare?(work: OwnTransactionWork, decision: Decision<D>): Promise<Decision<D>>;
  /** Undoes `prepare` if the posting was refused after it. */
  discard?(work: OwnTransactionWork, decision: Decision<D>): Promise<void>;
  /**
   * Runs under the lock, with the entries posted: checks that the state the decision was based on still holds. Throws
   * `concurrent_change` to decide again, or the error for the caller.
   */
  recheck(reading: Reading, on: D, made: readonly EntryView[]): Promise<void>;
  /** The record that the entries belong to, and the response. `made`: entries, then counter-entries. */
  record(recording: Recording, on: D, made: readonly EntryView[]): Promise<O>;
  /** For callers that arrive together. */
  several?: SeveralSteps<D, O>;
}

/** The last two steps for several decisions in the same client account at once. */
export interface SeveralSteps<D, O> {
  /** Whether others like this one may be recorded with it. */
  fits(on: D): boolean;
  /** Throws `concurrent_change` if the decisions touch each other; then each is rechecked and recorded alone. */
  recheck(reading: Reading, ons: readonly D[]): Promise<void>;
  record(recordings: readonly Recording[], ons: readonly D[], made: readonly (readonly EntryView[])[]): Promise<O[]>;
}

export interface PostingSpec<I, D, O> extends PostingSteps<I, D, O> {
  access: Access;
}

/**
 * An operation that posts: it reads and decides, posts together with its record, checks the state again under the lock,
 * and stores its response. Identical concurrent requests end in one result and its replay; different ones in one result
 * and refusals.
 */
export function postingOperation<I, D, O>(spec: PostingSpec<I, D, O>): Operation<I, O> {
  return ownTransactionOperation({
    name: spec.name,
    access: spec.access,
    run: (work, input: I) => carryOut(work, spec, input),
  });
}

/** Most decisions for one request; concurrent requests may make each of them outdated. */
const ATTEMPTS = 5;

/** The steps as part of a larger operation. */
export async function carryOut<I, D, O>(
  work: OwnTransactionWork,
  steps: PostingSteps<I, D, O>,
  input: I,
): Promise<Outcome<O>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(work, steps, input);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      if (attempt === ATTEMPTS) throw error instanceof AppError ? error : requestErrors.concurrent_change();
    }
  }
}

/** State that the decision was based on has changed, or a concurrent request has cancelled the entry first. */
function isOvertaken(error: unknown): boolean {
  if (error instanceof AppError) return error.code === requestErrors.concurrent_change().code;
  return violatedConstraint(error) === 'journal_entries_cancels';
}

async function attemptOnce<I, D, O>(
  work: OwnTransactionWork,
  steps: PostingSteps<I, D, O>,
  input: I,
): Promise<Outcome<O>> {
  const { platform, clientAccountId, key } = work;
  const first = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    const deciding = decide(readingOf(work, tx), steps, input);
    const [stored] = await Promise.allSettled([key ? storedAnswer<O>(tx, key) : undefined, deciding]);
    if (stored.status === 'rejected') throw stored.reason;
    return stored.value ?? { decided: await deciding };
  });
  if (!('decided' in first)) return first;
  const { decided } = first;
  if ('dryRun' in decided) return { value: decided.dryRun, replayed: false };
  if ('answer' in decided && !key) return { value: decided.answer, replayed: false };
  if (!('answer' in decided) && decided.postings.length > 0)
    return steps.prepare ? postPrepared(work, steps, decided) : post(work, steps, decided);
  return retryCollision(() => writeUnderLock(work, steps, input));
}

interface Decided<D> {
  decision: Decision<D>;
  postings: Posting[];
}

async function decide<I, D, O>(
  reading: Reading,
  { decide: decideOn }: PostingSteps<I, D, O>,
  input: I,
): Promise<Decided<D> | NothingToDo<O>> {
  const decision = await decideOn(reading, input);
  if ('answer' in decision || 'dryRun' in decision) return decision;
  const counter: Posting[] = [];
  for (const cancel of decision.cancels ?? [])
    counter.push({ kind: 'prepared', entry: await counterEntryOf(reading.tx, reading.clientAccountId, cancel) });
  return { decision, postings: [...newPostings(decision), ...counter] };
}

function newPostings<D>({ entries = [] }: Decision<D>): Posting[] {
  return entries.map(({ entry, source }) => ({ kind: 'input', input: entry, source }));
}

async function prepared<I, D, O>(
  work: OwnTransactionWork,
  { prepare }: PostingSteps<I, D, O>,
  { decision, postings }: Decided<D>,
): Promise<Decided<D>> {
  const made = await prepare!(work, decision);
  return { decision: made, postings: [...newPostings(made), ...postings.slice(decision.entries?.length ?? 0)] };
}

async function postPrepared<I, D, O>(
  work: OwnTransactionWork,
  steps: PostingSteps<I, D, O>,
  decided: Decided<D>,
): Promise<Outcome<O>> {
  const ready = await prepared(work, steps, decided);
  try {
    return await post(work, steps, ready);
  } catch (error) {
    // Only if it was certainly not posted: with an unknown outcome the prepared data may be in the books.
    if (error instanceof AppError || isOvertaken(error)) await steps.discard?.(work, ready.decision);
    throw error;
  }
}

interface Member<D> {
  work: OwnTransactionWork;
  decision: Decision<D>;
}

function post<I, D, O>(
  work: OwnTransactionWork,
  steps: PostingSteps<I, D, O>,
  { decision, postings }: Decided<D>,
): Promise<Outcome<O>> {
  const { several } = steps;
  return submitWithRecord<Member<D>, O>(work, steps.name, postings, {
    member: { work, decision },
    kind: several?.fits(decision.on) && !decision.cancels ? steps : undefined,
    async writeAll(tx, members) {
      if (several && members.length > 1) return recordSeveral(tx, steps.name, several, members);
      const [{ made }] = members as [RecordMember<Member<D>>];
      await steps.recheck(readingOf(work, tx), decision.on, made);
      return [await record(work, tx, steps, decision, made)];
    },
  });
}

async function recordSeveral<D, O>(
  tx: Transaction,
  name: string,
  several: SeveralSteps<D, O>,
  members: readonly RecordMember<Member<D>>[],
): Promise<O[]> {
  const ons = members.map(({ member }) => member.decision.on);
  await several.recheck(readingOf(members[0]!.member.work, tx), ons);
  const audits: { call: Call; audit: AuditRecord }[] = [];
  const recordings = members.map(({ member: { work } }) => ({
    ...readingOf(work, tx),
    audit: (audit: AuditRecord) => void audits.push({ call: work.call, audit }),
  }));
  const made = members.map((member) => member.made);
  const values = await several.record(recordings, ons, made);
  await writeAudits(tx, name, audits);
  return values;
}

/**
 * For a decision with nothing to post: decided again under the lock, and the response stored there as for a posting.
 */
function writeUnderLock<I, D, O>(
  work: OwnTransactionWork,
  steps: PostingSteps<I, D, O>,
  input: I,
): Promise<Outcome<O>> {
  const { platform, clientAccountId, key } = work;
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await lockBooks(tx, clientAccountId);
    const stored = key && (await storedAnswer<O>(tx, key));
    if (stored) return stored;
    const decided = await decide(readingOf(work, tx), steps, input);
    if ('dryRun' in decided) return { value: decided.dryRun, replayed: false };
    if (!('answer' in decided) && decided.postings.length > 0) throw requestErrors.concurrent_change();
    const value = 'answer' in decided ? decided.answer : await record(work, tx, steps, decided.decision, []);
    if (key) await storeAnswer(tx, key, value);
    return { value, replayed: false };
  });
}

async function record<I, D, O>(
  work: OwnTransactionWork,
  tx: Transaction,
  steps: PostingSteps<I, D, O>,
  { on, cancels = [] }: Decision<D>,
  made: readonly EntryView[],
): Promise<O> {
  const audits: AuditRecord[] = [];
  const value = await steps.record({ ...readingOf(work, tx), audit: (audit) => void audits.push(audit) }, on, made);
  await refuseHeldEntries(
    tx,
    work.clientAccountId,
    cancels.map(({ id }) => id),
  );
  assert(audits.length > 0 || made.length > 0, `${steps.name} changed something without saying what`);
  await writeAudit(tx, steps.name, work.call, audits);
  return value;
}

function readingOf({ clientAccountId, platform, caller }: OwnTransactionWork, tx: Transaction): Reading {
  return { tx, clientAccountId, platform, caller, now: platform.clock.now() };
}

/** The day itself, or the first open day if it is locked. */
export function openDay(date: LocalDate, lockedUntil: LocalDate | null): LocalDate {
  return lockedUntil !== null && date <= lockedUntil ? addDays(lockedUntil, 1) : date;
}
