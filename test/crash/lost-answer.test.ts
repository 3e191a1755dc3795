import { randomUUID } from 'node:crypto';
import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postEntry } from '../../src/ledger/index.ts';
import { verifyBooks } from '../../src/ledger/proof/verify-books.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { type Books, credit, debit, openBooks } from '../support/books/books.ts';
import { testOwnerConnection } from '../support/database/database.ts';

/** A database whose connections this file may break. */
let database: Database;
beforeAll(() => {
  database = new Database({ ...testOwnerConnection(), max: 4 });
});
afterAll(() => database.close());

/** The next commit of a posting is done by the server, but its answer never arrives: the connection is gone. */
function loseNextCommitsAnswer(): void {
  const query = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>;
  const posting = new WeakSet<object>();
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const first = args[0] as string | { name?: string };
    if (typeof first !== 'string' && first.name === 'insert-entries') posting.add(this);
    if (first !== 'commit' || !posting.has(this)) return query.apply(this, args);
    pg.Client.prototype.query = query as never;
    return query.apply(this, args).then(() => {
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      throw new Error('Connection terminated unexpectedly');
    });
  } as never;
}

async function memos(books: Books): Promise<string[]> {
  const rows = await books.platform.database.transaction(
    { clientAccounts: [books.clientAccountId], mode: 'read' },
    (tx) =>
      tx.rows<{ memo: string }>(
        sql`select memo from journal_entries where client_account_id = ${books.clientAccountId} order by memo`,
      ),
  );
  return rows.map(({ memo }) => memo);
}

const entry = (memo: string) => ({
  entry: { entry_date: '2026-02-01', memo, lines: [debit('1920', 1), credit('3000', 1)] },
});

test.each([
  ['with idempotency keys', true],
  ['without', false],
])('postings whose commit was not answered are posted once, %s', async (_, keyed) => {
  const books = await openBooks();
  const platform = { ...books.platform, database };
  const names = ['a', 'b', 'c', 'd'];
  const run = randomUUID();
  const send = (memo: string) =>
    postEntry.call(platform, books.call(keyed ? { idempotencyKey: `${run} ${memo}` } : {}), entry(memo));
  loseNextCommitsAnswer();
  const first = await Promise.allSettled(names.map(send));
  expect(await memos(books)).toEqual(names);
  if (keyed) {
    const again = await Promise.all(names.map(send));
    expect(again.every((outcome) => outcome.replayed)).toBe(true);
    expect(await memos(books)).toEqual(names);
  } else {
    // No caller may get a success or a refusal: the outcome is unknown.
    expect(first.every((outcome) => outcome.status === 'rejected')).toBe(true);
  }
  expect(await verifyBooks(database, books.clientAccountId)).toEqual([]);
});
