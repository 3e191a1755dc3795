import { CALENDAR_YEARS } from '../../kernel/fiscal-year.ts';
import { isLocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { DEFAULT_SERIES } from '../entries/entry-check.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
import type { MastersCache } from '../masters.ts';
import { askNamedRecords, type NamedRecords } from './posting-records.ts';
import type { AskedJob, Head, PostingJob } from './posting-job.ts';
import * as statements from './posting-statements.ts';

interface StoredAnswer {
  user_id: number;
  key: string;
  request_hash: Buffer;
  response: { value: unknown };
}

export interface WhatStands {
  heads: Map<number, Head>;
  answers: Map<string, StoredAnswer>;
  /** Last numbers of the requested series; 0 where there is none. */
  lastNumbers: Map<string, number>;
  /** Those of the records named by the entries that exist. */
  records: NamedRecords;
}

/**
 * Locks the heads, then reads what the lock protects: a series changes only under its client account's head. Heads
 * locked by another transaction are waited for or left out.
 */
export async function askWhatStands(
  tx: Transaction,
  clientAccounts: number[],
  jobs: readonly AskedJob[],
  { waits, cache }: { waits: boolean; cache: MastersCache },
): Promise<WhatStands> {
  const keys = jobs.flatMap(({ job }) => job.key ?? []);
  const series = wantedSeries(jobs, cache);
  const [heads, numbers, answers, records] = await Promise.all([
    waits
      ? tx.named<Head>('lock-heads', statements.LOCK_HEADS, [numberArray(clientAccounts)])
      : tx.named<Head>('lock-free-heads', statements.LOCK_FREE_HEADS, [numberArray(clientAccounts)]),
    readNumbers(tx, series),
    keys.length === 0
      ? []
      : tx.named<StoredAnswer>('find-answers', statements.FIND_ANSWERS, [
          numberArray(keys.map(({ userId }) => userId)),
          textArray(keys.map(({ key }) => key)),
        ]),
    askNamedRecords(tx, jobs, cache),
  ]);
  return {
    records,
    heads: new Map(heads.map((head) => [head.client_account_id, head])),
    lastNumbers: new Map([
      ...series.map((name): [string, number] => [keyOf(name), 0]),
      ...numbers.map((row): [string, number] => [keyOf(row), row.last_number]),
    ]),
    answers: new Map(answers.map((row) => [`${row.user_id} ${row.key}`, row])),
  };
}

export interface SeriesRow {
  client_account_id: number;
  series: string;
  fiscal_year: number;
  last_number: number;
}

export function seriesKey(clientAccountId: number, fiscalYear: number, series: string): string {
  return `${clientAccountId} ${fiscalYear} ${series}`;
}

type SeriesName = Omit<SeriesRow, 'last_number'>;

function keyOf({ client_account_id: clientAccountId, fiscal_year: fiscalYear, series }: SeriesName): string {
  return seriesKey(clientAccountId, fiscalYear, series);
}

/**
 * Queries the series that could not be predicted: of a client account whose fiscal years were not known yet, or are
 * new.
 */
export async function askOtherSeries(
  tx: Transaction,
  writing: readonly { job: PostingJob; entry: PreparedEntry }[],
  lastNumbers: Map<string, number>,
): Promise<void> {
  const others = new Map<string, SeriesName>();
  for (const { job, entry } of writing) {
    const key = seriesKey(job.clientAccountId, entry.fiscalYear, entry.series);
    if (lastNumbers.has(key)) continue;
    others.set(key, { client_account_id: job.clientAccountId, series: entry.series, fiscal_year: entry.fiscalYear });
  }
  if (others.size === 0) return;
  const names = [...others.values()];
  for (const name of names) lastNumbers.set(keyOf(name), 0);
  for (const row of await readNumbers(tx, names)) lastNumbers.set(keyOf(row), row.last_number);
}

function readNumbers(tx: Transaction, names: readonly SeriesName[]): Promise<SeriesRow[]> {
  return tx.named<SeriesRow>('read-numbers', statements.READ_NUMBERS, [
    numberArray(names.map((row) => row.client_account_id)),
    textArray(names.map((row) => row.series)),
    numberArray(names.map((row) => row.fiscal_year)),
  ]);
}

/** The series in which the entries would be numbered, as far as their dates are readable and fiscal years are known. */
function wantedSeries(jobs: readonly AskedJob[], cache: MastersCache): SeriesName[] {
  const wanted = new Map<string, SeriesName>();
  for (const { job, postings } of jobs) {
    const { clientAccountId } = job;
    const fiscalCalendar = cache.known(clientAccountId)?.fiscalCalendar ?? CALENDAR_YEARS;
    for (const posting of postings) {
      const isInput = posting.kind === 'input';
      const date = isInput ? posting.input.entryDate : posting.entry.entryDate;
      const series = isInput ? (posting.input.series ?? DEFAULT_SERIES) : posting.entry.series;
      if (!isLocalDate(date)) continue;
      const name = { client_account_id: clientAccountId, series, fiscal_year: fiscalCalendar.yearAt(date).name };
      wanted.set(keyOf(name), name);
    }
  }
  return [...wanted.values()];
}
