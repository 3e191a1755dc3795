import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { type Books, credit, debit, openBooks } from '../../test/support/books.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { requestErrors } from '../platform/errors.ts';
import { ownTransactionOperation } from '../platform/operation.ts';
import { postAlongside, takeIds } from './index.ts';

const entry = (amount: number) => ({
  input: { entry_date: '2026-03-01', lines: [debit('1920', amount), credit('2050', amount)] },
  source: 'test',
});

/** Posts two entries and makes a department named after them, unless one of that name is there. */
const postAndRecord = ownTransactionOperation({
  name: 'test.post-and-record',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (work, input: { name: string }) =>
    postAlongside(work, 'test.post-and-record', [entry(100), entry(200)], async (tx, entries) => {
      const { taken } = await tx.one<{ taken: number }>(sql`
        select count(*) as taken from dimension_values
        where client_account_id = ${work.clientAccountId} and name = ${input.name}`);
      if (taken > 0) throw requestErrors.concurrent_change();
      const id = await takeIds(tx, work.clientAccountId);
      await tx.execute(sql`
        insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
        values (${work.clientAccountId}, 'department', ${id}, ${id % 2 ** 31}, ${input.name})`);
      return { id, entries: entries.map(({ sequence_number }) => sequence_number) };
    }),
});

async function count(books: Books): Promise<number> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, async (tx) => {
    const row = await tx.one<{ entries: number }>(
      sql`select count(*) as entries from journal_entries where client_account_id = ${books.clientAccountId}`,
    );
    return row.entries;
  });
}

test('entries and their record are posted together, and the answer is kept under the key', async () => {
  const books = await openBooks();
  const made = await books.run(postAndRecord, { name: 'A' }, { idempotencyKey: 'once' });
  expect(made.entries).toEqual([1, 2]);
  expect(await books.run(postAndRecord, { name: 'A' }, { idempotencyKey: 'once' })).toEqual(made);
  expect(await count(books)).toBe(2);
});

test('of many at once one wins; the refused leave nothing, and others in the same batch are posted', async () => {
  const books = await openBooks();
  const answers = await Promise.allSettled([
    ...Array.from({ length: 6 }, () => books.run(postAndRecord, { name: 'A' })),
    ...Array.from({ length: 3 }, () => books.post('2026-03-01', entry(5).input.lines)),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([
    ...Array.from({ length: 4 }, () => 'fulfilled'),
    ...Array.from({ length: 5 }, () => 'rejected'),
  ]);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'request.concurrent_change' });
  expect(await count(books)).toBe(5);
  const last = await books.post('2026-03-01', entry(5).input.lines);
  expect(last.sequence_number).toBe(6);
});
