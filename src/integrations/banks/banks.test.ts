import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { read, write } from '../../../test/support/bank/bank.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { People } from '../../../test/support/books/people.ts';
import { bankingRoutes, createBankAccount } from '../../banking/index.ts';
import { billingRoutes } from '../../billing/index.ts';
import { activeBankConnections, integrationRoutes, markConnected, recordAgreement } from '../index.ts';

const platform = testPlatform();
const api = apiOf([...integrationRoutes, ...bankingRoutes, ...billingRoutes], platform);

/** Account numbers by BIC: DNB and Sparebanken Norge (Tietoevry), Nordea and Danske Bank (ZData). */
const NUMBERS = { DNBANOKK: '15034011238', SPAVNOBB: '34209000018', NDEANOKK: '60056123450', DABANO22: '86011117947' };
type Bic = keyof typeof NUMBERS;

async function booksAt(...bics: Bic[]): Promise<Books & { accounts: number[] }> {
  const books = await openBooks();
  const accounts = [];
  for (const bic of bics) {
    const made = await books.run(createBankAccount, { type: 'CURRENT', bban: NUMBERS[bic], bank_country: 'NO' });
    expect(made.bic).toBe(bic);
    accounts.push(made.id);
  }
  return Object.assign(books, { accounts });
}

const query = (books: Books) => `client_account_id=${books.clientAccountId}`;
const status = (books: Books, bic: string, headers = {}) =>
  api('GET', `/integrations/banks/${bic}/status?${query(books)}`, books.token, undefined, headers);
const change = (books: Books, bic: string, body: object, token = books.token) =>
  api('PATCH', `/integrations/banks/${bic}/status?${query(books)}`, token, body);
const orders = async (books: Books) =>
  (await api('GET', `/billing/orders?${query(books)}`, books.token)).body.data.map(
    ({ code }: { code: string }) => code,
  );
const audits = (books: Books) =>
  read(books, (tx) =>
    tx.rows<{ record_type: string; before: object | null; after: object | null }>(sql`
      select record_type, before, after from audit_log where client_account_id = ${books.clientAccountId}
        and operation = 'bank-integration.change' order by id`),
  );
const DIVISION = { division_number: '001', division_name: 'Hovedavdeling' };
const OFF = { is_active: false, is_connected: false, integration_config: {} };

describe('the list of banks', () => {
  test('without a client account: every bank of the directory, and no status', async () => {
    const books = await openBooks();
    const { status: code, body } = await api('GET', '/integrations/banks', books.token);
    expect(code).toBe(200);
    expect(body.length).toBeGreaterThan(90);
    expect(body.some((bank: object) => 'status' in bank)).toBe(false);
    expect(body.find(({ bic }: { bic: string }) => bic === 'SPAVNOBB')).toEqual({
      bic: 'SPAVNOBB',
      organization: {
        id: expect.any(Number),
        name: 'Sparebanken Norge',
        logo: null,
        website: expect.stringMatching(/^https:/),
        country: 'NO',
      },
    });
  });

  test('with one: the banks it uses, with their status', async () => {
    const books = await booksAt('SPAVNOBB', 'DABANO22');
    const list = await api('GET', `/integrations/banks?${query(books)}`, books.token);
    expect(list.body.map(({ bic, status: of }: { bic: string; status: object }) => [bic, of])).toEqual([
      ['DABANO22', OFF],
      ['SPAVNOBB', OFF],
    ]);
  });
});

describe('a status', () => {
  test('is told by BIC of 8 or 11 characters in any case', async () => {
    const books = await booksAt('SPAVNOBB');
    for (const bic of ['SPAVNOBB', 'spavnobb', 'SPAVNOBBXXX'])
      expect((await status(books, bic)).body).toMatchObject(OFF);
  });

  test.each<[string, string, string, number, string | undefined]>([
    ['no client account', 'SPAVNOBB', '', 400, 'request.invalid'],
    ['a client account that is no number', 'SPAVNOBB', 'client_account_id=seven', 400, 'request.invalid'],
    ['a BIC that is none', 'SPAV', 'OWN', 400, 'request.invalid'],
    ['a bank of no provider', 'COBADEFF', 'OWN', 404, 'banks.not_supported'],
    ['an unknown client account', 'SPAVNOBB', 'client_account_id=2097152', 404, 'request.not_found'],
    ['somebody else’s client account', 'SPAVNOBB', 'OTHER', 403, 'request.no_access'],
    ['an unknown parameter', 'SPAVNOBB', 'OWN&page=1', 400, 'request.invalid'],
  ])('%s', async (_, bic, asked, code, error) => {
    const [books, other] = [await booksAt('SPAVNOBB'), await openBooks()];
    const parameters = asked.replace('OWN', query(books)).replace('OTHER', query(other));
    const answer = await api('GET', `/integrations/banks/${bic}/status?${parameters}`, books.token);
    expect([answer.status, answer.body.details.code]).toEqual([code, error]);
  });
});

