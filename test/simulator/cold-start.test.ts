import { expect, test } from 'vitest';
import { createDraft } from '../../src/ledger/draft-create.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { credit, debit, openBooks } from '../support/books.ts';
import { testOwnerConnection } from '../support/database.ts';

/** More first requests at once than a fresh node has connections: none may hold one and wait for another. */
test('a fresh node with few connections answers many drafts at once', async () => {
  const books = await openBooks();
  const database = new Database({ ...testOwnerConnection(), max: 2 });
  try {
    const platform = { ...books.platform, database };
    const draft = { entry_date: '2026-02-01', lines: [debit('1920', 1), credit('3000', 1)] };
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createDraft.call(platform, books.call(), { draft, language: 'nb' })),
    );
    expect(new Set(made.map(({ value }) => value.id)).size).toBe(8);
  } finally {
    await database.close();
  }
});
