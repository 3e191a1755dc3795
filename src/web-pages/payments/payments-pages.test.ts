import { expect, test } from 'vitest';
import { testServer } from '../../../test/support/books/books.ts';
import { addPerson, openPayer } from '../../../test/support/bank/payments.ts';
import { changePaymentSettings } from '../../payments/payment-settings.ts';

const server = await testServer();

async function open(token: string, url: string, form?: Record<string, string>, language = 'nb') {
  const answer = await server.inject({
    method: form ? 'POST' : 'GET',
    url,
    headers: {
      authorization: `Bearer ${token}`,
      'accept-language': language,
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
  });
  return { status: answer.statusCode, body: answer.body, location: answer.headers.location ?? '' };
}

test('a bill is gathered, approved by another, and seen; in both languages', async () => {
  const payer = await openPayer();
  const { books } = payer;
  const accountant = await addPerson(books, 'AA');
  const employee = await addPerson(books, 'EM');
  await books.run(changePaymentSettings, { four_eyes: true });
  await payer.bill(await payer.supplier(undefined, 'Tømmer & <Sønn>'), 1250.5);
  const url = `/client-accounts/${books.clientAccountId}/payments`;
  const list = await open(books.token, url);
  expect(list.status).toBe(200);
  expect(list.body).toContain('Tømmer &amp; &lt;Sønn&gt;');
  expect(list.body).toContain('1\u00a0250,50');
  expect((await open(books.token, url, undefined, 'en')).body).toContain('To be paid');
  expect((await open(employee.token, url)).status).toBe(403);
  const form = { bank_account_id: String(payer.bankAccountId), due_until: '2026-03-31', key: 'et trykk' };
  const made = await open(books.token, url, form);
  expect([made.status, made.location]).toEqual([303, expect.stringMatching(/^\/payment-orders\/\d+$/)]);
  // Submitted twice, it is one order.
  expect((await open(books.token, url, form)).location).toBe(made.location);
  expect((await open(books.token, url, { ...form, key: 'igjen' })).status).toBe(409);
  expect((await open(books.token, url, { ...form, due_until: '2026-02-30' })).status).toBe(400);
  const refused = await open(books.token, `${made.location}/approve`, {});
  expect([refused.status, refused.body.includes('kan ikke godkjenne den her')]).toEqual([403, true]);
  expect((await open(accountant.token, `${made.location}/approve`, {})).status).toBe(303);
  const order = await open(books.token, made.location);
  expect(order.body).toContain('godkjent, sendes');
  expect(order.body).toContain('Betalingsfil');
  expect((await open(books.token, `${made.location}/cancel`, { reason: 'feil' })).status).toBe(303);
  expect((await open(books.token, made.location, undefined, 'en')).body).toContain('cancelled');
  expect((await open(books.token, `${made.location}/approve`, {})).status).toBe(409);
});
