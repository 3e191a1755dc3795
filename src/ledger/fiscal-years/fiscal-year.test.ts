import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { cancelEntry, ledgerRoutes, verifyBooks } from '../index.ts';

const api = apiOf(ledgerRoutes, testPlatform());
const lines = () => [debit('6300', 100), credit('1920', 100)];

const path = ({ clientAccountId }: Books) => `/client-accounts/${clientAccountId}/fiscal-years`;
const choose = (books: Books, body: object) => api('PUT', path(books), books.token, body, { 'accept-language': 'en' });

const numbers = (entries: { fiscal_year: number | null; sequence_number: number | null; period: number | null }[]) =>
  entries.map((entry) => `${entry.fiscal_year}-${entry.sequence_number} period ${entry.period}`);

describe('fiscal years from July to June', () => {
  test('number entries by themselves, also bulk and counter-entries, on a node that does not know them yet', async () => {
    const books = await openBooks();
    expect((await choose(books, { first_month: 7 })).status).toBe(200);
    const entries = [];
    for (const day of ['2025-06-30', '2025-07-01', '2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01'])
      entries.push(await books.post(day, lines()));
    expect(numbers(entries)).toEqual([
      '2025-1 period 12',
      '2026-1 period 1',
      '2026-2 period 6',
      '2026-3 period 7',
      '2026-4 period 12',
      '2027-1 period 1',
    ]);
    const cancelled = await books.run(cancelEntry, { id: entries[1]!.id, reason: 'x', entryDate: '2026-08-05' });
    expect(JSON.stringify(cancelled)).toContain('"fiscal_year":2027');
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('are told with their days, named after their beginning where that is chosen', async () => {
    const books = await openBooks();
    await choose(books, { first_month: 7, named_after: 'start' });
    await books.post('2025-03-01', lines());
    const { body } = await api('GET', path(books), books.token);
    expect(body).toEqual({
      starts: [{ first_month: 7, valid_from: null, named_after: 'start', first_year: null }],
      years: [
        { fiscal_year: 2024, date_from: '2024-07-01', date_to: '2025-06-30', months: 12 },
        { fiscal_year: 2025, date_from: '2025-07-01', date_to: '2026-06-30', months: 12 },
        { fiscal_year: 2026, date_from: '2026-07-01', date_to: '2027-06-30', months: 12 },
      ],
    });
  });
});

describe('the first fiscal year of a company', () => {
  const FIRST = { first_month: 1, first_year: { date_from: '2025-08-01', date_to: '2026-12-31' } };

  test('has up to 18 months, and numbers what is posted in it as one year', async () => {
    const books = await openBooks();
    const { status, body } = await choose(books, FIRST);
    expect([status, body.starts, body.years[0]]).toEqual([
      200,
      [{ first_month: 1, valid_from: '2025-08-01', named_after: 'end', first_year: FIRST.first_year }],
      { fiscal_year: 2026, date_from: '2025-08-01', date_to: '2026-12-31', months: 17 },
    ]);
    const entries = [];
    for (const day of ['2025-08-15', '2026-01-01', '2026-12-31', '2027-01-01'])
      entries.push(await books.post(day, lines()));
    expect(numbers(entries)).toEqual(['2026-1 period 1', '2026-2 period 6', '2026-3 period 17', '2027-1 period 1']);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('is chosen before anything is posted in it', async () => {
    const books = await openBooks();
    await books.post('2025-09-01', lines());
    const { status, body } = await choose(books, FIRST);
    expect([status, body.details]).toEqual([400, { code: 'ledger.first_year_rewrites', entry_month: '2025-09' }]);
  });

  test.each([
    [{ ...FIRST, valid_from: '2025-08-01' }, 'request.invalid', ['valid_from']],
    [{ ...FIRST, first_month: 7 }, 'request.invalid', ['first_year.date_to']],
    [
      { first_month: 1, first_year: { date_from: '2025-08-15', date_to: '2026-12-30' } },
      'request.invalid',
      ['first_year.date_from', 'first_year.date_to'],
    ],
    [
      { first_month: 1, first_year: { date_from: '2027-01-01', date_to: '2026-12-31' } },
      'request.invalid',
      ['first_year.date_to'],
    ],
    [
      { first_month: 1, first_year: { date_from: '2025-02-30', date_to: '2026-12-31' } },
      'request.invalid',
      ['first_year.date_from'],
    ],
    [
      { first_month: 7, named_after: 'start', first_year: { date_from: '2025-04-01', date_to: '2025-06-30' } },
      'request.invalid',
      ['named_after'],
    ],
    [
      { first_month: 1, first_year: { date_from: '2025-06-01', date_to: '2026-12-31' } },
      'ledger.fiscal_year_too_long',
      [],
    ],
  ])('refuses %j', async (body, code, paths) => {
    const answer = await choose(await openBooks(), body);
    const { fields = [] } = answer.body.details;
    expect([
      answer.status,
      answer.body.details.code ?? 'request.invalid',
      fields.map((each: { path: string }) => each.path),
    ]).toEqual([400, code, paths]);
  });

  test('gives way to another choice', async () => {
    const books = await openBooks();
    await choose(books, FIRST);
    const { body } = await choose(books, { first_month: 7 });
    expect(body.starts).toEqual([{ first_month: 7, valid_from: null, named_after: 'end', first_year: null }]);
  });
});

describe('a change', () => {
  test('that would number entries anew is refused, with the first day from which it can be', async () => {
    const books = await openBooks();
    await books.post('2025-03-01', lines());
    await books.post('2026-02-10', lines());
    const refused = await choose(books, { first_month: 7 });
    expect([refused.status, refused.body.details]).toEqual([
      400,
      { code: 'ledger.fiscal_year_rewrites', entry_month: '2025-03', earliest: '2026-07-01' },
    ]);
    const forward = await choose(books, { first_month: 7, valid_from: '2026-07-01' });
    expect([forward.status, forward.body.years.slice(1)]).toEqual([
      200,
      [
        { fiscal_year: 2026, date_from: '2026-01-01', date_to: '2026-06-30', months: 6 },
        { fiscal_year: 2027, date_from: '2026-07-01', date_to: '2027-06-30', months: 12 },
      ],
    ]);
    expect(numbers([await books.post('2026-06-30', lines()), await books.post('2026-07-01', lines())])).toEqual([
      '2026-2 period 6',
      '2027-1 period 1',
    ]);
  });

  test('back to the calendar may make one long year of at most 18 months', async () => {
    const books = await openBooks();
    await choose(books, { first_month: 7 });
    await books.post('2025-03-01', lines());
    const back = await choose(books, { first_month: 1, valid_from: '2026-01-01' });
    expect(back.body.years[0]).toEqual({
      fiscal_year: 2025,
      date_from: '2024-07-01',
      date_to: '2025-12-31',
      months: 18,
    });
    expect(numbers([await books.post('2025-12-31', lines())])).toEqual(['2025-2 period 18']);
    const other = await openBooks();
    await choose(other, { first_month: 2 });
    const tooLong = await choose(other, { first_month: 1, valid_from: '2027-01-01' });
    expect([tooLong.status, tooLong.body.details.code]).toEqual([400, 'ledger.fiscal_year_too_long']);
  });

  test('begins on the first day of its month, and is audited', async () => {
    const books = await openBooks();
    const { status, body } = await choose(books, { first_month: 7, valid_from: '2026-06-01' });
    expect([status, body.details.fields[0].path]).toEqual([400, 'valid_from']);
    expect((await choose(books, { first_month: 13 })).status).toBe(400);
    await choose(books, { first_month: 7 });
    const log = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.rows(sql`select before, after from audit_log where client_account_id = ${books.clientAccountId}
        and operation = 'fiscal-year.set'`),
    );
    expect(log).toMatchObject([{ before: { starts: [] }, after: { starts: [{ first_month: 7 }] } }]);
  });
});
