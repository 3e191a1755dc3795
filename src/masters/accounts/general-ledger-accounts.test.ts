import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { fixedClock } from '../../kernel/clock.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { addPartner, type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { accountNames, mastersRoutes } from '../index.ts';

const api = apiOf(mastersRoutes, testPlatform());
const english = { 'accept-language': 'en' };
const PATH = '/general-ledger-accounts';

async function own(books: Books, more: object = {}) {
  const answer = await api('POST', PATH, books.token, {
    client_account_id: books.clientAccountId,
    account_code: '6541',
    description_nob: 'Datautstyr',
    description_eng: 'Computer equipment',
    like_account_code: '6540',
    ...more,
  });
  expect(answer.body).toMatchObject({ id: expect.any(Number) });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function one(books: Books, code: string, more = '') {
  const { body } = await api(
    'GET',
    `${PATH}?client_account_id=${books.clientAccountId}&account_code=${code}${more}`,
    books.token,
  );
  expect(body.data).toHaveLength(1);
  return body.data[0];
}

function change(books: Books, id: number, changes: object, headers = english, on = api) {
  return on('PUT', `${PATH}/${id}`, books.token, { client_account_id: books.clientAccountId, ...changes }, headers);
}

describe('reading', () => {
  test('without a client account: the national chart of 483 accounts, in the language asked for', async () => {
    const books = await openBooks();
    const nb = await api('GET', `${PATH}?per_page=1000`, books.token);
    expect(nb.body.meta.records).toBe(483);
    expect(nb.body.data).toHaveLength(483);
    const account = await api('GET', `${PATH}/1920`, books.token, undefined, english);
    expect(account.body).toMatchObject({
      id: 1920,
      account_code: '1920',
      client_account_id: null,
      description: account.body.description_eng,
      country_code: 'NO',
      category_code_1: '1000',
      category_description_1: 'Assets',
      category_code_2: '1400',
      category_code_3: '1440',
      category_description_3: 'Cash and bank',
      account_type: 'asset',
      normal_side: 'debit',
      grouping_category: 'balanseverdiForOmloepsmiddel',
      is_own: false,
      is_active: true,
    });
    const norwegian = (await api('GET', `${PATH}/1920`, books.token)).body;
    expect(norwegian.category_description_3).toBe('Bankinnskudd og kontanter');
    expect(norwegian.description).toBe(norwegian.description_nob);
  });

  test('filters and order', async () => {
    const books = await openBooks();
    await own(books);
    const codes = async (query: string) => {
      const { body } = await api(
        'GET',
        `${PATH}?client_account_id=${books.clientAccountId}&${query}`,
        books.token,
        undefined,
        english,
      );
      return body.data.map((account: { account_code: string }) => account.account_code);
    };
    expect(await codes('account_code=1920, 3000,6541')).toEqual(['1920', '3000', '6541']);
    expect(await codes('account_code=1920,3000&order_by=-account_code')).toEqual(['3000', '1920']);
    expect(await codes('description=computer%20equip')).toContain('6541');
    expect(await codes('description=DATAUTST')).toContain('6541');
    expect(await codes('account_code=1920&country_code=NO')).toEqual(['1920']);
    expect((await api('GET', `${PATH}?country_code=SE`, books.token)).status).toBe(400);
    expect((await api('GET', `${PATH}?account_code=6541`, books.token)).body.data).toEqual([]);
  });

  test('relations: mandatory dimensions, fitting VAT codes, figures', async () => {
    const books = await openBooks();
    const partner = await addPartner(books);
    await books.post('2026-01-10', [
      debit('1500', '125.50', { business_partner_id: partner }),
      credit('3000', '125.50', { tax_code: '3', amount_basis: 'gross' }),
    ]);
    const receivable = await one(books, '1500', '&with=mandatory_dimensions,statistics,tax_codes');
    expect(receivable).toMatchObject({
      mandatory_dimensions: ['business_partner'],
      tax_codes: [],
      statistics: { debit: 125.5, credit: 0, balance: 125.5, last_month: '2026-01-01' },
    });
    const sales = await one(books, '3000', '&with=tax_codes.tax_code,statistics');
    expect(sales.statistics).toEqual({ debit: 0, credit: 100.4, balance: -100.4, last_month: '2026-01-01' });
    expect(sales.tax_codes.map((fit: { code: string }) => fit.code)).toEqual([
      '3',
      '5',
      '6',
      '7',
      '31',
      '32',
      '33',
      '51',
      '52',
    ]);
    expect(sales.tax_codes.find((fit: { is_default: boolean }) => fit.is_default)).toMatchObject({
      code: '3',
      tax_code: { tax_rate: '25.00', tax_account_code: '2700' },
    });
    expect(sales).not.toHaveProperty('mandatory_dimensions');
    const national = await api('GET', `${PATH}?with=statistics`, books.token, undefined, english);
    expect(national.body.details.fields).toEqual([
      { path: 'client_account_id', problem: 'is required with statistics' },
    ]);
  });

  test('an own account is shown to its client account only', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const account = await own(books);
    expect((await api('GET', `${PATH}/${account.id}`, books.token)).body).toMatchObject({
      account_code: '6541',
      is_own: true,
    });
    expect((await api('GET', `${PATH}/${account.id}`, others.token)).status).toBe(403);
    expect((await api('GET', `${PATH}?client_account_id=${books.clientAccountId}`, others.token)).status).toBe(403);
    expect((await api('GET', `${PATH}/9999`, books.token)).status).toBe(404);
    expect((await change(others, account.id, { description_nob: 'X' })).status).toBe(404);
  });
});