describe('switching on and off', () => {
  test('orders and ends the add-on with the first and the last bank', async () => {
    const books = await booksAt('SPAVNOBB', 'DABANO22');
    expect(await orders(books)).toEqual([]);
    const on = { is_active: true, is_connected: false, integration_config: {} };
    expect(await change(books, 'SPAVNOBB', { is_active: true })).toMatchObject({ status: 200, body: on });
    expect((await change(books, 'DABANO22', { is_active: true })).body).toEqual(on);
    expect(await orders(books)).toEqual(['BANK_INTEGRATION']);
    expect((await change(books, 'SPAVNOBB', { is_active: false })).body).toEqual(OFF);
    expect(await orders(books)).toEqual(['BANK_INTEGRATION']);
    await change(books, 'DABANO22', { is_active: false });
    await change(books, 'DABANO22', { is_active: false });
    expect(await orders(books)).toEqual([]);
    expect((await audits(books)).map(({ record_type: type }) => type)).toEqual([
      'bank_connection',
      'billing_order',
      'bank_connection',
      'bank_connection',
      'bank_connection',
      'billing_order',
      'bank_connection',
    ]);
  });

  test('DNB: number and name of the division, kept as text', async () => {
    const books = await booksAt('DNBANOKK');
    const given = { division_number: ' 001 ', division_name: 'Hovedavdeling' };
    const on = await change(books, 'DNBANOKK', { is_active: true, integration_config: given });
    expect(on.body).toEqual({ is_active: true, is_connected: false, integration_config: DIVISION });
    // Values given once are kept.
    await change(books, 'DNBANOKK', { is_active: false });
    expect((await change(books, 'DNBANOKK', { is_active: true })).body.integration_config).toEqual(DIVISION);
  });

  test.each<[string, Bic | 'COBADEFF', unknown, number, string, string[]]>([
    ['no body', 'SPAVNOBB', {}, 400, 'request.invalid', ['is_active']],
    ['no boolean', 'SPAVNOBB', { is_active: 'yes' }, 400, 'request.invalid', ['is_active']],
    ['null', 'SPAVNOBB', { is_active: null }, 400, 'request.invalid', ['is_active']],
    ['an unknown field', 'SPAVNOBB', { is_active: true, iban: 'x' }, 400, 'request.invalid', ['iban']],
    ['no account at the bank', 'NDEANOKK', { is_active: true }, 400, 'banks.no_active_account', []],
    [
      'DNB without its division',
      'DNBANOKK',
      { is_active: true },
      400,
      'request.invalid',
      ['integration_config.division_number', 'integration_config.division_name'],
    ],
    [
      'DNB with a blank name',
      'DNBANOKK',
      { is_active: true, integration_config: { division_number: '001', division_name: '  ' } },
      400,
      'request.invalid',
      ['integration_config.division_name'],
    ],
    [
      'a number that is no text',
      'DNBANOKK',
      { is_active: true, integration_config: { ...DIVISION, division_number: 1 } },
      400,
      'request.invalid',
      ['integration_config.division_number'],
    ],
    [
      'a configuration that no bank asks for',
      'SPAVNOBB',
      { is_active: true, integration_config: { secret: 'x' } },
      400,
      'request.invalid',
      ['integration_config.secret'],
    ],
    ['a bank of no provider', 'COBADEFF', { is_active: true }, 404, 'banks.not_supported', []],
  ])('refused and nothing changed: %s', async (_, bic, body, code, error, paths) => {
    const books = await booksAt('SPAVNOBB', 'DNBANOKK');
    const answer = await change(books, bic, body as object);
    expect([answer.status, answer.body.details.code]).toEqual([code, error]);
    expect((answer.body.details.fields ?? []).map(({ path }: { path: string }) => path)).toEqual(paths);
    expect([await orders(books), await audits(books)]).toEqual([[], []]);
  });

  test('an account out of use does not count', async () => {
    const books = await booksAt('SPAVNOBB');
    await api('PUT', `/bank-accounts/${books.accounts[0]}`, books.token, { is_active: false });
    expect((await change(books, 'SPAVNOBB', { is_active: true })).body.details.code).toBe('banks.no_active_account');
  });

  test('only who may change settings, and in a client account that exists', async () => {
    const books = await booksAt('SPAVNOBB');
    const people = new People();
    const clerk = await people.user();
    await people.role(books.clientAccountId, clerk.id, 'BK');
    const refused = await change(books, 'SPAVNOBB', { is_active: true }, await people.token(clerk.id));
    expect([refused.status, refused.body.details.code]).toEqual([403, 'request.role_missing']);
    const stranger = await change(books, 'SPAVNOBB', { is_active: true }, (await openBooks()).token);
    expect([stranger.status, stranger.body.details.code]).toEqual([403, 'request.no_access']);
    await people.close();
  });

  test('ten at once, on and off at two banks: the add-on is there exactly while one is active', async () => {
    const books = await booksAt('SPAVNOBB', 'DABANO22');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        change(books, i % 2 ? 'SPAVNOBB' : 'DABANO22', { is_active: i < 8 && i % 3 !== 0 }),
      ),
    );
    expect(answers.map(({ status: code }) => code)).toEqual(Array(10).fill(200));
    const list = await api('GET', `/integrations/banks?${query(books)}`, books.token);
    const isActive = list.body.some((bank: { status: { is_active: boolean } }) => bank.status.is_active);
    expect(await orders(books)).toEqual(isActive ? ['BANK_INTEGRATION'] : []);
    const audited = await audits(books);
    expect(audited.filter(({ record_type: type }) => type === 'bank_connection')).toHaveLength(10);
    // Each response shows the previous state, which gives the order of execution.
    for (const bic of ['SPAVNOBB', 'DABANO22']) {
      const own = audited.filter(({ after }) => after !== null && 'bic' in after && after.bic === bic);
      for (const [i, one] of own.entries()) if (i > 0) expect(one.before).toEqual(own[i - 1]!.after);
    }
    const others = await Promise.all(Array.from({ length: 10 }, () => change(books, 'SPAVNOBB', { is_active: false })));
    expect(others.every(({ status: code }) => code === 200)).toBe(true);
    await change(books, 'DABANO22', { is_active: false });
    expect(await orders(books)).toEqual([]);
  });
});

