import { expect, test } from 'vitest';
import { write } from '../../../test/support/bank/bank.ts';
import { type Books, openBooks, testServer } from '../../../test/support/books/books.ts';
import { createBankAccount } from '../../banking/index.ts';
import { markConnected } from '../../integrations/index.ts';

const server = await testServer();

const banks = ({ clientAccountId }: Books) => `/client-accounts/${clientAccountId}/integrations/banks`;
const send = (
  method: 'GET' | 'POST',
  url: string,
  books: Books | null,
  form?: Record<string, string>,
  language = 'nb',
) =>
  server.inject({
    method,
    url,
    headers: {
      'accept-language': language,
      ...(books ? { authorization: `Bearer ${books.token}` } : {}),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
  });

async function booksWith(...numbers: string[]): Promise<Books & { accounts: number[] }> {
  const books = await openBooks();
  const accounts = [];
  for (const bban of numbers)
    accounts.push((await books.run(createBankAccount, { type: 'CURRENT', bban, bank_country: 'NO' })).id);
  return Object.assign(books, { accounts });
}

test.each([
  ['nb', 'Slå på', 'Slått på, ikke tilkoblet ennå', 'Dette gjenstår', 'Slått på og tilkoblet', 'Slå av'],
  ['en', 'Switch on', 'On, not connected yet', 'What remains', 'On and connected', 'Switch off'],
])('a bank from off to live and off again, in %s', async (language, on, waits, remains, live, off) => {
  const books = await booksWith('34209000018');
  const seen = async () => (await send('GET', banks(books), books, undefined, language)).body;
  expect(await seen()).toContain(`>${on}<`);
  expect(await seen()).not.toContain(remains);
  const asked = await send('POST', `${banks(books)}/SPAVNOBB`, books, { is_active: '1' }, language);
  expect([asked.statusCode, asked.headers.location]).toEqual([303, banks(books)]);
  const waiting = await seen();
  for (const part of [waits, remains, 'pdf-forms/integration-agreement']) expect(waiting).toContain(part);
  await write(books, (tx) =>
    markConnected(tx, {
      clientAccountId: books.clientAccountId,
      bic: 'SPAVNOBB',
      bankAccountIds: books.accounts,
      services: ['statements'],
      now: new Date(),
    }),
  );
  const connected = await seen();
  expect(connected).toContain(live);
  expect(connected).not.toContain(remains);
  expect(connected).toContain(`>${off}<`);
  await send('POST', `${banks(books)}/SPAVNOBB`, books, { is_active: '0' }, language);
  expect(await seen()).toContain(remains);
});

test('DNB asks for its division, and says what is missing', async () => {
  const books = await booksWith('15034011238');
  expect((await send('GET', banks(books), books)).body).toContain('name="division_number"');
  const refused = await send('POST', `${banks(books)}/DNBANOKK`, books, {
    is_active: '1',
    division_number: '001',
    division_name: ' ',
  });
  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain('Divisjonsnavn må oppgis for DNBANOKK');
  const done = await send('POST', `${banks(books)}/DNBANOKK`, books, {
    is_active: '1',
    division_number: '001',
    division_name: 'Hoved <b>',
  });
  expect(done.statusCode).toBe(303);
  await send('POST', `${banks(books)}/DNBANOKK`, books, { is_active: '0' });
  const page = (await send('GET', banks(books), books)).body;
  expect(page).toContain('value="Hoved &lt;b&gt;"');
});

test('who is not signed in, may not, or asks for what is not there', async () => {
  const [books, other] = [await booksWith('34209000018'), await openBooks()];
  expect((await send('GET', banks(books), null)).statusCode).toBe(303);
  expect((await send('GET', banks(books), other)).statusCode).toBe(403);
  expect((await send('POST', `${banks(books)}/SPAVNOBB`, other, { is_active: '1' })).statusCode).toBe(403);
  expect((await send('POST', `${banks(books)}/COBADEFF`, books, { is_active: '1' })).statusCode).toBe(404);
  expect((await send('POST', `${banks(books)}/NDEANOKK`, books, { is_active: '1' })).statusCode).toBe(400);
  expect((await send('GET', banks(other), other)).body).toContain('ingen bankkonto');
});
