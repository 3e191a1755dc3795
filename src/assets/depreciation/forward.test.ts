import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { cancelEntry, createPeriodLock, ledgerRoutes, setFiscalYear } from '../../ledger/index.ts';
import { assetsRoutes } from '../index.ts';

const api = apiOf([...assetsRoutes, ...ledgerRoutes], testPlatform());
const english = { 'accept-language': 'en' };

/** Software of 36,000 from January 2025: 1,000 a month for three years. */
async function software(books: Books, more: object = {}) {
  const body = { client_account_id: books.clientAccountId, name: 'Program', asset_class: 'SOFTWARE', ...more };
  const made = await api('POST', '/assets', books.token, { acquisition_date: '2025-01-10', ...body });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id } = made.body as { id: number };
  const bought = await books.post('2025-01-10', [
    debit('1060', 36_000, { dimensions: [{ type: 'asset', id }] }),
    credit('1920', 36_000),
  ]);
  return { id, bought };
}

async function run(books: Books, month: string, more: object = {}) {
  const body = { client_account_id: books.clientAccountId, month, ...more };
  return api('POST', '/depreciation-runs', books.token, body, english);
}

/** The amount that the run of a month posts on the one asset; null for none. */
async function posted(books: Books, month: string, more: object = {}): Promise<string | null> {
  const { status, body } = await run(books, month, more);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.assets[0]?.amount ?? null;
}

const change = (books: Books, id: number, body: object) => api('PUT', `/assets/${id}`, books.token, body, english);

describe('a change of class or dates after depreciation', () => {
  test.each([
    ['class', { asset_class: 'PATENTS_AND_LICENSES' }],
    ['acquisition date', { acquisition_date: '2024-07-10' }],
    ['retirement date', { retirement_date: '2025-04-10' }],
  ])('%s: is refused where it would rewrite months, and says from when it can act', async (_, body) => {
    const books = await openBooks();
    const { id } = await software(books);
    await run(books, '2025-06');
    const { status, body: refused } = await change(books, id, body);
    expect([status, refused.details.code, refused.details.earliest]).toEqual([
      400,
      'assets.change_in_the_past',
      '2025-07-01',
    ]);
    expect((await api('GET', `/assets/${id}`, books.token)).body).toMatchObject({ asset_class: 'SOFTWARE' });
  });

  test('locked months count as well; what rewrites nothing needs no word', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await run(books, '2025-06');
    await books.run(createPeriodLock, { lockedUntilDate: '2025-09-30', comment: 'x' });
    const { body } = await change(books, id, { asset_class: 'PATENTS_AND_LICENSES' });
    expect(body.details.earliest).toBe('2025-10-01');
    expect((await change(books, id, { retirement_date: '2025-12-10', name: 'Nytt navn' })).status).toBe(200);
  });

  test('kept: earlier months stay, the rest of the life has what is left', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await run(books, '2025-06');
    expect((await change(books, id, { asset_class: 'PATENTS_AND_LICENSES', earlier_months: 'keep' })).status).toBe(200);
    // 30,000 over the remaining 114 of 120 months.
    expect(await posted(books, '2025-06')).toBeNull();
    expect(await posted(books, '2025-07')).toBe('263.16');
    const { body: plan } = await api('GET', `/assets/${id}/depreciation-plan`, books.token);
    expect(plan.months.slice(4, 8).map(({ depreciation }: { depreciation: string }) => depreciation)).toEqual([
      '0.00',
      '6000.00',
      '263.16',
      '263.16',
    ]);
    expect([plan.months.at(-1).closing_balance, plan.remaining_plan]).toEqual(['0.00', '29736.84']);
  });

  test('corrected: the next run posts the difference', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await run(books, '2025-06');
    expect((await change(books, id, { asset_class: 'PATENTS_AND_LICENSES', earlier_months: 'correct' })).status).toBe(
      200,
    );
    // Seven months of 300 less the 6,000 posted.
    expect(await posted(books, '2025-07')).toBe('-3900.00');
  });
});

describe('depreciation that earlier months have missing', () => {
  test('is made up for, and the run says how much of it', async () => {
    const books = await openBooks();
    await software(books);
    const { body } = await run(books, '2025-06');
    expect(body).toMatchObject({ late: 'catch_up', late_total: '5000.00', total: '6000.00' });
    expect((await run(books, '2025-07')).body).toMatchObject({ late_total: '0.00', total: '1000.00' });
  });

  test('or is spread over the rest of the life, where that is chosen', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    const dry = await run(books, '2025-06', { late: 'spread', dry_run: true });
    // 36,000 over the 31 months from June 2025 to December 2027.
    expect(dry.body).toMatchObject({ late: 'spread', late_total: '5000.00', total: '1161.29' });
    expect(await posted(books, '2025-06', { late: 'spread' })).toBe('1161.29');
    expect(await posted(books, '2025-07')).toBe('1161.29');
    expect(await posted(books, '2025-05')).toBeNull();
    const { body: plan } = await api('GET', `/assets/${id}/depreciation-plan`, books.token);
    expect([plan.months.length, plan.months.at(-1).closing_balance]).toEqual([36, '0.00']);
    const list = await api('GET', `/depreciation-runs?client_account_id=${books.clientAccountId}`, books.token);
    expect(list.body.data.map(({ late, late_total }: Record<string, string>) => [late, late_total])).toEqual([
      ['catch_up', '0.00'],
      ['spread', '5000.00'],
    ]);
  });
});

