import { expect, test } from 'vitest';
import { type Books, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { readEntry } from '../entries/entry-reading.ts';
import { lockBooks } from '../head.ts';
import { PostingBatcher } from './posting-batcher.ts';
import type { PostingJob } from './posting-job.ts';
import { postEntry } from '../entries/entry-post.ts';

const lines = [debit('1920', 100), credit('3000', 100)];

/** Holds the lock of the books, as an import does, until the returned function is called. */
async function holdBooks({ platform, clientAccountId }: Books): Promise<() => Promise<void>> {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  let held!: () => void;
  const holding = new Promise<void>((resolve) => (held = resolve));
  const done = platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await lockBooks(tx, clientAccountId);
    held();
    await released;
  });
  await holding;
  return () => (release(), done);
}

/** Submits one posting directly to the batcher; resolves to its number in the series. */
function submit(batcher: PostingBatcher, books: Books, more: Partial<PostingJob> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    batcher.submit({
      clientAccountId: books.clientAccountId,
      userId: books.userId,
      operation: 'test.post',
      requestId: undefined,
      key: undefined,
      postings: () => [{ kind: 'input', input: readEntry({ entry_date: '2026-03-01', lines }), source: 'test' }],
      size: 1,
      together: true,
      clock: books.platform.clock,
      retries: 0,
      answer: ([result]) => result!.entry!.sequenceNumber,
      resolve: ({ value }) => resolve(value as number),
      reject,
      ...more,
    });
  });
}

const busy = { code: 'request.busy', spec: { status: 503 }, facts: { retry_after: expect.any(Number) } };

test('books that three others hold stop nobody else, and their postings follow in order', async () => {
  const locked = [await openBooks(), await openBooks(), await openBooks()];
  const free = [await openBooks(), await openBooks()];
  const batcher = new PostingBatcher(free[0]!.platform.database, { lockTryMillis: 20, patienceMillis: 60_000 });
  const letGo = await Promise.all(locked.map(holdBooks));
  const settled: number[] = [];
  const waiting = locked.flatMap((books) =>
    [1, 2, 3].map(() => submit(batcher, books).finally(() => settled.push(books.clientAccountId))),
  );
  for (let round = 1; round <= 3; round++)
    expect(await Promise.all(free.map((books) => submit(batcher, books)))).toEqual([round, round]);
  expect(settled).toEqual([]);
  for (const go of letGo) await go();
  expect(await Promise.all(waiting)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

test('what waited for too long, or has nobody waiting for it any more, is refused and not posted', async () => {
  const books = await openBooks();
  let now = 0;
  let left = false;
  const batcher = new PostingBatcher(books.platform.database, {
    lockTryMillis: 20,
    patienceMillis: 1_000,
    now: () => now,
  });
  const letGo = await holdBooks(books);
  const late = submit(batcher, books);
  now = 1_000;
  await expect(late).rejects.toMatchObject(busy);
  const gone = submit(batcher, books, { hasLeft: () => left });
  left = true;
  await expect(gone).rejects.toMatchObject(busy);
  await letGo();
  expect(await submit(batcher, books)).toBe(1);
});

test('the queue is bounded, in all and for each client account', async () => {
  const [one, two] = [await openBooks(), await openBooks()];
  const batcher = new PostingBatcher(one.platform.database, { entries: 3, entriesOfOne: 2 });
  const outcomes = await Promise.allSettled([one, one, one, two, two].map((books) => submit(batcher, books)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected']);
  expect(outcomes[2]).toMatchObject({ reason: busy });
  expect(await submit(batcher, two)).toBe(2);
});

test('a posting is not asked for inside a transaction', async () => {
  const books = await openBooks();
  const nested = books.platform.database.transaction({ clientAccounts: [], mode: 'read' }, () =>
    books.post('2026-03-01', lines),
  );
  await expect(nested).rejects.toMatchObject({ name: 'NestedTransaction' });
});

test('posting time does not run backwards where a clock does', async () => {
  const books = await openBooks();
  const at = async (time: string) => {
    const platform = { ...books.platform, clock: fixedClock(time) };
    const entry = { entry_date: '2026-03-01', lines };
    return (await postEntry.call(platform, books.call(), { entry })).value.posted_at;
  };
  expect(await at('2026-03-15T10:00:00Z')).toBe('2026-03-15T10:00:00Z');
  expect(await at('2026-03-15T09:00:00Z')).toBe('2026-03-15T10:00:00Z');
  expect(await at('2026-03-15T10:00:01Z')).toBe('2026-03-15T10:00:01Z');
});