describe('own accounts', () => {
  test('take what they leave out from the account they are like, and can be posted to at once', async () => {
    const books = await openBooks();
    await books.post('2026-01-01', [debit('1920', 1), credit('3000', 1)]);
    const account = await own(books, { mandatory_dimensions: ['department'] });
    const like = await one(books, '6540');
    for (const field of [
      'account_type',
      'normal_side',
      'category_code_3',
      'grouping_code',
      'grouping_category',
      'default_tax_code',
    ])
      expect(account[field]).toBe(like[field]);
    const refused = books.post('2026-01-02', [debit('6541', 10), credit('1920', 10)]);
    await expect(refused).rejects.toMatchObject({ code: 'ledger.invalid_entry' });
    await change(books, account.id, { mandatory_dimensions: [] });
    await expect(books.post('2026-01-02', [debit('6541', 10), credit('1920', 10)])).resolves.toMatchObject({
      sequence_number: 2,
    });
    expect(await auditOf(books, account.id)).toMatchObject([
      { operation: 'general-ledger-account.create', after: { mandatory_dimensions: ['department'] } },
      {
        operation: 'general-ledger-account.update',
        before: { mandatory_dimensions: ['department'] },
        after: { mandatory_dimensions: [] },
      },
    ]);
  });

  test('can be described in full', async () => {
    const books = await openBooks();
    const account = await own(books, {
      like_account_code: undefined,
      account_code: 'K-100',
      account_type: 'expense',
      normal_side: 'debit',
      category_code_3: '7105',
      grouping_code: '6995',
    });
    expect(account).toMatchObject({
      account_code: 'K-100',
      grouping_category: 'annenDriftskostnad',
      category_code_1: '4000',
    });
  });

  test.each([
    ['a code that the national chart has', { account_code: '1920' }, ['account_code']],
    ['an unknown account to be like', { like_account_code: '0000' }, ['like_account_code']],
    [
      'no nature',
      { like_account_code: undefined },
      ['account_type', 'normal_side', 'category_code_3', 'grouping_code'],
    ],
    ['a group in another part of the statements', { category_code_3: '1440' }, ['category_code_3']],
    ['a group of level 2', { category_code_3: '7100' }, ['category_code_3']],
    ['a grouping code outside the list', { grouping_code: '6541' }, ['grouping_code']],
    [
      'a grouping pair that is none',
      { grouping_code: '6995', grouping_category: 'varekostnad' },
      ['grouping_category'],
    ],
    ['an unknown VAT code', { default_tax_code: '99' }, ['default_tax_code']],
    ['an unknown dimension', { mandatory_dimensions: ['region'] }, ['mandatory_dimensions[0]']],
    ['a dimension twice', { mandatory_dimensions: ['project', 'project'] }, ['mandatory_dimensions[1]']],
    ['a blank name', { description_nob: ' ' }, ['description_nob']],
  ])('refuses %s', async (_, fault, fields) => {
    const books = await openBooks();
    const refused = await api('POST', PATH, books.token, {
      client_account_id: books.clientAccountId,
      account_code: '6541',
      description_nob: 'Datautstyr',
      like_account_code: '6540',
      ...fault,
    });
    expect(refused.status).toBe(400);
    expect(refused.body.details.fields.map((problem: { path: string }) => problem.path)).toEqual(fields);
  });

  test('the same code twice: one of two requests wins', async () => {
    const books = await openBooks();
    const body = {
      client_account_id: books.clientAccountId,
      account_code: '6542',
      description_nob: 'A',
      like_account_code: '6540',
    };
    const answers = await Promise.all([1, 2].map(() => api('POST', PATH, books.token, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 400]));
  });
});