describe('depreciation posted by hand', () => {
  const byHand = (books: Books, id: number, day: string, amount: number) => {
    const dimensions = [{ type: 'asset', id }];
    return books.post(day, [debit('6029', amount, { dimensions }), credit('1299', amount, { dimensions })]);
  };

  test('ahead of the plan counts: runs go on when the plan has come there, and say so until then', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await byHand(books, id, '2025-01-31', 2_500);
    const january = await run(books, '2025-01');
    expect([january.body.assets, january.body.notes]).toEqual([
      [],
      ['1 asset(s) are depreciated by hand ahead of their plan: 1 Program (1500.00)'],
    ]);
    expect(await posted(books, '2025-02')).toBeNull();
    expect(await posted(books, '2025-03')).toBe('500.00');
    expect(await posted(books, '2025-04')).toBe('1000.00');
  });

  test('beyond all that the plan has is taken back', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await byHand(books, id, '2025-01-31', 36_500);
    expect(await posted(books, '2025-02')).toBe('-500.00');
  });
});

describe('a purchase taken back after depreciation', () => {
  test('by cancelling it, in a later month: takes the depreciation back', async () => {
    const books = await openBooks();
    const { id, bought } = await software(books);
    await run(books, '2025-03');
    await books.run(cancelEntry, { id: bought.id, reason: 'Hevet', entryDate: '2025-04-10' });
    expect(await posted(books, '2025-04')).toBe('-3000.00');
    expect((await api('GET', `/assets/${id}/depreciation-plan`, books.token)).body.book_value).toBe('0.00');
  });

  test('one of two: that one’s depreciation alone', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    const dimensions = [{ type: 'asset', id }];
    const second = await books.post('2025-01-20', [debit('1060', 3_600, { dimensions }), credit('1920', 3_600)]);
    expect(await posted(books, '2025-03')).toBe('3300.00');
    await books.run(cancelEntry, { id: second.id, reason: 'Returnert', entryDate: '2025-04-10' });
    // A month of 1,000 less three times the excess of 100.
    expect(await posted(books, '2025-04')).toBe('700.00');
  });

  test('by a credit note of all of it', async () => {
    const books = await openBooks();
    const { id } = await software(books);
    await run(books, '2025-03');
    const dimensions = [{ type: 'asset', id }];
    await books.post('2025-04-10', [credit('1060', 36_000, { dimensions }), debit('1920', 36_000)]);
    expect(await posted(books, '2025-04')).toBe('-3000.00');
  });
});

test('a month far in the future is refused, with the last one that can be run', async () => {
  const books = await openBooks();
  await software(books);
  const { status, body } = await run(books, '2027-01');
  expect([status, body.details.code, body.details.latest]).toEqual([400, 'assets.month_too_far', '2026-12']);
  expect((await run(books, '2026-12')).status).toBe(201);
});

test('a saldo has the share of its fiscal year, from July to June', async () => {
  const books = await openBooks();
  await books.run(setFiscalYear, { firstMonth: 7, validFrom: null, namedAfter: 'end' });
  const body = { client_account_id: books.clientAccountId, name: 'Maskin', asset_class: 'MACHINERY_AND_PLANT' };
  const { id } = (await api('POST', '/assets', books.token, { ...body, acquisition_date: '2025-04-01' })).body;
  await books.post('2025-04-01', [
    debit('1200', 120_000, { dimensions: [{ type: 'asset', id }] }),
    credit('1920', 120_000),
  ]);
  // The whole year’s 24,000 in the three months until June; then 20 % of 96,000.
  expect(await posted(books, '2025-06')).toBe('24000.00');
  expect(await posted(books, '2025-07')).toBe('1600.00');
  const tax = async (year: number) =>
    (await api('GET', `/tax-depreciation?client_account_id=${books.clientAccountId}&income_year=${year}`, books.token))
      .body;
  expect((await tax(2025)).groups).toMatchObject([{ additions: '120000.00', depreciation: '24000.00' }]);
  expect((await tax(2026)).groups).toMatchObject([{ opening_balance: '96000.00', depreciation: '19200.00' }]);
});

test('a first fiscal year of 17 months is one income year, and 17 months of depreciation', async () => {
  const books = await openBooks();
  const firstYear = { from: '2025-08-01', to: '2026-12-31' };
  await books.run(setFiscalYear, { firstMonth: 1, validFrom: null, namedAfter: 'end', firstYear });
  const body = { client_account_id: books.clientAccountId, name: 'Maskin', asset_class: 'MACHINERY_AND_PLANT' };
  const { id } = (await api('POST', '/assets', books.token, { ...body, acquisition_date: '2025-08-01' })).body;
  await books.post('2025-08-01', [
    debit('1200', 170_000, { dimensions: [{ type: 'asset', id }] }),
    credit('1920', 170_000),
  ]);
  const tax = async (year: number) =>
    (await api('GET', `/tax-depreciation?client_account_id=${books.clientAccountId}&income_year=${year}`, books.token))
      .body;
  expect((await tax(2025)).groups).toEqual([]);
  expect((await tax(2026)).groups).toMatchObject([{ additions: '170000.00', depreciation: '34000.00' }]);
  // In the books the year's share by months: 34,000 × 17/12.
  expect(await posted(books, '2026-12')).toBe('48166.67');
});
