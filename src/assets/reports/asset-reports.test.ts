import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { assetsRoutes } from '../index.ts';

const api = apiOf(assetsRoutes, testPlatform());

/** A machine with a part added, software that is sold, and land. */
async function booksWithAssets(): Promise<{ books: Books; ids: number[] }> {
  const books = await openBooks();
  const ids: number[] = [];
  for (const [name, assetClass, account, cost] of [
    ['Fres', 'MACHINERY_AND_PLANT', '1200', 100_000],
    ['Lagersystem', 'SOFTWARE', '1060', 36_000],
    ['Tomt', 'LAND', '1150', 500_000],
  ] as const) {
    const { body } = await api('POST', '/assets', books.token, {
      client_account_id: books.clientAccountId,
      name,
      asset_class: assetClass,
      acquisition_date: '2025-01-10',
    });
    ids.push(body.id);
    const dimensions = [{ type: 'asset', id: body.id }];
    await books.post('2025-01-10', [debit(account, cost, { dimensions }), credit('1920', cost)]);
  }
  const [machine, software] = ids;
  await api('POST', '/depreciation-runs', books.token, { client_account_id: books.clientAccountId, month: '2025-12' });
  await books.post('2026-01-20', [
    debit('1200', 20_000, { dimensions: [{ type: 'asset', id: machine! }] }),
    credit('1920', 20_000),
  ]);
  const sold = { kind: 'sale', disposed_on: '2026-02-10', proceeds: 30_000 };
  expect((await api('POST', `/assets/${software}/disposal`, books.token, sold)).status).toBe(201);
  return { books, ids };
}

const of = (books: Books, path: string) =>
  api('GET', `/reports/${path}&client_account_id=${books.clientAccountId}`, books.token, undefined, {
    accept: 'application/json',
  });

describe('asset reports', () => {
  test('the register: cost, accumulated depreciation and book value at the end of a day', async () => {
    const { books, ids } = await booksWithAssets();
    const { body } = await of(books, 'asset-register?report_date=2026-01-20');
    expect(
      body.rows.map((row: Record<string, unknown>) => [
        row.asset_id,
        row.cost_closing,
        row.accumulated_closing,
        row.book_value,
      ]),
    ).toEqual([
      [ids[0], 120_000, 20_000, 100_000],
      [ids[2], 500_000, 0, 500_000],
      [ids[1], 36_000, 12_000, 24_000],
    ]);
    const before = await of(books, 'asset-register?report_date=2026-01-19');
    expect(before.body.rows[0]).toMatchObject({ cost_closing: 100_000 });
    expect((await of(books, 'asset-register?report_date=2024-12-31')).body.rows).toEqual([]);
  });

  test('depreciation: what changed cost and accumulated depreciation in a range', async () => {
    const { books, ids } = await booksWithAssets();
    const { body } = await of(books, 'depreciation?date_from=2026-01-01&date_to=2026-02-28');
    const rows = Object.fromEntries(body.rows.map((row: { asset_id: number }) => [row.asset_id, row]));
    expect(rows[ids[0]!]).toMatchObject({
      cost_opening: 100_000,
      additions: 20_000,
      disposals: 0,
      cost_closing: 120_000,
      accumulated_opening: 20_000,
      depreciation: 0,
      book_value: 100_000,
    });
    expect(rows[ids[1]!]).toMatchObject({
      cost_opening: 36_000,
      disposals: 36_000,
      cost_closing: 0,
      accumulated_opening: 12_000,
      depreciation: 1_000,
      accumulated_disposals: 13_000,
      accumulated_closing: 0,
      book_value: 0,
    });
  });

  test('HTML shows classes with sums, in both languages', async () => {
    const { books } = await booksWithAssets();
    const page = async (language: string) => {
      const url = `/api/v2/reports/asset-register?client_account_id=${books.clientAccountId}&report_date=2026-02-28&format=html`;
      const answer = await api.server.inject({
        url,
        headers: { authorization: `Bearer ${books.token}`, 'accept-language': language },
      });
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      return answer.body;
    };
    const [nb, en] = [await page('nb'), await page('en')];
    for (const text of ['Anleggsregister', 'Maskiner og anlegg', '620\u00a0000,00', '10.01.2025'])
      expect(nb).toContain(text);
    for (const text of ['Asset register', 'Machinery and plant', '620,000.00']) expect(en).toContain(text);
  });

  test.each([
    ['a day that does not exist', 'asset-register?report_date=2026-02-30', 400],
    ['no format that is known', 'depreciation?date_from=2026-01-01&date_to=2026-02-28&format=docx', 400],
    ['an impossible range', 'depreciation?date_from=2026-03-01&date_to=2026-02-28', 422],
  ])('%s is refused', async (_, path, status) => {
    const books = await openBooks();
    expect((await of(books, path)).status).toBe(status);
  });
});
