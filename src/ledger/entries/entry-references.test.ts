import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { verifyBooks } from '../proof/verify-books.ts';

/** A superuser bypasses row level security and grants: what is refused here is refused to every role. */
let owner: pg.Client;
let books: Books;
let entryId: number;

beforeAll(async () => {
  owner = new pg.Client(testOwnerConnection());
  await owner.connect();
  books = await openBooks();
  entryId = (await books.post('2026-01-10', [debit('1920', 125), credit('3000', 125)])).id;
});
afterAll(() => owner.end());

const copy = (change: string) => `
  insert into journal_entries
  select (jsonb_populate_record(e, '{"id": ${entryId + 1_000_000}, "posting_no": 1000000, "sequence_number": 1000000}'::jsonb
    || '${change}'::jsonb)).*
  from journal_entries e where id = $1`;

const rolledBack = async (work: () => Promise<unknown>) => {
  await owner.query('begin');
  try {
    await work();
  } finally {
    await owner.query('rollback');
  }
};

test.each([
  ['client account', '{"client_account_id": 4000000}'],
  ['voucher', '{"voucher_id": 1}'],
  ['cancelled entry', '{"cancels_entry_id": 1, "cancellation_reason": "x"}'],
])('an entry with an unknown %s is refused', async (_what, change) => {
  await expect(owner.query(copy(change), [entryId])).rejects.toMatchObject({
    code: '23503',
    constraint: 'journal_entries_references',
  });
});

test('what entries refer to stays: voucher, cancelled entry, client account', async () => {
  const file = `insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key)
    values ($1, $2, 'x', 1, 'text/plain', 'x', 'x')`;
  await rolledBack(async () => {
    await owner.query(file, [books.clientAccountId, entryId + 2_000_000]);
    await owner.query('insert into vouchers (client_account_id, id) values ($1, $2)', [
      books.clientAccountId,
      entryId + 2_000_000,
    ]);
    await owner.query(copy(`{"voucher_id": ${entryId + 2_000_000}}`), [entryId]);
    await expect(owner.query('delete from vouchers where id = $1', [entryId + 2_000_000])).rejects.toMatchObject({
      code: '23503',
      constraint: 'journal_entries_references',
    });
  });
  await rolledBack(async () => {
    await owner.query(copy(`{"cancels_entry_id": ${entryId}, "cancellation_reason": "x"}`), [entryId]);
    await owner.query('delete from journal_entry_lines where entry_id = $1', [entryId]);
    await expect(owner.query('delete from journal_entries where id = $1', [entryId])).rejects.toMatchObject({
      code: '23503',
      constraint: 'journal_entries_references',
    });
  });
  await expect(owner.query('delete from client_accounts where id = $1', [books.clientAccountId])).rejects.toMatchObject(
    {
      code: '23503',
    },
  );
});

test('verify names a reference that the owner of the schema broke', async () => {
  const own = await openBooks();
  const entry = await own.post('2026-01-10', [debit('1920', 125), credit('3000', 125)]);
  await owner.query('update journal_entries set voucher_id = 1 where id = $1', [entry.id]);
  const findings = await verifyBooks(own.platform.database, own.clientAccountId);
  expect(findings.map(({ message }) => message)).toContain(`entry ${entry.id}: there is no voucher 1`);
});