describe('what remains', () => {
  const steps = (body: { onboarding_information: { steps?: { key: string; state: string }[] } }) =>
    body.onboarding_information.steps?.map(({ key, state }) => `${key} ${state}`);
  const agreement = (books: Books, state: 'sent_to_bank' | 'rejected' | 'terminated', reason?: string) =>
    write(books, (tx) =>
      recordAgreement(tx, {
        clientAccountId: books.clientAccountId,
        bic: 'SPAVNOBB',
        state,
        ...(reason ? { reason } : {}),
        now: new Date(),
      }),
    );

  test('from the order to the first file', async () => {
    const books = await booksAt('SPAVNOBB');
    const seen = async () => {
      const { body } = await status(books, 'SPAVNOBB', { 'accept-language': 'en' });
      return [body.is_active, body.is_connected, body.onboarding_information.state, steps(body)];
    };
    expect(await seen()).toEqual([
      false,
      false,
      'not_requested',
      ['order current', 'form waiting', 'bank waiting', 'accounts waiting'],
    ]);
    await change(books, 'SPAVNOBB', { is_active: true });
    expect(await seen()).toEqual([
      true,
      false,
      'form_ready',
      ['order done', 'form current', 'bank waiting', 'accounts waiting'],
    ]);
    await agreement(books, 'sent_to_bank');
    expect((await seen())[3]).toEqual(['order done', 'form done', 'bank current', 'accounts waiting']);
    await agreement(books, 'rejected', 'AG08 signaturrett mangler');
    const rejected = (await status(books, 'SPAVNOBB')).body.onboarding_information;
    expect(rejected.message).toContain('(AG08 signaturrett mangler)');
    expect(rejected.steps[2].state).toBe('failed');
    expect(rejected.documents[0].url).toContain('/pdf-forms/integration-agreement?client_account_id=');
    const connected = () =>
      write(books, (tx) =>
        markConnected(tx, {
          clientAccountId: books.clientAccountId,
          bic: 'SPAVNOBB',
          bankAccountIds: books.accounts,
          services: ['statements'],
          now: new Date(),
        }),
      );
    expect([await connected(), await connected()]).toEqual([true, false]);
    const live = (await status(books, 'SPAVNOBB')).body;
    expect(live).toEqual({
      is_active: true,
      is_connected: true,
      integration_config: {},
      onboarding_information: {},
    });
    expect(await activeBankConnections(platform.database)).toContainEqual({
      clientAccountId: books.clientAccountId,
      bic: 'SPAVNOBB',
      provider: 'tietoevry',
      integrationConfig: {},
      agreementState: 'connected',
    });
    // Deactivated here, while the agreement at the bank is still in force.
    expect((await change(books, 'SPAVNOBB', { is_active: false })).body).toMatchObject({
      is_active: false,
      is_connected: true,
    });
    expect((await status(books, 'SPAVNOBB')).body.onboarding_information.message).toMatch(/gjelder fortsatt i banken/);
    expect((await api('GET', `/integrations/banks?${query(books)}`, books.token)).body).toHaveLength(1);
    await agreement(books, 'terminated');
    expect((await change(books, 'SPAVNOBB', { is_active: true })).body.is_connected).toBe(false);
    expect((await seen())[2]).toBe('form_ready');
  });

  test('a second account that is not ready is told', async () => {
    const books = await booksAt('SPAVNOBB');
    await change(books, 'SPAVNOBB', { is_active: true });
    await write(books, (tx) =>
      markConnected(tx, {
        clientAccountId: books.clientAccountId,
        bic: 'SPAVNOBB',
        bankAccountIds: books.accounts,
        services: ['payments', 'statements'],
        now: new Date(),
      }),
    );
    const second = await books.run(createBankAccount, { type: 'SAVINGS', bban: '34209000026', bank_country: 'NO' });
    const { body } = await status(books, 'SPAVNOBB');
    expect([body.is_connected, body.onboarding_information.services]).toEqual([
      true,
      { payments: 'ready', statements: 'ready', receivables: 'pending' },
    ]);
    expect(body.onboarding_information.accounts).toContainEqual({
      bank_account_id: second.id,
      state: 'not_requested',
      reason: null,
    });
  });

  test('news of an integration that nobody ordered changes nothing', async () => {
    const books = await booksAt('SPAVNOBB');
    expect(await agreement(books, 'sent_to_bank')).toBe(false);
    expect((await status(books, 'SPAVNOBB')).body).toMatchObject(OFF);
  });
});

