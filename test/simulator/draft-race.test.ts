import { expect, test } from 'vitest';
import { createDraft } from '../../src/ledger/drafts/draft-create.ts';
import { deleteDraft } from '../../src/ledger/drafts/draft-delete.ts';
import { postDraft } from '../../src/ledger/drafts/draft-post.ts';
import { updateDraft } from '../../src/ledger/drafts/draft-update.ts';
import { verifyBooks } from '../../src/ledger/index.ts';
import { AppError } from '../../src/platform/errors.ts';
import { type Books, credit, debit, openBooks } from '../support/books/books.ts';

const input = (memo: string) => ({ entry_date: '2026-02-01', memo, lines: [debit('1920', 1), credit('3000', 1)] });
const draftOf = async (books: Books) => (await books.run(createDraft, { draft: input('first'), language: 'nb' })).id;

test.each([
  ['posted', (books: Books, id: number) => books.run(postDraft, { id })],
  ['deleted', (books: Books, id: number) => books.run(deleteDraft, { id })],
])('a draft that was %s is not posted again, with a new key or without', async (_, end) => {
  const books = await openBooks();
  const id = await draftOf(books);
  await end(books, id);
  await expect(books.run(postDraft, { id })).rejects.toBeInstanceOf(AppError);
  await expect(books.run(postDraft, { id }, { idempotencyKey: `new ${id}` })).rejects.toBeInstanceOf(AppError);
  expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
});

test('a draft that is changed while it is posted is posted as changed, or its change is refused', async () => {
  const books = await openBooks();
  for (let i = 0; i < 30; i++) {
    const id = await draftOf(books);
    const change = () => books.run(updateDraft, { id, draft: input('second'), replace: true, language: 'nb' });
    const [posted, changed] = await Promise.allSettled([books.run(postDraft, { id }), change()]);
    for (const outcome of [posted, changed])
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AppError);
    if (posted.status === 'fulfilled')
      expect(posted.value.memo).toBe(changed.status === 'fulfilled' ? 'second' : 'first');
    else expect(changed.status).toBe('fulfilled');
  }
  expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
});
