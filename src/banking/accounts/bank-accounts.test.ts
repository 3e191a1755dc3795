import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { auditOf } from '../../../test/support/books/audit.ts';
import { addPartner, type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { ledgerRoutes } from '../../ledger/index.ts';
import { reportRoutes } from '../../reports/index.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf([...bankingRoutes, ...ledgerRoutes, ...reportRoutes], testPlatform());
const english = { 'accept-language': 'en' };

const create = (books: Books, account: object) =>
  api('POST', '/bank-accounts', books.token, { client_account_id: books.clientAccountId, ...account }, english);

async function made(books: Books, account: object = {}) {
  const answer = await create(books, { type: 'CURRENT', bban: '15034011238', bank_country: 'NO', ...account });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

describe('a bank account', () => {
  test('number, IBAN, bank and ledger account follow from eleven digits', async () => {
    const books = await openBooks();
    const account = await made(books, { bban: '1503.40.11238' });
    expect(account).toEqual({
      id: account.id,
      client_account_id: books.clientAccountId,
      business_partner_id: null,
      name: 'Driftskonto 1503.40.11238',
      type: 'CURRENT',
      bban: '15034011238',
      iban: 'NO5315034011238',
      bank_country: 'NO',
      bank_name: 'DNB Bank ASA',
      bank_zip: null,
      bank_city: null,
      bic: 'DNBANOKK',
      routing_number: null,
      currency_code: 'NOK',
      account_code: '1920',
      statement_start_date: null,
      is_active: true,
      created_at: '2026-03-15T10:00:00Z',
      created_by_id: books.userId,
      updated_at: '2026-03-15T10:00:00Z',
      updated_by_id: books.userId,
    });
    expect(await auditOf(books, account.id)).toMatchObject([{ operation: 'bank-account.create', before: null }]);
  });

  test.each([
    [{ iban: 'NO53 1503 4011 238' }, { bban: '15034011238', bic: 'DNBANOKK', bank_country: 'NO' }],
    [
      { iban: 'DE89370400440532013000', currency_code: 'EUR', bic: 'COBADEFFXXX', bank_name: 'Commerzbank' },
      { bban: null, bank_country: 'DE', bic: 'COBADEFFXXX', bank_name: 'Commerzbank', account_code: '1925' },
    ],
    [
      { bban: '123-456', bank_country: 'US', currency_code: 'USD', routing_number: '021000021' },
      { bban: '123-456', iban: null, routing_number: '021000021' },
    ],
    // Fifth and sixth digit zero: the check digit over the four digits before it alone.
    [{ bban: '12340012343', bank_country: 'NO' }, { bban: '12340012343' }],
    [{ type: 'TAX', bban: '15034011238', bank_country: 'NO' }, { account_code: '1950' }],
    [{ type: 'LOAN', bban: '15034011238', bank_country: 'NO' }, { account_code: '2220' }],
    [{ type: 'SAVINGS', bban: '15034011238', bank_country: 'NO' }, { account_code: '1921' }],
  ])('%j', async (given, expected) => {
    const answer = await create(await openBooks(), { type: 'CURRENT', ...given });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body).toMatchObject(expected);
  });

  test('a second account gets the next ledger account of its family', async () => {
    const books = await openBooks();
    await made(books);
    expect((await made(books, { bban: '60056123450' })).account_code).toBe('1921');
  });

  test.each([
    [{ type: 'CURRENT' }, ['bban', 'bank_country']],
    [{ type: 'CURRENT', bban: '15034011239', bank_country: 'NO' }, ['bban']],
    [{ type: 'CURRENT', bban: '15034011238' }, ['bank_country']],
    [{ type: 'CURRENT', iban: 'NO5415034011238' }, ['iban']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', bban: '60056123450', bank_country: 'NO' }, ['iban']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', bank_country: 'SE' }, ['bank_country']],
    [{ type: 'GIRO', iban: 'NO5315034011238' }, ['type']],
    [{ iban: 'NO5315034011238' }, ['type']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', currency_code: 'kr' }, ['currency_code']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', account_code: '3000' }, ['account_code']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', account_code: '1' }, ['account_code']],
    [{ type: 'CURRENT', iban: 'NO5315034011238', business_partner_id: 5 }, ['business_partner_id']],
  ])('is refused: %j', async (account, paths) => {
    const answer = await create(await openBooks(), account);
    expect([answer.status, answer.body.details.fields.map(({ path }: any) => path)]).toEqual([400, paths]);
  });

  test('the same account twice is refused, in another currency it is another one', async () => {
    const books = await openBooks();
    const first = await made(books);
    const again = await create(books, { type: 'SAVINGS', iban: 'NO5315034011238' });
    expect([again.status, again.body.details.code, again.body.message]).toEqual([
      400,
      'banking.account_exists',
      `The account NO5315034011238 in NOK is registered already, as bank account ${first.id}`,
    ]);
    expect((await create(books, { type: 'CURRENT', iban: 'NO5315034011238', currency_code: 'EUR' })).status).toBe(201);
  });

  test('of a business partner: no ledger account, found by the partner', async () => {
    const books = await openBooks();
    const partner = await addPartner(books);
    const account = await made(books, { business_partner_id: partner });
    expect(account).toMatchObject({ business_partner_id: partner, account_code: null });
    await made(books);
    const list = await api('GET', `/bank-accounts?business_partner_id=${partner}`, books.token);
    expect(list.body).toMatchObject({ data: [{ id: account.id }], meta: { records: 1, per_page: 100 } });
    const mixed = await create(books, {
      type: 'CURRENT',
      bban: '60056123450',
      bank_country: 'NO',
      business_partner_id: partner,
      account_code: '1920',
    });
    expect(mixed.body.details.fields).toMatchObject([{ path: 'account_code' }]);
  });

  test.each(['POST', 'PUT'])('%s changes what is given and takes a fetched record back', async (method) => {
    const books = await openBooks();
    const account = await made(books);
    const changed = await api(method, `/bank-accounts/${account.id}`, books.token, {
      ...account,
      name: 'Drift',
      account_code: '1930',
      statement_start_date: '2026-01-01',
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'Drift',
      account_code: '1930',
      statement_start_date: '2026-01-01',
      bban: '15034011238',
    });
    const other = await api(method, `/bank-accounts/${account.id}`, books.token, { iban: 'NO9386011117947' });
    expect(other.body).toMatchObject({ iban: 'NO9386011117947', bban: '86011117947' });
  });

  test('number and currency stay once there are transactions', async () => {
    const books = await openBooks();
    const account = await made(books);
    const entered = await api('POST', '/bank-transactions', books.token, {
      client_account_id: books.clientAccountId,
      amount: 5,
      currency_code: 'NOK',
      payee_bank_account_id: account.id,
    });
    expect(entered.status).toBe(201);
    for (const change of [{ iban: 'NO9386011117947' }, { currency_code: 'EUR' }]) {
      const refused = await api('PUT', `/bank-accounts/${account.id}`, books.token, change);
      expect([refused.status, refused.body.details.code]).toEqual([400, 'banking.account_in_use']);
    }
  });
});