describe('ZData (Aritma)', () => {
  const aritma = (token: string, parameters: string) => api('GET', `/integrations/aritma/status?${parameters}`, token);

  test('of a client account: what ZData carries, and nothing else', async () => {
    const books = await booksAt('SPAVNOBB', 'DABANO22');
    await change(books, 'SPAVNOBB', { is_active: true });
    expect((await aritma(books.token, query(books))).body).toMatchObject({ is_active: false, is_connected: false });
    await change(books, 'DABANO22', { is_active: true });
    const { body } = await aritma(books.token, query(books));
    expect([body.is_active, body.is_connected]).toEqual([true, false]);
    expect(body.onboarding_information.banks.map(({ bic, state }: Record<string, string>) => [bic, state])).toEqual([
      ['DABANO22', 'form_ready'],
    ]);
  });

  test('of a bank account, which decides the client account', async () => {
    const [books, other] = [await booksAt('SPAVNOBB', 'DABANO22'), await openBooks()];
    await change(books, 'DABANO22', { is_active: true });
    const [savings, danske] = books.accounts;
    expect((await aritma(books.token, `bank_account_id=${danske}`)).body.is_active).toBe(true);
    expect((await aritma(books.token, `bank_account_id=${savings}`)).body).toEqual({
      is_active: false,
      is_connected: false,
      onboarding_information: {},
    });
    const both = await aritma(books.token, `bank_account_id=${danske}&${query(other)}`);
    expect([both.status, both.body.is_active]).toEqual([200, true]);
  });

  test.each<[string, (own: number[], books: Books) => string, number, string]>([
    ['neither', () => '', 400, 'request.invalid'],
    ['no number', () => 'bank_account_id=x', 400, 'request.invalid'],
    ['an empty one', (_, books) => `bank_account_id=&${query(books)}`, 400, 'request.invalid'],
    ['an unknown bank account of mine', (own) => `bank_account_id=${own[0]! + 100_000}`, 404, 'request.not_found'],
    ['a bank account of no client account', () => 'bank_account_id=5', 404, 'request.not_found'],
    ['an unknown client account', () => 'client_account_id=2097152', 404, 'request.not_found'],
  ])('%s', async (_, parameters, code, error) => {
    const books = await booksAt('DABANO22');
    const answer = await aritma(books.token, parameters(books.accounts, books));
    expect([answer.status, answer.body.details.code]).toEqual([code, error]);
  });

  test('what is somebody else’s: 403 where it exists, 404 where it does not', async () => {
    const [books, other] = [await booksAt('DABANO22'), await booksAt('DABANO22')];
    const seen = async (parameters: string) => (await aritma(books.token, parameters)).status;
    expect(await seen(`bank_account_id=${other.accounts[0]}`)).toBe(403);
    expect(await seen(`bank_account_id=${other.accounts[0]! + 100_000}`)).toBe(404);
    expect(await seen(query(other))).toBe(403);
    // An accessible account beside it does not help.
    expect(await seen(`bank_account_id=${other.accounts[0]}&${query(books)}`)).toBe(403);
  });
});
