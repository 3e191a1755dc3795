import { onItsOwn } from '../platform/database/one-transaction.ts';
import { describe, expect, test } from 'vitest';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { auditOf } from '../../test/support/books/audit.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { mastersRoutes } from '../masters/index.ts';
import { assetsRoutes } from './index.ts';

const api = apiOf([...assetsRoutes, ...mastersRoutes], testPlatform());
const english = { 'accept-language': 'en' };

async function make(books: Books, more: object = {}) {
  const made = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Office Equipment',
    ...more,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body;
}

describe('an asset', () => {
  test('has exactly the fields of the specification', async () => {
    const books = await openBooks();
    const made = await make(books, { asset_class: 'OFFICE_EQUIPMENT', acquisition_date: '2024-01-15' });
    expect(made).toEqual({
      id: made.id,
      name: 'Office Equipment',
      client_account_id: books.clientAccountId,
      sequence_number: 1,
      is_active: true,
      asset_class: 'OFFICE_EQUIPMENT',
      acquisition_date: '2024-01-15',
      retirement_date: null,
      auto_depreciate: true,
      autonomy_level: null,
      external_source: null,
      external_id: null,
      created_at: '2026-03-15T10:00:00Z',
      updated_at: '2026-03-15T10:00:00Z',
      created_by_id: books.userId,
      updated_by_id: books.userId,
    });
  });

  test('is shown with the relations that are asked for', async () => {
    const books = await openBooks();
    const { id } = await make(books);
    const dimensions = [{ type: 'asset', id }];
    await books.post('2026-01-10', [debit('1280', 45_000, { dimensions }), credit('1920', 45_000)]);
    await books.post('2026-01-31', [debit('6015', '375.50', { dimensions }), credit('1299', '375.50', { dimensions })]);
    await books.post('2026-02-10', [debit('6300', 10, { dimensions }), credit('6300', 10, { dimensions })]);
    const { body } = await api('GET', `/assets/${id}?with=client_account,created_by,statistics,property`, books.token);
    expect(body.client_account).toMatchObject({ id: books.clientAccountId, display_name: 'Testselskap AS' });
    expect(body.created_by).toMatchObject({ id: books.userId, first_name: 'Kari' });
    expect(body.statistics).toEqual({
      balances: [
        { account_code: '1280', balance: 45_000 },
        { account_code: '1299', balance: -375.5 },
        { account_code: '6015', balance: 375.5 },
      ],
    });
    expect(body.property).toBeNull();
    const unknown = await api('GET', `/assets/${id}?with=lines`, books.token, undefined, english);
    expect([unknown.status, unknown.body.details.fields]).toEqual([
      400,
      [
        {
          path: 'with',
          problem: 'unknown relation "lines"; supported: client_account, created_by, statistics, property',
        },
      ],
    ]);
  });

  test.each(['POST', 'PUT'])('%s changes what is given, takes a fetched record back, and audits', async (method) => {
    const books = await openBooks();
    const made = await make(books, { asset_class: 'OFFICE_EQUIPMENT', acquisition_date: '2024-01-15' });
    const changed = await api(method, `/assets/${made.id}`, books.token, {
      ...made,
      name: 'Updated Equipment Name',
      asset_class: 'FURNITURE_AND_FIXTURES',
      sequence_number: 77,
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'Updated Equipment Name',
      asset_class: 'FURNITURE_AND_FIXTURES',
      acquisition_date: '2024-01-15',
      sequence_number: 1,
    });
    expect(await auditOf(books, made.id)).toMatchObject([
      { operation: 'asset.create', before: null, after: { name: 'Office Equipment' } },
      {
        operation: 'asset.update',
        before: { asset_class: 'OFFICE_EQUIPMENT' },
        after: { asset_class: 'FURNITURE_AND_FIXTURES' },
      },
    ]);
  });

  test('that came with imported books is in the register, and can be described', async () => {
    const books = await openBooks();
    const { addDimensionValue } = await import('../../test/support/books/books.ts');
    const id = await addDimensionValue(books, 'asset', 'Gravemaskin');
    expect((await api('GET', `/assets/${id}`, books.token)).body).toMatchObject({
      name: 'Gravemaskin',
      asset_class: null,
      auto_depreciate: true,
    });
    const described = await api('PUT', `/assets/${id}`, books.token, { asset_class: 'MACHINERY_AND_PLANT' });
    expect(described.body).toMatchObject({ name: 'Gravemaskin', asset_class: 'MACHINERY_AND_PLANT' });
  });
});

