import { expect, test } from 'vitest';
import { createDraft } from '../../src/ledger/drafts/draft-create.ts';
import { reportOptions } from '../../src/reports/foundations/report-query.ts';
import { getTrialBalance } from '../../src/reports/trial-balance/trial-balance-get.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { credit, debit, openBooks } from '../support/books/books.ts';
import { testOwnerConnection } from '../support/database/database.ts';

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

test('and many reports', async () => {
  const books = await openBooks();
  await books.post('2026-02-01', [debit('1920', 1), credit('3000', 1)]);
  const database = new Database({ ...testOwnerConnection(), max: 2 });
  try {
    const platform = { ...books.platform, database };
    const range = { from: '2026-01-01', to: '2026-12-31' };
    const input = { range, ...reportOptions({}), withSubject: false };
    const made = await Promise.all(
      Array.from({ length: 8 }, () => getTrialBalance.call(platform, books.call(), input)),
    );
    expect(
      new Set(made.map(({ value }) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)))).size,
    ).toBe(1);
  } finally {
    await database.close();
  }
});
