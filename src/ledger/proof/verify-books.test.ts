import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testDatabase,
  testPlatform,
} from '../../../test/support/books/books.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { foldBalances } from '../balances-fold.ts';
import { sealNextBlock } from './chain-seal.ts';
import { cancelEntry } from '../entries/entry-cancel.ts';
import { finishPostings } from '../ledger-worker.ts';
import { foldVat } from '../vat/vat-fold.ts';
import { verifyBooks } from './verify-books.ts';

/** A superuser, who bypasses row level security and grants. */
let owner: pg.Client;
beforeAll(async () => {
  owner = new pg.Client(testOwnerConnection());
  await owner.connect();
});
afterAll(() => owner.end());

async function sealAll(books: Books): Promise<void> {
  const { database } = books.platform;
  const inBooks = { clientAccounts: [books.clientAccountId], mode: 'write' as const };
  while ((await database.transaction(inBooks, (tx) => sealNextBlock(tx, books.clientAccountId))) > 0);
  while ((await database.transaction(inBooks, (tx) => foldBalances(tx, books.clientAccountId))) > 0);
}

async function someBooks(): Promise<{ books: Books; ids: number[] }> {
  const books = await openBooks();
  const customer = await addPartner(books);
  const ids: number[] = [];
  for (let i = 1; i <= 5; i++) {
    const entry = await books.post(`2026-0${i}-10`, [
      debit('1500', 125 * i, { business_partner_id: customer }),
      credit('3000', 100 * i, { tax_code: '3' }),
    ]);
    ids.push(entry.id);
  }
  await books.run(cancelEntry, { id: ids[1]!, reason: 'feil' });
  return { books, ids };
}

const findings = (books: Books) => verifyBooks(testDatabase(), books.clientAccountId);
const messages = async (books: Books) => (await findings(books)).map(({ check, message }) => `${check}: ${message}`);

test('books are clean unsealed, half folded and sealed', async () => {
  const { books } = await someBooks();
  expect(await messages(books)).toEqual([]);
  await sealAll(books);
  expect(await messages(books)).toEqual([]);
  await books.post('2026-06-10', [debit('1920', 1), credit('3000', 1)]);
  expect(await messages(books)).toEqual([]);
});

test('the worker folds and seals everything of a client account', async () => {
  const { books } = await someBooks();
  // Not all books: those of other test files may be damaged on purpose at this moment.
  await finishPostings(testPlatform().database, books.clientAccountId);
  const { rows } = await owner.query(
    `select (select count(*)::int from balance_deltas where client_account_id = $1) as deltas,
      (select sum(cardinality(entry_hashes))::int from chain_blocks where client_account_id = $1) as sealed`,
    [books.clientAccountId],
  );
  expect(rows).toEqual([{ deltas: 0, sealed: 6 }]);
});