test('numbers have no gaps, also when many are made at once and some are refused', async () => {
  const books = await openBooks();
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      api('POST', '/assets', books.token, {
        client_account_id: books.clientAccountId,
        name: `Nr ${i}`,
        acquisition_date: i % 3 ? '2024-01-15' : '2024-02-30',
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(4);
  const { body } = await api('GET', `/assets?client_account_id=${books.clientAccountId}`, books.token);
  expect(body.data.map((asset: { sequence_number: number }) => asset.sequence_number)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
  expect(body.meta).toEqual({ page: 1, pages: 1, per_page: 50, records: 8 });
});

describe('the list', () => {
  test('hides inactive assets until is_active=null or false', async () => {
    const books = await openBooks();
    const gone = await make(books, { name: 'Gammel' });
    await make(books, { name: 'Ny' });
    expect((await api('DELETE', `/assets/${gone.id}`, books.token)).body).toMatchObject({
      id: gone.id,
      is_active: false,
    });
    const names = async (query: string) =>
      (await api('GET', `/assets?client_account_id=${books.clientAccountId}${query}`, books.token)).body.data.map(
        (asset: { name: string }) => asset.name,
      );
    expect(await names('')).toEqual(['Ny']);
    expect(await names('&is_active=false')).toEqual(['Gammel']);
    expect(await names('&is_active=null')).toEqual(['Gammel', 'Ny']);
    expect(await names('&is_active=null&per_page=1&page=2')).toEqual(['Ny']);
  });

  test('covers all client accounts that the caller may read when none is named', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    await make(mine, { name: 'Min' });
    await make(theirs, { name: 'Deres' });
    const { body } = await api('GET', '/assets', mine.token);
    expect(body.data.map((asset: { name: string }) => asset.name)).toEqual(['Min']);
  });
});

describe('deactivation', () => {
  test('is refused in the words of the specification while accounts have a balance on the asset', async () => {
    const books = await openBooks();
    const { id } = await make(books);
    const dimensions = [{ type: 'asset', id }];
    await books.post('2026-01-10', [debit('1200', 15_000, { dimensions }), credit('1920', 15_000)]);
    await books.post('2026-01-31', [debit('6015', 2_500, { dimensions }), credit('1210', 2_500, { dimensions })]);
    for (const refused of [
      await api('DELETE', `/assets/${id}`, books.token),
      await api('PUT', `/assets/${id}`, books.token, { is_active: false }),
    ]) {
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({
        error: 'Cannot deactivate asset: account 1200: 15000.00, account 1210: -2500.00',
        message: 'Kan ikke deaktivere eiendelen: konto 1200: 15000.00, konto 1210: -2500.00',
        status: 400,
      });
    }
    expect((await api('GET', `/assets/${id}`, books.token)).body.is_active).toBe(true);
    await books.post('2026-02-01', [
      debit('1210', 2_500, { dimensions }),
      debit('7800', 12_500, { dimensions }),
      credit('1200', 15_000, { dimensions }),
    ]);
    expect((await api('DELETE', `/assets/${id}`, books.token)).body.is_active).toBe(false);
  });
});

describe('what is refused', () => {
  const rows: [what: string, body: object, field: string][] = [
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '  ' }, 'name'],
    ['an unknown class', { asset_class: 'SPACESHIPS' }, 'asset_class'],
    ['a date that does not exist', { acquisition_date: '2023-02-29' }, 'acquisition_date'],
    ['an unknown level', { autonomy_level: 'HALF' }, 'autonomy_level'],
    ['an unknown field', { colour: 'blue' }, 'colour'],
    ['a text for a boolean', { auto_depreciate: 'true' }, 'auto_depreciate'],
  ];
  test.each(rows)('%s: 400', async (_, change, field) => {
    const books = await openBooks();
    const answer = await api('POST', '/assets', books.token, {
      client_account_id: books.clientAccountId,
      name: 'Bil',
      ...change,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.details.fields.map(({ path }: { path: string }) => path)).toContain(field);
  });

  test('retirement before acquisition: 400, at creation and at change', async () => {
    const books = await openBooks();
    const body = { client_account_id: books.clientAccountId, name: 'Bil', acquisition_date: '2024-01-15' };
    const early = { retirement_date: '2024-01-14' };
    expect((await api('POST', '/assets', books.token, { ...body, ...early })).body).toMatchObject({
      status: 400,
      details: { code: 'assets.retired_before_acquired' },
    });
    const { id } = await make(books, body);
    expect((await api('PUT', `/assets/${id}`, books.token, early)).status).toBe(400);
  });

  test('another client account: 400; a record of others: 403; none: 404', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const { id } = await make(mine);
    const moved = await api('PUT', `/assets/${id}`, mine.token, { client_account_id: theirs.clientAccountId });
    expect([moved.status, moved.body.details.fields[0].path]).toEqual([400, 'client_account_id']);
    expect((await api('GET', `/assets/${id}`, theirs.token)).status).toBe(403);
    expect((await api('GET', `/assets/${id + 1000}`, mine.token)).status).toBe(404);
    const foreign = { client_account_id: theirs.clientAccountId, name: 'Bil' };
    expect((await api('POST', '/assets', mine.token, foreign)).status).toBe(403);
  });

  test('a change of an asset that is being changed: 409', async () => {
    const books = await openBooks();
    const { id } = await make(books);
    const sql = (await import('sql-template-tag')).default;
    const scope = { clientAccounts: [books.clientAccountId], mode: 'write' } as const;
    const answer = await books.platform.database.transaction(scope, async (tx) => {
      await tx.rows(
        sql`select id from dimension_values where client_account_id = ${books.clientAccountId} and id = ${id} for update`,
      );
      return onItsOwn(() => api('PUT', `/assets/${id}`, books.token, { name: 'Ny' }));
    });
    expect([answer.status, answer.body.details.code]).toEqual([409, 'request.concurrent_change']);
  });
});

