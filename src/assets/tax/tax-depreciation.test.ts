import { expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { assetsRoutes } from '../index.ts';

const api = apiOf(assetsRoutes, testPlatform());

async function bought(books: Books, assetClass: string, account: string, date: string, cost: number): Promise<number> {
  const { body } = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: assetClass,
    asset_class: assetClass,
    acquisition_date: date,
  });
  await books.post(date, [
    debit(account, cost, { dimensions: [{ type: 'asset', id: body.id }] }),
    credit('1920', cost),
  ]);
  return body.id;
}

async function year(books: Books, incomeYear: number) {
  const path = `/tax-depreciation?client_account_id=${books.clientAccountId}&income_year=${incomeYear}`;
  const { status, body } = await api('GET', path, books.token);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

const choose = (books: Books, body: object) =>
  api('PUT', '/tax-depreciation/choices', books.token, { client_account_id: books.clientAccountId, ...body });

test('a van through three years and its sale, as in the worked example', async () => {
  const books = await openBooks();
  const id = await bought(books, 'COMMERCIAL_VEHICLES', '1235', '2024-05-10', 300_000);
  await api('POST', `/assets/${id}/disposal`, books.token, {
    kind: 'sale',
    disposed_on: '2026-02-10',
    proceeds: 200_000,
  });
  const figures = async (incomeYear: number) => {
    const [group] = (await year(books, incomeYear)).groups;
    return [group.saldo_group, group.asset_id, group.basis, group.depreciation, group.income, group.closing_balance];
  };
  expect(await figures(2024)).toEqual(['c', null, '300000.00', '72000.00', '0.00', '228000.00']);
  expect(await figures(2025)).toEqual(['c', null, '228000.00', '54720.00', '0.00', '173280.00']);
  expect(await figures(2026)).toEqual(['c', null, '-26720.00', '0.00', '26720.00', '0.00']);
  expect((await year(books, 2027)).groups).toEqual([]);
});

test('a building sold at a gain goes to the gain and loss account, a fifth of it to income each year', async () => {
  const books = await openBooks();
  const id = await bought(books, 'COMMERCIAL_BUILDINGS', '1105', '2022-03-10', 10_000_000);
  await api('POST', `/assets/${id}/disposal`, books.token, {
    kind: 'sale',
    disposed_on: '2025-06-10',
    proceeds: 12_000_000,
  });
  const sold = await year(books, 2025);
  expect(sold.groups).toMatchObject([
    { saldo_group: 'i', asset_id: id, depreciation: '0.00', to_gain_and_loss: '2588080.00', closing_balance: '0.00' },
  ]);
  expect(sold.gain_and_loss_account).toMatchObject({ added: '2588080.00', income: '517616.00' });
  expect((await year(books, 2026)).gain_and_loss_account).toMatchObject({
    opening_balance: '2070464.00',
    income: '414092.80',
  });
});

test('what costs less than the limit of its year is deducted at once', async () => {
  const books = await openBooks();
  const cheap = await bought(books, 'OFFICE_EQUIPMENT', '1280', '2024-03-10', 25_000);
  await bought(books, 'OFFICE_EQUIPMENT', '1280', '2023-03-10', 25_000);
  const figures = await year(books, 2024);
  expect(figures.expensed).toEqual([{ asset_id: cheap, name: 'OFFICE_EQUIPMENT', amount: '25000.00' }]);
  expect(figures.groups).toMatchObject([{ saldo_group: 'a', opening_balance: '17500.00', additions: '0.00' }]);
});

test('choices: a lower rate, a small rest deducted whole, the balance that the business came with', async () => {
  const books = await openBooks();
  await bought(books, 'MACHINERY_AND_PLANT', '1200', '2025-03-10', 100_000);
  expect(
    (await choose(books, { income_year: 2025, saldo_group: 'd', opening_balance: '50000', rate: '0.10' })).status,
  ).toBe(200);
  expect((await year(books, 2025)).groups).toMatchObject([
    {
      opening_balance: '50000.00',
      additions: '100000.00',
      rate: '0.1',
      maximum_rate: '0.20',
      depreciation: '15000.00',
    },
  ]);
  await choose(books, { income_year: 2026, saldo_group: 'd', opening_balance: '20000', deduct_small_balance: true });
  expect((await year(books, 2026)).groups).toMatchObject([
    { depreciation: '20000.00', small_balance_deduction: '20000.00', closing_balance: '0.00' },
  ]);
});

test('the difference from the accounts, group by group', async () => {
  const books = await openBooks();
  await bought(books, 'MACHINERY_AND_PLANT', '1200', '2025-07-10', 100_000);
  await bought(books, 'SOFTWARE', '1060', '2025-07-10', 36_000);
  const figures = await year(books, 2025);
  expect(figures).toMatchObject({ book_value: '100000.00', tax_value: '80000.00', difference: '20000.00' });
});

test('choices that cannot be: 400 with the field', async () => {
  const books = await openBooks();
  const building = await bought(books, 'COMMERCIAL_BUILDINGS', '1105', '2025-07-10', 100_000);
  const field = async (body: object) => {
    const answer = await choose(books, { income_year: 2025, ...body });
    expect(answer.status).toBe(400);
    return answer.body.details.fields.map(({ path }: { path: string }) => path);
  };
  expect(await field({ saldo_group: 'd', rate: '0.21' })).toEqual(['rate']);
  expect(await field({ saldo_group: 'd', asset_id: building })).toEqual(['asset_id']);
  expect(await field({ saldo_group: 'i' })).toEqual(['asset_id']);
  expect(await field({ saldo_group: 'h', asset_id: building })).toEqual(['asset_id']);
  expect(await field({ saldo_group: 'x' })).toEqual(['saldo_group']);
  expect(await field({ saldo_group: 'd', grants: '-1', rate: 'abc' })).toEqual(['rate', 'grants']);
});

const improve = (books: Books, id: number, account: string, date: string, cost: number) =>
  books.post(date, [debit(account, cost, { dimensions: [{ type: 'asset', id }] }), credit('1920', cost)]);

test('an improvement of an asset bought before the books began goes to the balance, however small', async () => {
  const books = await openBooks();
  const { body } = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Varebil',
    asset_class: 'COMMERCIAL_VEHICLES',
    acquisition_date: '2022-05-10',
  });
  await improve(books, body.id, '1235', '2025-03-10', 20_000);
  const figures = await year(books, 2025);
  expect([figures.expensed, figures.groups[0].additions]).toEqual([[], '20000.00']);
  // Opened with cost and accumulated depreciation, no date known.
  const other = await openBooks();
  const { body: van } = await api('POST', '/assets', other.token, {
    client_account_id: other.clientAccountId,
    name: 'Varebil',
    asset_class: 'COMMERCIAL_VEHICLES',
  });
  const dimensions = [{ type: 'asset', id: van.id }];
  const opening = [
    debit('1235', 100_000, { dimensions }),
    credit('1299', 40_000, { dimensions }),
    credit('1920', 60_000),
  ];
  await other.post('2024-12-31', opening);
  await improve(other, van.id, '1235', '2025-03-10', 20_000);
  const opened = await year(other, 2025);
  expect([opened.expensed, opened.groups[0].additions]).toEqual([[], '20000.00']);
});

test.each([
  ['with its date', '2025-02-10', '200000.00'],
  ['without a date', null, '180000.00'],
])('a prepayment of a large asset is no small asset: %s', async (_, acquired, additions) => {
  const books = await openBooks();
  const { body } = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Maskin',
    asset_class: 'MACHINERY_AND_PLANT',
    acquisition_date: acquired,
  });
  await improve(books, body.id, '1200', '2024-12-20', 20_000);
  await improve(books, body.id, '1200', '2025-02-10', 180_000);
  expect((await year(books, 2024)).expensed).toEqual([]);
  expect((await year(books, 2025)).groups[0].additions).toBe(additions);
});
