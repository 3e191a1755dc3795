import { describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../../test/support/books/books.ts';
import { apiOf } from '../../../../test/support/http/domain-api.ts';
import { hasPdfTools, hasPreflight, pageTexts, preflightFindings } from '../../../../test/support/files/pdf-tools.ts';
import { asOwner } from '../../../../test/support/books/people.ts';
import { createBankAccount } from '../../../banking/index.ts';
import { integrationRoutes } from '../../index.ts';

const platform = testPlatform();
const api = apiOf(integrationRoutes, platform);

const path = (books: Books, bic: string, type = 'integration-agreement') =>
  `/integrations/banks/${bic}/pdf-forms/${type}?client_account_id=${books.clientAccountId}`;

async function form(books: Books, bic: string, headers = {}) {
  const reply = await api.server.inject({
    method: 'GET',
    url: `/api/v2${path(books, bic)}`,
    headers: { authorization: `Bearer ${books.token}`, ...headers },
  });
  expect(reply.statusCode, reply.body.slice(0, 300)).toBe(200);
  return { pdf: reply.rawPayload, headers: reply.headers };
}

const account = (books: Books, bban: string, type: 'CURRENT' | 'TAX' | 'SAVINGS' = 'CURRENT') =>
  books.run(createBankAccount, { type, bban, bank_country: 'NO' });

describe.skipIf(!hasPdfTools)('the agreement form', () => {
  test('is filled with what is known, on one page, in Norwegian', async () => {
    const books = await openBooks({ name: 'Fjord & Fjell Æra AS', organizationNumber: '310463043' });
    await account(books, '34209000018');
    await account(books, '34209000026', 'TAX');
    const { pdf, headers } = await form(books, 'SPAVNOBB');
    expect(headers['content-type']).toBe('application/pdf');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="integration-agreement-SPAVNOBB\.pdf"/);
    const pages = pageTexts(pdf);
    expect(pages).toHaveLength(1);
    const text = pages[0]!.replace(/\s+/g, ' ');
    for (const part of [
      'Avtale om integrasjon med økonomisystem',
      'Sendes signert til Sparebanken Norge',
      'SPAVNOBB',
      'Kari Nordmann',
      '310 463 043',
      '3420 90 00018',
      'NO60 3420 9000 018',
      'Skattetrekk',
      'Tietoevry',
      'Navn med blokkbokstaver',
      'Side 1 av 1',
    ])
      expect(text, part).toContain(part);
    expect(text).not.toContain('Divisjonsnummer');
  });

  test('in English; DNB with its division', async () => {
    const books = await openBooks({ name: 'Fjord AS' });
    await account(books, '15034011238');
    await asOwner(
      `insert into bank_connections (client_account_id, bic, provider, is_active, integration_config)
       values ($1, 'DNBANOKK', 'tietoevry', false, '{"division_number": "001", "division_name": "Hovedavdeling"}')`,
      [books.clientAccountId],
    );
    const { pdf } = await form(books, 'DNBANOKK', { 'accept-language': 'en' });
    const text = pageTexts(pdf).join(' ').replace(/\s+/g, ' ');
    for (const part of [
      'Agreement on integration with an accounting system',
      'Division number',
      '001',
      'Hovedavdeling',
    ])
      expect(text, part).toContain(part);
    expect(await form(books, 'DNBANOKK', { 'accept-language': 'en' })).toEqual({ pdf, headers: expect.anything() });
  });

  test('many accounts, long names and foreign letters go on, and nothing is lost', async () => {
    const books = await openBooks({ name: `Ærlig ${'Langnavn '.repeat(14)}Öst Łódź 株式会社 AS` });
    const numbers = accountNumbers('3420', 24);
    for (const number of numbers) await account(books, number, 'SAVINGS');
    const pages = pageTexts((await form(books, 'SPAVNOBB')).pdf);
    expect(pages.length).toBeGreaterThan(1);
    const text = pages.join(' ');
    for (const number of numbers)
      expect(text.split(number.replace(/^(\d{4})(\d{2})/, '$1 $2 ')).length, number).toBe(3);
    expect(pages.at(-1)).toContain(`Side ${pages.length} av ${pages.length}`);
    // No page begins with only the columns of a table.
    for (const page of pages) expect(page.trim().split('\n').length).toBeGreaterThan(6);
  });

  test.skipIf(!hasPreflight)('is PDF/A', async () => {
    const books = await openBooks();
    await account(books, '34209000018');
    // Requirements that PDF/A-2 dropped; the checker knows PDF/A-1.
    const changed = /part must be 1|CIDSet entry is missing/;
    const findings = preflightFindings((await form(books, 'SPAVNOBB')).pdf);
    expect(findings.filter((finding) => !changed.test(finding))).toEqual([]);
  });
});

/** Valid numbers of a bank. */
function accountNumbers(prefix: string, count: number): string[] {
  const found: string[] = [];
  for (let n = 10; found.length < count; n++) {
    const digits = `${prefix}77${String(n).padStart(4, '0')}`;
    const sum = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2].reduce((left, weight, i) => left + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) found.push(`${digits}${check}`);
  }
  return found;
}

test.each<[string, (books: Books) => string, number, string]>([
  ['another form', (books) => path(books, 'SPAVNOBB', 'other'), 400, 'request.invalid'],
  ['no client account', () => '/integrations/banks/SPAVNOBB/pdf-forms/integration-agreement', 400, 'request.invalid'],
  ['a BIC that is none', (books) => path(books, 'SPAV'), 400, 'request.invalid'],
  ['a bank of no provider', (books) => path(books, 'COBADEFF'), 404, 'banks.not_supported'],
  ['no account at the bank', (books) => path(books, 'NDEANOKK'), 404, 'request.not_found'],
  [
    'an unknown client account',
    () => '/integrations/banks/SPAVNOBB/pdf-forms/integration-agreement?client_account_id=2097152',
    404,
    'request.not_found',
  ],
])('refused: %s', async (_, asked, status, code) => {
  const books = await openBooks();
  await account(books, '34209000018');
  const answer = await api('GET', asked(books), books.token);
  expect([answer.status, answer.body.details.code]).toEqual([status, code]);
});

test('refused: nobody to write to, nobody of mine', async () => {
  const [books, other] = [await openBooks(), await openBooks()];
  await account(books, '34209000018');
  expect((await api('GET', path(books, 'SPAVNOBB'), other.token)).status).toBe(403);
  await asOwner(
    `update client_account_users set role_id = (select id from roles where code = 'US') where client_account_id = $1`,
    [books.clientAccountId],
  );
  const reader = await openBooks();
  await asOwner(
    `insert into client_account_users (client_account_id, user_id, role_id) select $1, $2, id from roles where code = 'BK'`,
    [books.clientAccountId, reader.userId],
  );
  const answer = await api('GET', path(books, 'SPAVNOBB'), reader.token, undefined, { 'accept-language': 'en' });
  expect([answer.status, answer.body.message]).toEqual([404, 'Contact user not found']);
});
