import { assert } from '../../kernel/assert.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Outcome, OwnTransactionWork } from '../../platform/operation.ts';
import { type EntryView, viewOf } from '../entries/entry-view.ts';
import type { Posting, PostingResult } from './posting-job.ts';
import { batcherOf } from './posting-batcher.ts';

/** Submits one caller's entries to the shared batches and waits until they are committed or refused. */
export function submitPostings<O>(
  work: OwnTransactionWork,
  operation: string,
  postings: Posting[],
  together: boolean,
  answer: (results: PostingResult[]) => O,
  alongside?: (tx: Transaction, results: PostingResult[]) => Promise<void>,
): Promise<Outcome<O>> {
  return new Promise((resolve, reject) => {
    batcherOf(work.platform.database).submit({
      clientAccountId: work.clientAccountId,
      userId: work.caller.userId,
      operation,
      requestId: work.call.requestId,
      key: work.key,
      postings,
      size: postings.length,
      together,
      clock: work.platform.clock,
      retries: 3,
      hasLeft: work.call.hasLeft,
      alongside,
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

/**
 * Posts entries together with the record they belong to, in one transaction; `postingOperation` is built on it.
 * `alongside` receives the entries under the row lock of the client account and returns the response. An AppError there
 * refuses everything; it may be called again if the transaction has to be repeated.
 */
export async function submitAlongside<O>(
  work: OwnTransactionWork,
  operation: string,
  postings: Posting[],
  alongside: (tx: Transaction, entries: readonly EntryView[]) => Promise<O>,
): Promise<Outcome<O>> {
  let made: O;
  return submitPostings<O>(
    work,
    operation,
    postings,
    true,
    () => made,
    async (tx, results) => {
      made = await alongside(
        tx,
        results.map(({ entry }) => {
          assert(entry, 'entries that stand together are all posted');
          return viewOf(entry);
        }),
      );
    },
  );
}