describe('its dimension', () => {
  test('lines carry it, and the trial balance shows whose they are', async () => {
    const books = await openBooks();
    const account = await made(books);
    await books.post('2026-02-01', [
      debit('1920', 500, { dimensions: [{ type: 'bank_account', id: account.id }] }),
      credit('2050', 500),
    ]);
    const report = await api(
      'GET',
      `/reports/trial-balance?format=json&client_account_id=${books.clientAccountId}&date_from=2026-01-01&date_to=2026-12-31`,
      books.token,
    );
    expect(report.status, JSON.stringify(report.body)).toBe(200);
    expect(JSON.stringify(report.body)).toContain(`"relation_type":"bank_account"`);
    expect(JSON.stringify(report.body)).toContain('Driftskonto 1503.40.11238');
  });

  test('DELETE deactivates account and value; a line with it is then refused', async () => {
    const books = await openBooks();
    const account = await made(books);
    const gone = await api('DELETE', `/bank-accounts/${account.id}`, books.token);
    expect([gone.status, gone.body.is_active]).toEqual([200, false]);
    const dimensions = [{ type: 'bank_account', id: account.id }];
    await expect(books.post('2026-02-01', [debit('1920', 1, { dimensions }), credit('2050', 1)])).rejects.toMatchObject(
      { code: expect.stringMatching(/^(ledger|request)\./) },
    );
    expect(
      (await api('GET', `/bank-accounts?client_account_id=${books.clientAccountId}`, books.token)).body.data,
    ).toEqual([]);
    const all = await api(
      'GET',
      `/bank-accounts?client_account_id=${books.clientAccountId}&is_active=null`,
      books.token,
    );
    expect(all.body.data).toMatchObject([{ id: account.id }]);
    // Another account may take its place; then the old one cannot be reactivated.
    await made(books);
    const back = await api('PUT', `/bank-accounts/${account.id}`, books.token, { is_active: true });
    expect(back.body.details.code).toBe('banking.account_exists');
  });

  test('an account with a balance on an account that demands the dimension stays', async () => {
    const books = await openBooks();
    const account = await made(books);
    await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        update client_gl_accounts set mandatory_dimensions = array['bank_account']
        where client_account_id = ${books.clientAccountId} and account_code = '1920'`),
    );
    await books.post('2026-02-01', [
      debit('1920', 500, { dimensions: [{ type: 'bank_account', id: account.id }] }),
      credit('2050', 500),
    ]);
    const refused = await api('DELETE', `/bank-accounts/${account.id}`, books.token, undefined, english);
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'Cannot deactivate bank account: account 1920: 500.00',
    ]);
  });
});

test('403 for the accounts of others, 404 for one that is not', async () => {
  const [books, others] = [await openBooks(), await openBooks()];
  const account = await made(others);
  expect((await api('GET', `/bank-accounts/${account.id}`, books.token)).status).toBe(403);
  expect((await api('GET', `/bank-accounts?client_account_id=${others.clientAccountId}`, books.token)).status).toBe(
    403,
  );
  expect((await api('GET', `/bank-accounts/${books.clientAccountId * 2 ** 31 + 9}`, books.token)).status).toBe(404);
});
