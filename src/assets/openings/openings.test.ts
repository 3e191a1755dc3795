import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { DATES, fileOf } from '../../../test/support/saf-t/saf-t-book.ts';
import { addDays } from '../../kernel/local-date.ts';
import { createPeriodLock, ledgerRoutes } from '../../ledger/index.ts';
import { importSafT } from '../../saf-t-import/index.ts';
import { assetsRoutes } from '../index.ts';

const api = apiOf([...assetsRoutes, ...ledgerRoutes], testPlatform());
const folder = mkdtempSync(join(tmpdir(), 'hb-openings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const english = { 'accept-language': 'en' };

async function makeAsset(books: Books, more: object): Promise<number> {
  const body = { client_account_id: books.clientAccountId, name: 'Eiendel', ...more };
  const made = await api('POST', '/assets', books.token, body);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.id;
}

/**
 * Opening balances from another system, without an asset: our accounts require the dimension, that system does not have
 * it.
 */
async function imported(books: Books, day: string, balances: Record<string, number>) {
  const accounts = Object.fromEntries(
    Object.entries(balances).map(([code, amount]): [string, [number, number]] => [code, [amount, amount]]),
  );
  const selection = DATES(addDays(day, 1), `${addDays(day, 1).slice(0, 4)}-12-31`);
  const path = join(folder, 'file.xml');
  await writeFile(path, fileOf({ accounts, vouchers: [], selection }));
  const { platform, clientAccountId, userId } = books;
  const request = { path, fileName: 'f', clientAccountId, userId, reachable: [] };
  const outcome = await importSafT(platform.database, platform.clock, request);
  expect(outcome).toMatchObject({ status: 'succeeded' });
}

const balancesOf = async (books: Books) =>
  (await api('GET', `/asset-openings?client_account_id=${books.clientAccountId}`, books.token)).body;

const assign = (books: Books, assets: object[], more: object = {}) =>
  api('POST', '/asset-openings', books.token, { client_account_id: books.clientAccountId, assets, ...more }, english);

const amountOf = async (books: Books, month: string, id: number) => {
  const body = { client_account_id: books.clientAccountId, month };
  const answer = await api('POST', '/depreciation-runs', books.token, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const found = answer.body.assets.find(({ asset_id }: { asset_id: number }) => asset_id === id);
  return [found?.amount ?? null, answer.body.notes];
};

describe('balances that imported books have on accounts of fixed assets', () => {
  test('are put on assets in one entry, and depreciated from the month after, to the øre of the plan from their purchase', async () => {
    const books = await openBooks();
    await imported(books, '2024-12-31', { '1060': 100_000, '1299': -27_777.78, '1920': -72_222.22 });
    const software = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2024-03-10' });
    expect(await balancesOf(books)).toMatchObject({
      entry_date: '2024-12-31',
      accounts: [
        { account_code: '1060', kind: 'cost', balance: '100000.00', asset_classes: ['SOFTWARE'] },
        { account_code: '1299', kind: 'accumulated', balance: '-27777.78' },
      ],
    });
    const made = await assign(books, [{ asset_id: software, cost: '100000', accumulated_depreciation: '27777.78' }]);
    expect([made.status, made.body.entry_date]).toEqual([201, '2024-12-31']);
    expect((await balancesOf(books)).accounts).toEqual([]);
    expect(await amountOf(books, '2024-12', software)).toEqual([null, []]);
    // 11 of 36 months are 30,555.56, 12 are 33,333.33.
    expect(await amountOf(books, '2025-01', software)).toEqual(['2777.78', []]);
    expect(await amountOf(books, '2025-02', software)).toEqual(['2777.77', []]);
    const statistics = await api('GET', `/assets/${software}?with=statistics`, books.token);
    expect(statistics.body.statistics.balances.slice(0, 2)).toEqual([
      { account_code: '1060', balance: 100_000 },
      { account_code: '1299', balance: -33_333.33 },
    ]);
  });

  test('that do not tie with the plan are spread over the rest of the life; what is beyond it waits, and the run says so', async () => {
    const books = await openBooks();
    await imported(books, '2024-12-31', { '1060': 150_000, '1299': -10_000, '1920': -140_000 });
    const slow = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2024-01-10' });
    const old = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2019-01-10' });
    const made = await assign(books, [
      { asset_id: slow, cost: '100000', accumulated_depreciation: '10000' },
      { asset_id: old, cost: '50000' },
    ]);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(await amountOf(books, '2025-01', slow)).toEqual(['3750.00', [expect.stringContaining('levetid er ute')]]);
    expect((await amountOf(books, '2025-02', old))[0]).toBeNull();
    const plan = { valid_from: '2025-02-01', method: 'linear', life_months: 10 };
    expect((await api('PUT', `/assets/${old}/depreciation-plan`, books.token, plan)).status).toBe(200);
    expect((await amountOf(books, '2025-02', old))[0]).toBe('5000.00');
  });

  test('of a saldo in mid-year: the rest of the year’s share of what it was worth when the year began', async () => {
    const books = await openBooks();
    // 100,000 at 20 % a year: 20,000, half of it depreciated until June.
    await imported(books, '2025-06-30', { '1200': 100_000, '1299': -10_000, '1920': -90_000 });
    const machine = await makeAsset(books, { asset_class: 'MACHINERY_AND_PLANT', acquisition_date: '2025-01-01' });
    await assign(books, [{ asset_id: machine, cost: '100000', accumulated_depreciation: '10000' }]);
    expect((await amountOf(books, '2025-12', machine))[0]).toBe('10000.00');
    expect((await amountOf(books, '2026-01', machine))[0]).toBe('1333.33');
  });

  test('are never more than stands there; everything that is wrong is said at once', async () => {
    const books = await openBooks();
    await imported(books, '2024-12-31', { '1060': 100, '1920': -100 });
    const [one, two, none] = [
      await makeAsset(books, { asset_class: 'SOFTWARE' }),
      await makeAsset(books, { asset_class: 'SOFTWARE' }),
      await makeAsset(books, {}),
    ];
    const tooMuch = await assign(books, [
      { asset_id: one, cost: '60' },
      { asset_id: two, cost: '60', accumulated_depreciation: '5' },
    ]);
    expect([tooMuch.status, tooMuch.body.details.fields]).toEqual([
      400,
      [
        { path: 'assets[1].cost', problem: 'account 1060 has 100.00 without an asset on 2024-12-31; 20.00 is lacking' },
        {
          path: 'assets[1].accumulated_depreciation',
          problem: 'account 1299 has 0.00 without an asset on 2024-12-31; 5.00 is lacking',
        },
      ],
    ]);
    const wrong = await assign(books, [
      { asset_id: one, cost: '1' },
      { asset_id: one, cost: '1' },
      { asset_id: none, cost: '1' },
      { asset_id: one + 1_000_000, cost: '1' },
    ]);
    expect(wrong.body.details.fields.map(({ path }: { path: string }) => path)).toEqual([
      'assets[1].asset_id',
      'assets[2].cost_account_code',
      'assets[3].asset_id',
    ]);
    const both = await Promise.all([
      assign(books, [{ asset_id: one, cost: '60' }]),
      assign(books, [{ asset_id: two, cost: '60' }]),
    ]);
    expect(both.map(({ status }) => String(status)).sort()).toEqual(['201', '400']);
  });

  test('come on the first open day where theirs is locked; nobody else may leave out the dimension', async () => {
    const books = await openBooks();
    await imported(books, '2024-12-31', { '1060': 100, '1920': -100 });
    await books.run(createPeriodLock, { lockedUntilDate: '2025-03-31', comment: 'x' });
    const asset = await makeAsset(books, { asset_class: 'SOFTWARE', acquisition_date: '2024-06-01' });
    expect((await assign(books, [{ asset_id: asset, cost: '100' }])).body.entry_date).toBe('2025-04-01');
    await expect(books.post('2025-05-01', [debit('1060', 1), credit('1920', 1)])).rejects.toMatchObject({
      code: 'ledger.invalid_entry',
    });
  });
});

describe('an opening that a person entered', () => {
  test('with cost and accumulated depreciation at once is no purchase: not for the plan, the reports or the tax', async () => {
    const books = await openBooks();
    const asset = await makeAsset(books, { asset_class: 'MACHINERY_AND_PLANT', acquisition_date: '2023-01-01' });
    const dimensions = [{ type: 'asset', id: asset }];
    await books.post('2025-12-31', [
      debit('1200', 100_000, { dimensions }),
      credit('1299', 36_000, { dimensions }),
      credit('1920', 64_000),
    ]);
    expect((await amountOf(books, '2025-12', asset))[0]).toBeNull();
    expect((await amountOf(books, '2026-01', asset))[0]).toBe('1066.67');
    const query = `client_account_id=${books.clientAccountId}`;
    const tax = await api('GET', `/tax-depreciation?${query}&income_year=2025`, books.token);
    expect([tax.body.groups, tax.body.expensed]).toEqual([[], []]);
    const report = await api(
      'GET',
      `/reports/depreciation?${query}&date_from=2025-01-01&date_to=2025-12-31&format=json`,
      books.token,
    );
    expect(JSON.stringify(report.body)).toMatch(/"additions":"?0(?:\.00)?"?[,}]/);
  });
});
