import { expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { mastersRoutes } from '../index.ts';

const api = apiOf(mastersRoutes, testPlatform());
const english = { 'accept-language': 'en' };

function create(books: Books, more: object) {
  return api('POST', '/business-partners', books.token, { client_account_id: books.clientAccountId, ...more }, english);
}

async function made(books: Books, more: object) {
  const answer = await create(books, more);
  expect(answer.body).toMatchObject({ id: expect.any(Number) });
  expect(answer.status).toBe(201);
  return answer.body;
}

const FULL = {
  name: 'Fjordfisk AS',
  organization_number: 'NO 923 609 016 MVA',
  is_customer: true,
  is_supplier: true,
  customer_code: '10001',
  supplier_code: '50001',
  contact_person: 'Ola Nordmann',
  email: 'post@fjordfisk.example',
  phone: '+47 22 22 22 22',
  website: 'https://fjordfisk.example',
  address: { street: 'Kaia 1', postal_code: '5003', city: 'Bergen', country: 'NO' },
  bank_accounts: [
    { account_number: '8601.11.17947', iban: 'NO93 8601 1117 947', bic: 'DNBANOKK', currency_code: 'NOK' },
  ],
  payment_terms_days: 14,
  currency_code: 'NOK',
};

test('keeps every attribute, numbers in their one form', async () => {
  const books = await openBooks();
  const partner = await made(books, FULL);
  expect(partner).toMatchObject({
    ...FULL,
    organization_number: '923609016',
    sequence_number: 1,
    is_organization: true,
    is_employee: false,
    employee_code: null,
    address: { street: 'Kaia 1', additional: null, postal_code: '5003', city: 'Bergen', region: null, country: 'NO' },
    bank_accounts: [
      { account_number: '86011117947', iban: 'NO9386011117947', bic: 'DNBANOKK', name: null, currency_code: 'NOK' },
    ],
    is_active: true,
    created_by_id: books.userId,
  });
  expect((await api('GET', `/business-partners/${partner.id}`, books.token)).body).toEqual(partner);
});

test.each([
  ['a wrong check digit of the organization number', { organization_number: '923609017' }, 'organization_number'],
  [
    'an organization number for a person',
    { is_organization: false, organization_number: '923609016' },
    'organization_number',
  ],
  ['a wrong account number', { bank_accounts: [{ account_number: '86011117948' }] }, 'bank_accounts[0].account_number'],
  ['a wrong IBAN', { bank_accounts: [{ iban: 'NO9486011117947' }] }, 'bank_accounts[0].iban'],
  ['a bank account without a number', { bank_accounts: [{ name: 'Drift' }] }, 'bank_accounts[0]'],
  ['an unknown organization', { organization_id: 999_999_999 }, 'organization_id'],
  ['a user from elsewhere', { user_id: 999_999_999 }, 'user_id'],
  ['a country by name', { address: { country: 'Norge' } }, 'address.country'],
  ['negative payment terms', { payment_terms_days: -1 }, 'payment_terms_days'],
  ['an e-mail without @', { email: 'post' }, 'email'],
  ['an empty code', { customer_code: '' }, 'customer_code'],
])('refuses %s', async (_, fault, field) => {
  const books = await openBooks();
  const refused = await create(books, { name: 'A', ...fault });
  expect(refused.status).toBe(400);
  expect(refused.body.details.fields.map((problem: { path: string }) => problem.path)).toContain(field);
});

test('all faults come at once, and a refused one consumes no number', async () => {
  const books = await openBooks();
  const refused = await create(books, { name: 'A', organization_number: '1', bank_accounts: [{ iban: 'X' }, {}] });
  expect(refused.body.details.fields).toHaveLength(3);
  expect(await made(books, { name: 'B' })).toMatchObject({ sequence_number: 1 });
});

test('a foreign organisation has the number its country gives', async () => {
  const books = await openBooks();
  const partner = await made(books, {
    name: 'Nordsee GmbH',
    organization_number: 'DE 811569869',
    address: { country: 'DE' },
    bank_accounts: [{ iban: 'DE89370400440532013000' }],
  });
  expect(partner.organization_number).toBe('DE811569869');
  const back = await api('PUT', `/business-partners/${partner.id}`, books.token, {
    organization_number: '811569869',
    address: null,
  });
  expect(back.status).toBe(400);
});

test('a code belongs to one partner, at creation and at change, whoever comes first', async () => {
  const books = await openBooks();
  const both = await Promise.all(
    ['A', 'B'].map((name) => create(books, { name, is_customer: true, customer_code: '1' })),
  );
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 400]));
  expect(both.find(({ status }) => status === 400)!.body.details.fields).toEqual([
    { path: 'customer_code', problem: 'is already the code of another business partner' },
  ]);
  const other = await made(books, { name: 'C', customer_code: '2', supplier_code: '1' });
  const taken = await api('PUT', `/business-partners/${other.id}`, books.token, { customer_code: '1' });
  expect(taken.status).toBe(400);
  const free = await api('PUT', `/business-partners/${other.id}`, books.token, { customer_code: null });
  expect(free.body).toMatchObject({ customer_code: null, supplier_code: '1', name: 'C' });
});

test('numbers have no gaps under concurrency', async () => {
  const books = await openBooks();
  await Promise.all(Array.from({ length: 15 }, (_, i) => made(books, { name: `Kunde ${i}` })));
  const { body } = await api(
    'GET',
    `/business-partners?client_account_id=${books.clientAccountId}&per_page=10&page=2`,
    books.token,
  );
  expect(body.meta).toEqual({ page: 2, pages: 2, per_page: 10, records: 15 });
  expect(body.data.map((partner: { sequence_number: number }) => partner.sequence_number)).toEqual([
    11, 12, 13, 14, 15,
  ]);
});

