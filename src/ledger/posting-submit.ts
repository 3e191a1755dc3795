import { assert } from '../kernel/assert.ts';
import type { Outcome, OwnTransactionWork } from '../platform/operation.ts';
import { type EntryView, viewOf } from './entry-view.ts';
import type { Posting, PostingResult } from './posting-job.ts';
import { batcherOf } from './posting-batcher.ts';

/** Hands entries of one caller to the shared postings and waits until they are committed or refused. */
export function submitPostings<O>(
  work: OwnTransactionWork,
  operation: string,
  postings: Posting[],
  together: boolean,
  answer: (results: PostingResult[]) => O,
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
