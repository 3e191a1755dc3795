import { recordId } from '../../kernel/ids.ts';
import { ArrayColumn, numberArray, textArray } from '../../platform/database/arrays.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
import { postingTime } from '../head.ts';
import type { Accepted, CompanionMember, Head, PostingJob, PostingResult } from './posting-job.ts';
import { seriesKey, type SeriesRow } from './posting-standing.ts';
import * as statements from './posting-statements.ts';
import { type NumberedEntry, numberedEntry } from './posting-write.ts';

/** An accepted entry that is about to be written. */
export interface Writing {
  job: PostingJob;
  entry: PreparedEntry;
  head: Head;
  /** Index of its result among those of its job. */
  slot: number;
  results: PostingResult[];
  answer(): unknown;
}

/** From here on it must succeed: ids, posting order and the next numbers of the series, all under the row lock. */
export function numberEntries(tx: Transaction, writing: Writing[], lastNumbers: Map<string, number>): NumberedEntry[] {
  const taken = new Map<string, SeriesRow>();
  // Not the time of the request: under the lock posting times have the same order as numbers, so a report as of a
  // moment ends at a number.
  const moments = new Map<PostingJob, Date>();
  const postedAtOf = (job: PostingJob, head: Head) => {
    let moment = moments.get(job);
    if (!moment) {
      moment = postingTime(job.clock.now(), head.last_posted_at);
      moments.set(job, moment);
      head.last_posted_at = moment;
    }
    return moment;
  };
  const numbered = writing.map(({ entry, head, job }) => {
    head.turnover += Number(entry.total);
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
      postedAt: postedAtOf(job, head),
      userId: job.userId,
    });
  });
  const rows = [...taken];
  const isStarted = (key: string) => (lastNumbers.get(key) ?? 0) > 0;
  const started = rows.filter(([key]) => isStarted(key)).map(([, row]) => row);
  const fresh = rows.filter(([key]) => !isStarted(key)).map(([, row]) => row);
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

/** Heads, the records that belong to the entries, audit and stored responses. */
export async function finish(tx: Transaction, writing: Writing[], accepted: Accepted[]): Promise<void> {
  const heads = [...new Set(accepted.map(({ head }) => head))];
  if (heads.length > 0) {
    const postedAt = new ArrayColumn('timestamptz', heads.length);
    for (const head of heads) postedAt.timestamptz(head.last_posted_at);
    tx.send('advance-heads', statements.ADVANCE_HEADS, [
      numberArray(heads.map((head) => head.client_account_id)),
      numberArray(heads.map((head) => head.next_id)),
      numberArray(heads.map((head) => head.last_posting_no)),
      numberArray(heads.map((head) => head.turnover)),
      postedAt.take(),
    ]);
  }
  const posted = [...new Map(writing.map((written) => [written.job, written])).values()];
  if (posted.length === 0) return;
  await writeCompanions(tx, posted);
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
}

/** Writes the records that entries belong to; those that can be written together are, in the order of their jobs. */
async function writeCompanions(tx: Transaction, posted: readonly Writing[]): Promise<void> {
  const groups = new Map<object, Map<number, CompanionMember[]>>();
  for (const { job, results } of posted) {
    const { clientAccountId, companion } = job;
    if (!companion) continue;
    const ofKind = groups.get(companion.kind) ?? new Map<number, CompanionMember[]>();
    groups.set(companion.kind, ofKind);
    const members = ofKind.get(clientAccountId) ?? [];
    ofKind.set(clientAccountId, members);
    members.push({ companion, results });
  }
  for (const ofKind of groups.values())
    for (const members of ofKind.values()) await members[0]!.companion.writeAll(tx, members);
}

/** Who posted what, and how. The entry holds the rest and never changes, so the log does not repeat it. */
function sendAudit(tx: Transaction, posted: Writing[]): void {
  const column = {
    owner: new ArrayColumn('bigint', posted.length),
    user: new ArrayColumn('bigint', posted.length),
    operation: new ArrayColumn('text', posted.length),
    recordId: new ArrayColumn('bigint', posted.length),
    recordIds: new ArrayColumn('text'),
    requestId: new ArrayColumn('text', posted.length),
  };
  for (const { job, results } of posted) {
    const lone = job.size === 1 ? results[0]!.entry! : null;
    column.owner.bigint(job.clientAccountId);
    column.user.bigint(job.userId);
    column.operation.text(job.operation);
    column.recordId.bigint(lone && lone.id);
    column.recordIds.text(lone ? null : numberArray(results.flatMap(({ entry }) => entry?.id ?? [])));
    column.requestId.text(job.requestId ?? null);
  }
  tx.send(
    'insert-audit',
    statements.INSERT_AUDIT,
    Object.values(column).map((one) => one.take()),
  );
}
