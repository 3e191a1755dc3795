import { yearOf } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { DEFAULT_SERIES } from './entry-check.ts';
import type { MastersCache } from './masters.ts';
import { numberArray, textArray } from './pg-array.ts';
import { askNamedRecords, type NamedRecords } from './posting-records.ts';
import type { Head, PostingJob } from './posting-job.ts';
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
  lastNumbers: Map<string, number>;
  /** Of the records that the entries name, those that there are. */
  records: NamedRecords;
}

/**
 * Locks the heads, then asks for what only they guard: a series changes under its client account's head alone. Heads that
 * somebody else holds are waited for, or left out.
 */
export async function askWhatStands(
  tx: Transaction,
  clientAccounts: number[],
  jobs: PostingJob[],
  { waits, cache }: { waits: boolean; cache: MastersCache },
): Promise<WhatStands> {
  const keyed = jobs.filter((job) => job.key);
  const series = wantedSeries(jobs);
  const [heads, numbers, answers, records] = await Promise.all([
    waits
      ? tx.named<Head>('lock-heads', statements.LOCK_HEADS, [numberArray(clientAccounts)])
      : tx.named<Head>('lock-free-heads', statements.LOCK_FREE_HEADS, [numberArray(clientAccounts)]),
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
    askNamedRecords(tx, jobs, cache),
  ]);
  return {
    records,
    heads: new Map(heads.map((head) => [head.client_account_id, head])),
    lastNumbers: new Map(
      numbers.map((row) => [seriesKey(row.client_account_id, row.fiscal_year, row.series), row.last_number]),
    ),
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

/** The series that the entries would be numbered in, as far as their dates can be read. */
function wantedSeries(jobs: PostingJob[]): Omit<SeriesRow, 'last_number'>[] {
  const wanted = new Map<string, Omit<SeriesRow, 'last_number'>>();
  for (const { clientAccountId, postings } of jobs) {
    for (const posting of postings) {
      const [date, series] =
        posting.kind === 'input'
          ? [posting.input.entryDate, posting.input.series ?? DEFAULT_SERIES]
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