describe('asset classes', () => {
  test('are the eighteen of the specification', async () => {
    const books = await openBooks();
    const { body } = await api('GET', '/asset-classes', books.token, undefined, english);
    expect(body).toHaveLength(18);
    expect(body[0]).toEqual({
      code: 'OFFICE_EQUIPMENT',
      name: 'Office equipment',
      description: 'Computers, printers, phones, and other office equipment',
      depreciation_method: 'saldo',
      ifrs_standard: 'IAS 16',
      no: {
        saldogruppe: 'a',
        depreciation_rate: '0.30',
        default_asset_account: '1280',
        default_accumulated_account: '1299',
        default_expense_account: '6015',
      },
    });
    expect(body.find(({ code }: { code: string }) => code === 'LAND').no).toEqual({
      saldogruppe: null,
      depreciation_rate: '0.00',
      default_asset_account: '1150',
      default_accumulated_account: null,
      default_expense_account: null,
    });
    expect((await api('GET', '/asset-classes', books.token)).body[0].name).toBe('Kontorutstyr');
  });

  test('name accounts that are in the chart, and balance sheet ones that demand the asset', async () => {
    const books = await openBooks();
    const { ASSET_CLASSES } = await import('./asset-class.ts');
    for (const { code, accounts, betterAccumulated } of ASSET_CLASSES) {
      for (const account of [accounts.asset, accounts.accumulated, betterAccumulated, accounts.expense]) {
        if (account === null) continue;
        const { body } = await api(
          'GET',
          `/general-ledger-accounts?client_account_id=${books.clientAccountId}&account_code=${account}&with=mandatory_dimensions`,
          books.token,
        );
        expect(body.data, `${code} ${account}`).toHaveLength(1);
        if (account !== accounts.expense)
          expect(JSON.stringify(body.data[0].mandatory_dimensions), `${code} ${account}`).toContain('asset');
      }
    }
  });

  test('take other accounts for one client account alone', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const choose = (more: object) =>
      api('PUT', '/asset-classes/OFFICE_EQUIPMENT/accounts', mine.token, {
        client_account_id: mine.clientAccountId,
        asset_account: '1280',
        accumulated_account: '1288',
        expense_account: '6015',
        ...more,
      });
    expect((await choose({})).status).toBe(200);
    const first = async (books: Books) =>
      (await api('GET', `/asset-classes?client_account_id=${books.clientAccountId}`, books.token)).body[0].no;
    expect(await first(mine)).toMatchObject({
      default_accumulated_account: '1288',
      proposed_accumulated_account: '1288',
    });
    expect(await first(theirs)).toMatchObject({
      default_accumulated_account: '1299',
      proposed_accumulated_account: '1288',
    });
    const refused = await choose({ asset_account: '9999', accumulated_account: '1920', expense_account: null });
    expect(refused.body.details.fields.map(({ path }: { path: string }) => path)).toEqual([
      'asset_account',
      'accumulated_account',
      'expense_account',
    ]);
  });
});
