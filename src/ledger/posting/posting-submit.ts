import { assert } from '../../kernel/assert.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Outcome, OwnTransactionWork } from '../../platform/operation.ts';
import { type EntryView, viewOf } from '../entries/entry-view.ts';
import type { Posting, PostingResult } from './posting-job.ts';
import { batcherOf } from './posting-batcher.ts';

/** Hands entries of one caller to the shared postings and waits until they are committed or refused. */
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

/** One entry alone: the answer is the entry, or the request is refused. */
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
 * Entries and the record of which they are the posting, in one transaction: what `postingOperation` stands on. `alongside`
 * is handed the entries under the row lock of the client account and gives the answer. Throwing an AppError there refuses
 * everything; it may be called again when the transaction has to be repeated.
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