describe('settings for national accounts', () => {
  test('hold for the client account alone, and null goes back to the national chart', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const national = await one(books, '6540');
    const changed = await change(books, 6540, {
      description_nob: 'Utstyr',
      description_eng: 'Equipment',
      grouping_code: '6995',
      default_tax_code: null,
      category_code_3: '7108',
    });
    expect(changed.body).toMatchObject({
      description: 'Equipment',
      grouping_code: '6995',
      grouping_category: 'annenDriftskostnad',
      default_tax_code: null,
      category_code_3: '7108',
      is_own: false,
      client_account_id: null,
    });
    expect(await one(others, '6540')).toEqual({ ...national });
    const back = await change(books, 6540, {
      description_nob: null,
      description_eng: null,
      grouping_code: null,
      category_code_3: null,
      default_tax_code: '1',
    });
    expect(back.body).toMatchObject({
      description_nob: national.description_nob,
      grouping_code: national.grouping_code,
      category_code_3: national.category_code_3,
      default_tax_code: '1',
    });
  });

  test('a fetched record sent back pins nothing', async () => {
    const books = await openBooks();
    const national = await one(books, '6540');
    const { client_account_id: _, ...record } = national;
    expect((await change(books, 6540, record)).status).toBe(200);
    const row = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one(sql`
        select name_nb, name_en, saft_code, saft_category, group_code, default_tax_code, mandatory_dimensions
        from client_gl_accounts where client_account_id = ${books.clientAccountId} and account_code = '6540'`),
    );
    expect(Object.values(row).every((value) => value === null)).toBe(true);
  });
});

describe('deactivation', () => {
  test('an account with a balance stays; one without is refused at posting', async () => {
    const books = await openBooks();
    const remove = (id: number) =>
      api('DELETE', `${PATH}/${id}?client_account_id=${books.clientAccountId}`, books.token, undefined, english);
    await books.post('2026-01-10', [debit('1920', 100), credit('2990', 100)]);
    const open = await remove(1920);
    expect(open.body).toMatchObject({
      error: 'Cannot deactivate account 1920: its balance is 100.00',
      details: { code: 'masters.account_has_balance' },
    });
    const vat = await remove(2700);
    expect(vat.body.error).toBe('Account 2700 is used by VAT code 3 and cannot be deactivated');
    expect((await remove(6540)).body).toMatchObject({ account_code: '6540', is_active: false });
    await expect(books.post('2026-01-10', [debit('6540', 1), credit('1920', 1)])).rejects.toMatchObject({
      code: 'ledger.invalid_entry',
    });
    expect((await one(books, '6540', '&is_active=false')).is_active).toBe(false);
    await change(books, 6540, { is_active: true });
    await books.post('2026-01-10', [debit('6540', 1), credit('1920', 1)]);
  });
});

describe('B9: names by date', () => {
  test('a renamed account is read under both names, national and own, in list, get and accountNames', async () => {
    const books = await openBooks();
    const later = apiOf(mastersRoutes, testPlatform(fixedClock('2027-02-01T08:00:00Z')));
    const account = await own(books);
    for (const id of [account.id, 6540]) {
      const renamed = await change(books, id, { description_nob: 'Nytt navn', grouping_code: '6995' });
      expect(renamed.status).toBe(200);
      await change(books, id, { description_nob: 'Nyere navn' });
      await change(books, id, { description_nob: 'Siste navn' }, english, later);
    }
    const national = (await api('GET', `${PATH}/6540`, books.token)).body;
    const nameOn = async (code: string, date: string) => (await one(books, code, `&as_of=${date}`)).description_nob;
    for (const [code, first] of [
      ['6541', 'Datautstyr'],
      ['6540', national.description_nob],
    ]) {
      expect(await nameOn(code, '2020-01-01')).toBe(first);
      expect(await nameOn(code, '2026-03-14')).toBe(first);
      expect(await nameOn(code, '2026-03-15')).toBe('Nyere navn');
      expect(await nameOn(code, '2027-01-31')).toBe('Nyere navn');
      expect(await nameOn(code, '2027-02-01')).toBe('Siste navn');
    }
    const get = await api('GET', `${PATH}/${account.id}?as_of=2026-03-01`, books.token);
    expect(get.body).toMatchObject({ description: 'Datautstyr', grouping_code: account.grouping_code });
    const [before, after] = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      async (tx) => [
        await accountNames(tx, books.clientAccountId, '2026-03-14', 'nb'),
        await accountNames(tx, books.clientAccountId, '2026-03-15', 'nb'),
      ],
    );
    expect(before.size).toBe(484);
    expect(before.get('6541')).toMatchObject({ name: 'Datautstyr', saftCode: account.grouping_code });
    expect(after.get('6541')).toMatchObject({
      code: '6541',
      name: 'Nyere navn',
      saftCode: '6995',
      saftCategory: 'annenDriftskostnad',
      type: 'expense',
      normalSide: 'debit',
      level1: { code: '4000', name: 'Driftskostnader' },
      level3: { code: '7105' },
    });
    expect((await auditOf(books, account.id)).map(({ operation }) => operation)).toHaveLength(4);
  });
});