test('an update changes the given fields and audits before and after', async () => {
  const books = await openBooks();
  const partner = await made(books, FULL);
  const changed = await api('PUT', `/business-partners/${partner.id}`, books.token, {
    ...partner,
    name: 'Fjordfisk ASA',
    phone: null,
  });
  expect(changed.body).toMatchObject({
    name: 'Fjordfisk ASA',
    phone: null,
    email: partner.email,
    bank_accounts: partner.bank_accounts,
  });
  expect(await auditOf(books, partner.id)).toMatchObject([
    { operation: 'business-partner.create', after: { name: 'Fjordfisk AS' } },
    { operation: 'business-partner.update', before: { name: 'Fjordfisk AS' }, after: { name: 'Fjordfisk ASA' } },
  ]);
});

test('a customer with an open balance stays; deactivated ones are refused at posting', async () => {
  const books = await openBooks();
  const { id } = await made(books, { name: 'Kunde AS', is_customer: true });
  const customer = { business_partner_id: id };
  await books.post('2026-01-10', [
    debit('1500', 1250, customer),
    credit('3000', 1250, { tax_code: '3', amount_basis: 'gross' }),
  ]);
  const open = await api('DELETE', `/business-partners/${id}`, books.token, undefined, english);
  expect(open.status).toBe(400);
  expect(open.body).toMatchObject({
    error: 'Cannot deactivate business partner: account 1500: 1250.00',
    details: { code: 'masters.has_balance', accounts: [{ account_code: '1500', balance: '1250.00' }] },
  });
  await books.post('2026-02-10', [debit('1920', 1250), credit('1500', 1250, customer)]);
  expect((await api('DELETE', `/business-partners/${id}`, books.token)).body).toMatchObject({ is_active: false });
  await expect(books.post('2026-02-11', [debit('1500', 1, customer), credit('1920', 1)])).rejects.toMatchObject({
    code: 'ledger.invalid_entry',
  });
});

test('filters: kinds, activity, number, text with literal wildcards, relations, order', async () => {
  const books = await openBooks();
  const fish = await made(books, FULL);
  const person = await made(books, {
    name: '100% Åse',
    is_organization: false,
    is_employee: true,
    user_id: books.userId,
  });
  const idle = await made(books, { name: 'Zebra', is_supplier: true });
  await api('DELETE', `/business-partners/${idle.id}`, books.token);
  const ids = async (query: string) => {
    const { body } = await api(
      'GET',
      `/business-partners?client_account_id=${books.clientAccountId}&${query}`,
      books.token,
    );
    return body.data.map((partner: { id: number }) => partner.id);
  };
  expect(await ids('')).toEqual([fish.id, person.id]);
  expect(await ids('is_active=null')).toEqual([fish.id, person.id, idle.id]);
  expect(await ids('is_organization=false')).toEqual([person.id]);
  expect(await ids('is_employee=true')).toEqual([person.id]);
  expect(await ids('is_supplier=true&is_active=null')).toEqual([fish.id, idle.id]);
  expect(await ids(`user_id=${books.userId}`)).toEqual([person.id]);
  expect(await ids('organization_number=923609016')).toEqual([fish.id]);
  expect(await ids('free_text=fjord')).toEqual([fish.id]);
  expect(await ids('free_text=%25')).toEqual([person.id]);
  expect(await ids('free_text=50001')).toEqual([fish.id]);
  expect(await ids('is_active=null&order_by=name desc')).toEqual([idle.id, fish.id, person.id]);
  const { body } = await api(
    'GET',
    `/business-partners?client_account_id=${books.clientAccountId}&with=client_account,created_by,statistics`,
    books.token,
  );
  expect(body.data[0]).toMatchObject({
    client_account: { id: books.clientAccountId },
    created_by: { id: books.userId },
    statistics: { balances: [] },
  });
  expect((await api('GET', '/business-partners', books.token)).status).toBe(400);
  expect(
    (await api('GET', `/business-partners?client_account_id=${books.clientAccountId}&order_by=age`, books.token))
      .status,
  ).toBe(400);
});

test('a known organization is linked by its number', async () => {
  const books = await openBooks({ organizationNumber: '974760673' });
  const partner = await made(books, { name: 'Brønnøysundregistrene', organization_number: '974760673' });
  expect(partner.organization_id).toEqual(expect.any(Number));
  const other = await create(books, {
    name: 'X',
    organization_number: '923609016',
    organization_id: partner.organization_id,
  });
  expect(other.body.details.fields[0].path).toBe('organization_id');
});

test('the same Idempotency-Key makes one partner', async () => {
  const books = await openBooks();
  const body = { client_account_id: books.clientAccountId, name: 'Kunde' };
  const [first, second] = await Promise.all(
    [1, 2].map(() => api('POST', '/business-partners', books.token, body, { 'idempotency-key': 'k1' })),
  );
  expect(second!.body).toEqual(first!.body);
  const { body: list } = await api('GET', `/business-partners?client_account_id=${books.clientAccountId}`, books.token);
  expect(list.meta.records).toBe(1);
});

test.each(['østlandet', 'ØSTLANDET', 'ærfugl', 'ÅS'])(
  'free text %s finds letters beyond A to Z in either case',
  async (text) => {
    const books = await openBooks();
    const found = await made(books, { name: 'Østlandet ÆRFUGL på Ås' });
    await made(books, { name: 'Vestlandet' });
    const { body } = await api(
      'GET',
      `/business-partners?client_account_id=${books.clientAccountId}&free_text=${encodeURIComponent(text)}`,
      books.token,
    );
    expect(body.data.map((partner: { id: number }) => partner.id)).toEqual([found.id]);
  },
);
