import { setImmediate as nextTurn } from 'node:timers/promises';
import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount } from '../../kernel/money.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { AppError, type Language } from '../../platform/errors.ts';
import { errorBody, type ErrorBody } from '../../platform/http/error-body.ts';
import {
  type Operation,
  type Outcome,
  ownTransactionOperation,
  type OwnTransactionWork,
} from '../../platform/operation.ts';
import type { EntryInput } from './entry-input.ts';
import { readEntry } from './entry-reading.ts';
import type { NewEntry } from './new-entry.ts';
import type { Posting, PostingResult } from '../posting/posting-job.ts';
import { submitPostings } from '../posting/posting-submit.ts';

export const LARGEST_BULK = 1_000;

const LINES_A_TURN = 1_000;

const NAME = 'journal-entry.post-bulk';
const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

interface PostBulk<E> {
  entries: readonly E[];
  /** `all`: all or nothing. `each`: every entry is accepted or refused separately. */
  mode: 'all' | 'each';
  language: Language;
  source?: string;
}
export type PostEntries = PostBulk<EntryInput>;
export type PostNewEntries = PostBulk<NewEntry>;

export interface BulkResult {
  posted: number;
  failed: number;
  results: {
    index: number;
    id: number | null;
    series: string | null;
    sequence_number: number | null;
    total: string | null;
    posted_at: string | null;
    error: ErrorBody | null;
  }[];
}

/** Posts up to 1,000 entries of a client account in one transaction, either all or nothing or each entry separately. */
export const postEntries: Operation<PostEntries, BulkResult> = ownTransactionOperation({
  name: NAME,
  access,
  run: async (work, input: PostEntries) => postBulk(work, input, await readerOf(input.entries)),
});

/** The same for entries that code has built. */
export const postNewEntries: Operation<PostNewEntries, BulkResult> = ownTransactionOperation({
  name: NAME,
  access,
  run: (work, input: PostNewEntries) => postBulk(work, input, () => input.entries),
});

type Reader = () => readonly NewEntry[];

/**
 * Entries with few lines are read when they are posted, so that what waits in the queue is their input alone: what waits
 * there is copied by the garbage collection. Reading a thousand long ones takes a tenth of a second, so that is done
 * before, in turns.
 */
async function readerOf(entries: readonly EntryInput[]): Promise<Reader> {
  let lines = 0;
  for (const entry of entries) lines += entry.lines.length;
  if (lines <= LINES_A_TURN) return () => entries.map(readEntry);
  const read = await readInTurns(entries);
  return () => read;
}

/** Yields to other requests in between. */
async function readInTurns(entries: readonly EntryInput[]): Promise<NewEntry[]> {
  const read: NewEntry[] = [];
  let lines = 0;
  for (const entry of entries) {
    read.push(readEntry(entry));
    lines += entry.lines.length;
    if (lines < LINES_A_TURN) continue;
    lines = 0;
    await nextTurn();
  }
  return read;
}

async function postBulk<E>(work: OwnTransactionWork, input: PostBulk<E>, read: Reader): Promise<Outcome<BulkResult>> {
  try {
    return await submitAll(work, input, read);
  } catch (error) {
    throw error instanceof AppError && input.entries.length === 1 ? ofFirstEntry(error) : error;
  }
}

/** With several entries the error names each one; with a single entry its own error is returned. */
function ofFirstEntry({ code, spec, facts, fields }: AppError): AppError {
  const placed = fields.map((field) => ({ ...field, path: field.path.replace(/^(?!entries\[)/, 'entries[0].') }));
  const [first] = placed;
  const detail = first && 'first' in facts ? { ...facts, first: `${first.path}: ${first.problem.en}` } : facts;
  return new AppError(code, spec, detail, placed);
}

function submitAll<E>(work: OwnTransactionWork, input: PostBulk<E>, read: Reader): Promise<Outcome<BulkResult>> {
  const { entries, source = 'manual' } = input;
  const make = () => read().map((entry): Posting => ({ kind: 'input', input: entry, source }));
  return submitPostings(work, NAME, { count: entries.length, make }, input.mode === 'all', (results) =>
    bulkResult(results, input.language),
  );
}

function bulkResult(results: PostingResult[], language: Language): BulkResult {
  const failed = results.filter((result) => result.error).length;
  return {
    posted: results.length - failed,
    failed,
    results: results.map(({ entry, error }, index) =>
      entry
        ? {
            index,
            id: entry.id,
            series: entry.series,
            sequence_number: entry.sequenceNumber,
            total: formatAmount(entry.total),
            posted_at: isoSeconds(entry.postedAt),
            error: null,
          }
        : {
            index,
            id: null,
            series: null,
            sequence_number: null,
            total: null,
            posted_at: null,
            error: errorBody(error, language),
          },
    ),
  };
}
