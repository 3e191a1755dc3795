import { assert } from '../../kernel/assert.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Outcome, OwnTransactionWork } from '../../platform/operation.ts';
import { type EntryView, viewOf } from '../entries/entry-view.ts';
import type { Companion, CompanionMember, Posting, PostingResult } from './posting-job.ts';
import { batcherOf } from './posting-batcher.ts';

/** Entries that are made when they are posted. */
export interface LatePostings {
  count: number;
  make: () => Posting[];
}

/** Submits one caller's entries to the shared batches and waits until they are committed or refused. */
export function submitPostings<O>(
  work: OwnTransactionWork,
  operation: string,
  postings: Posting[] | LatePostings,
  together: boolean,
  answer: (results: PostingResult[]) => O,
  companion?: Companion,
): Promise<Outcome<O>> {
  const isMade = Array.isArray(postings);
  return new Promise((resolve, reject) => {
    batcherOf(work.platform.database).submit({
      clientAccountId: work.clientAccountId,
      userId: work.caller.userId,
      operation,
      requestId: work.call.requestId,
      key: work.key,
      postings: isMade ? () => postings : postings.make,
      size: isMade ? postings.length : postings.count,
      together,
      clock: work.platform.clock,
      retries: 3,
      hasLeft: work.call.hasLeft,
      companion,
      answer,
      resolve: resolve as (outcome: Outcome<unknown>) => void,
      reject,
    });
  });
}

/** A single entry: the response is the entry, or the request is refused. */
export function submitPosting(
  work: OwnTransactionWork,
  operation: string,
  posting: Posting,
): Promise<Outcome<EntryView>> {
  return submitPostings(work, operation, [posting], true, ([result]) => {
    assert(result?.entry, 'a lone entry is posted or its request refused');
    return viewOf(result.entry);
  });
}

/** What a record is written from: the decision of its caller, and the entries, which are posted. */
export interface RecordMember<M> {
  member: M;
  made: readonly EntryView[];
}

export interface RecordWriter<M, O> {
  member: M;
  /** Writers of the same kind write each other's members; without a kind each writes its own only. */
  kind?: object | undefined;
  /** Returns the responses in the order of the members. */
  writeAll(tx: Transaction, members: readonly RecordMember<M>[]): Promise<O[]>;
}

/**
 * Posts entries together with the record they belong to, in one transaction; `postingOperation` is built on it. The record is
 * written under the row lock of the client account. An AppError there refuses everything; it may be called again if the
 * transaction has to be repeated.
 */
export async function submitWithRecord<M, O>(
  work: OwnTransactionWork,
  operation: string,
  postings: Posting[],
  writer: RecordWriter<M, O>,
): Promise<Outcome<O>> {
  const companion = new WrittenRecord(writer);
  return submitPostings<O>(work, operation, postings, true, () => companion.answer!, companion);
}

class WrittenRecord<M, O> implements Companion {
  readonly kind: object;
  readonly #writer: RecordWriter<M, O>;
  answer: O | undefined;

  constructor(writer: RecordWriter<M, O>) {
    this.#writer = writer;
    this.kind = writer.kind ?? this;
  }

  async writeAll(tx: Transaction, members: readonly CompanionMember[]): Promise<void> {
    // Of the same kind, and so with members and responses of the same type.
    const companions = members.map(({ companion }) => companion as WrittenRecord<M, O>);
    const answers = await this.#writer.writeAll(
      tx,
      members.map(({ results }, i) => ({ member: companions[i]!.#writer.member, made: entriesOf(results) })),
    );
    companions.forEach((companion, i) => (companion.answer = answers[i]));
  }
}

function entriesOf(results: readonly PostingResult[]): EntryView[] {
  return results.map(({ entry }) => {
    assert(entry, 'entries that stand together are all posted');
    return viewOf(entry);
  });
}