describe('B12: what somebody changes in the database itself is found and named', () => {
  const tampering: [name: string, statement: string, expected: (ids: number[]) => RegExp[]][] = [
    [
      'an amount of a line',
      'update journal_entry_lines set debit = debit + 1 where entry_id = $1 and debit > 0',
      ([id]) => [
        new RegExp(`double entry: entry ${id}: lines give debit 125.01, credit 125.00`),
        /balances: account 1500/,
        new RegExp(`hash chain: entry ${id} was changed`),
      ],
    ],
    [
      'both sides of an entry',
      'update journal_entry_lines set debit = debit * 2, credit = credit * 2 where entry_id = $1',
      ([id]) => [
        new RegExp(`double entry: entry ${id}`),
        /balances: account 1500/,
        /balances: account 2700/,
        /balances: account 3000/,
        new RegExp(`hash chain: entry ${id} was changed`),
      ],
    ],
    [
      'a text',
      "update journal_entries set memo = 'noe annet' where id = $1",
      ([id]) => [new RegExp(`hash chain: entry ${id} was changed after it was sealed in block 1`)],
    ],
    [
      'a line, removed',
      'delete from journal_entry_lines where entry_id = $1 and line_no = 3',
      ([id]) => [
        new RegExp(`double entry: entry ${id}`),
        /balances: account 2700/,
        new RegExp(`hash chain: entry ${id} was changed`),
      ],
    ],
    [
      'a number',
      'update journal_entries set sequence_number = 99 where id = $1',
      ([id]) => [
        /number series: series GL 2026: number 2 follows 0/,
        /number 99 follows 6/,
        /last number is 99/,
        new RegExp(`entry ${id} was changed`),
      ],
    ],
    [
      'a VAT link',
      'update journal_entry_lines set base_line_no = 1 where entry_id = $1 and line_no = 3',
      ([id]) => [
        new RegExp(`VAT links: entry ${id} line 3: VAT line of code 3 points at line 1, which carries no VAT code`),
        new RegExp(`entry ${id} was changed`),
      ],
    ],
    [
      'a date',
      "update journal_entries set entry_date = '2025-12-31' where id = $1",
      ([id]) => [
        new RegExp(`entry dates: entry ${id} line 1: dated 2026-01-10, the entry 2025-12-31`),
        /entry dates/,
        /entry dates/,
        new RegExp(`entry ${id} was changed`),
      ],
    ],
    [
      'a balance',
      "update account_balances set debit = debit + 500 where account_code = '1500' and month = '2026-01-01' and client_account_id = $1::bigint >> 31",
      () => [
        /balances: account 1500, 2026-01, dimension set \d+: balance says debit 130.00, credit 0.00 in 1 lines; the lines give 125.00, 0.00 in 1/,
      ],
    ],
    [
      'the number of lines behind a balance',
      "update account_balances set line_count = line_count + 1 where account_code = '1500' and month = '2026-01-01' and client_account_id = $1::bigint >> 31",
      () => [
        /balances: account 1500, 2026-01, dimension set \d+: balance says debit 125.00, credit 0.00 in 2 lines; the lines give 125.00, 0.00 in 1/,
      ],
    ],
    [
      'the balance of a year',
      "update year_balances set debit = debit + 5 where account_code = '1500' and client_account_id = $1::bigint >> 31",
      () => [
        /balances of years: account 1500, 2026, dimension set \d+: the year says debit \d+\.05, credit [\d.]+; its months give/,
      ],
    ],
    [
      'a sealed hash',
      "update chain_blocks set entry_hashes[1] = sha256('x') where client_account_id = $1::bigint >> 31",
      ([id]) => [/block 1: its hash is not that of its contents/, new RegExp(`entry ${id} was changed`)],
    ],
  ];
  test.each(tampering)('%s', async (_name, statement, expected) => {
    const { books, ids } = await someBooks();
    await sealAll(books);
    await owner.query(statement, [ids[0]]);
    const found = await messages(books);
    expect(found).toHaveLength(expected(ids).length);
    expected(ids).forEach((pattern, i) => expect(found[i]).toMatch(pattern));
  });

  test('a whole entry, removed with its balances', async () => {
    const { books, ids } = await someBooks();
    await sealAll(books);
    await owner.query(
      `delete from account_balances where month = '2026-05-01' and client_account_id = $1::bigint >> 31`,
      [ids[4]],
    );
    await owner.query(
      `update year_balances y set debit = m.debit, credit = m.credit from (
         select account_code, dimension_set_id, sum(debit) as debit, sum(credit) as credit from account_balances
         where client_account_id = $1::bigint >> 31 group by 1, 2) m
       where y.client_account_id = $1::bigint >> 31 and y.account_code = m.account_code and y.dimension_set_id = m.dimension_set_id`,
      [ids[4]],
    );
    await owner.query('delete from journal_entry_lines where entry_id = $1', [ids[4]]);
    await owner.query('delete from journal_entries where id = $1', [ids[4]]);
    expect(await messages(books)).toEqual([
      expect.stringMatching(/number series: series GL 2026: number 6 follows 4/),
      expect.stringMatching(/posting order: 5 entries, last posting number 6, the head says 6/),
      expect.stringMatching(/hash chain: posting 5 was sealed in block 1 and is gone/),
      'turnover: the head says 2125.00, the entries give 1500.00',
    ]);
  });
});

describe('B2: the application itself cannot change what is posted', () => {
  test.each([
    'update journal_entries set memo = memo',
    'delete from journal_entries',
    'update journal_entry_lines set debit = 1',
    'delete from journal_entry_lines',
    'update chain_blocks set hash = hash',
    'delete from chain_blocks',
    'delete from audit_log',
    'truncate journal_entries cascade',
    'alter table journal_entries disable row level security',
  ])('%s', async (statement) => {
    const { books } = await someBooks();
    const attempt = books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'write' },
      (tx) => tx.client.query(statement),
    );
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('VAT sums', () => {
  const foldAll = ({ platform, clientAccountId }: Books) =>
    platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      foldVat(tx, clientAccountId),
    );

  test('a changed sum, a missing note and one too many are named', async () => {
    const { books } = await someBooks();
    await books.post('2026-06-10', [debit('2700', 10), credit('1920', 10)]);
    expect(await foldAll(books)).toBe(7);
    expect(await foldAll(books)).toBe(0);
    expect(await messages(books)).toEqual([]);
    const id = books.clientAccountId;
    await owner.query(
      "update vat_balances set credit = credit + 1 where client_account_id = $1 and role = 'vat' and month = '2026-03-01'",
      [id],
    );
    await owner.query("update vat_notes set kind = 'opening' where client_account_id = $1", [id]);
    const found = await messages(books);
    expect(found).toHaveLength(3);
    expect(found[0]).toMatch(
      /^VAT sums: VAT code 3, vat on account 2700, 2026-03: the sum says debit 0.00, credit 75.01 in 1 lines; the lines give 0.00, 75.00 in 1$/,
    );
    expect(found[1]).toMatch(/note on VAT \(loose, 2700\) is missing/);
    expect(found[2]).toMatch(/note on VAT \(opening, 2700\) is not what its lines give/);
  });

  test('entries folded by two workers at once are taken in once', async () => {
    const { books } = await someBooks();
    expect((await Promise.all([foldAll(books), foldAll(books), foldAll(books)])).sort()).toEqual([0, 0, 6]);
    expect(await messages(books)).toEqual([]);
  });
});
