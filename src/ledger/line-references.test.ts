import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDimensionValue, addPartner, type Books, credit, debit, openBooks } from '../../test/support/books/books.ts';
import { testOwnerConnection } from '../../test/support/database/database.ts';
import { verifyBooks } from './proof/verify-books.ts';

/** A superuser bypasses row level security and grants: what is refused here is refused to every role. */
let owner: pg.Client;
let books: Books;
let entryId: number;

beforeAll(async () => {
  owner = new pg.Client(testOwnerConnection());
  await owner.connect();
  books = await openBooks();
  const [customer, project] = [await addPartner(books), await addDimensionValue(books, 'project')];
  const entry = await books.post('2026-01-10', [
    debit('1500', 125, { business_partner_id: customer }),
    credit('3000', 100, { tax_code: '3', dimensions: [{ type: 'project', id: project }] }),
  ]);
  entryId = entry.id;
});
afterAll(() => owner.end());

const copy = (change: string) => `
  insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit, tax_code,
    dimension_set_id, business_partner_id)
  select client_account_id, entry_id, 100 + line_no, account_code, entry_date, debit, credit, tax_code, dimension_set_id,
    business_partner_id
  from (select (jsonb_populate_record(l, '${change}'::jsonb)).* from journal_entry_lines l where entry_id = $1) c`;

test.each([
  ['entry', '{"entry_id": 1}'],
  ['account', '{"account_code": "0000"}'],
  ['account behind the last', '{"account_code": "9999x"}'],
  ['VAT code', '{"tax_code": "98"}'],
  ['dimension set', '{"dimension_set_id": 1999999999}'],
  ['business partner', '{"business_partner_id": 2}'],
  ['client account', '{"client_account_id": 4000000}'],
])('a line on an unknown %s is refused', async (_what, change) => {
  await expect(owner.query(copy(change), [entryId])).rejects.toMatchObject({
    code: '23503',
    constraint: 'journal_entry_lines_references',
  });
});

test('one bad line of many refuses the statement', async () => {
  await expect(
    owner.query(
      `${copy('{}')} union all ${copy('{"account_code": "0000"}')
        .replace('100 + line_no', '200 + line_no')
        .replace(/^[^]*?select/, 'select')}`,
      [entryId],
    ),
  ).rejects.toMatchObject({ code: '23503' });
});

test.each(['journal_entries', 'client_gl_accounts', 'tax_codes', 'dimension_sets', 'business_partners'])(
  'what lines refer to stays: %s',
  async (table) => {
    await owner.query('begin');
    try {
      if (table === 'dimension_sets')
        await owner.query('delete from dimension_set_members where client_account_id = $1', [books.clientAccountId]);
      await expect(
        owner.query(`delete from ${table} where client_account_id = $1`, [books.clientAccountId]),
      ).rejects.toMatchObject({ code: '23503' });
    } finally {
      await owner.query('rollback');
    }
    const key = {
      journal_entries: 'id',
      client_gl_accounts: 'account_code',
      tax_codes: 'code',
      dimension_sets: 'id',
      business_partners: 'id',
    }[table];
    const other = table === 'client_gl_accounts' || table === 'tax_codes' ? `${key} || 'x'` : `${key} + 1000000`;
    await expect(
      owner.query(`update ${table} set ${key} = ${other} where client_account_id = $1`, [books.clientAccountId]),
    ).rejects.toMatchObject({ code: '23503' });
  },
);

test('verify names a reference that somebody broke behind the triggers', async () => {
  const own = await openBooks();
  const entry = await own.post('2026-01-10', [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
  await owner.query('begin');
  await owner.query('alter table tax_codes disable trigger user');
  await owner.query(`delete from tax_codes where client_account_id = $1 and code = '3'`, [own.clientAccountId]);
  await owner.query('alter table tax_codes enable trigger user');
  await owner.query('commit');
  const findings = await verifyBooks(own.platform.database, own.clientAccountId);
  expect(findings.map(({ message }) => message)).toEqual([
    `entry ${entry.id} line 2: there is no VAT code 3`,
    `entry ${entry.id} line 3: there is no VAT code 3`,
  ]);
});
