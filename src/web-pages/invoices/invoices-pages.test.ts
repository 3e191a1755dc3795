import { describe, expect, test } from 'vitest';
import { addPartner, openBooks, testPlatform, testServer } from '../../../test/support/books/books.ts';
import { addPerson } from '../../../test/support/bank/payments.ts';
import { multipart, PDF, withFiles } from '../../../test/support/http/upload.ts';

const server = await testServer(withFiles(testPlatform()));

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

/** A client account that has received a PDF. */
async function withReceived() {
  const books = await openBooks();
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: String(books.clientAccountId) },
    { name: 'file', file: { name: 'regning.pdf', type: 'application/pdf', content: PDF('regning') } },
  ]);
  const answer = await server.inject({
    method: 'POST',
    url: '/api/v2/received-invoices',
    headers: { ...headers, authorization: `Bearer ${books.token}` },
    payload,
  });
  const supplier = await addPartner(books, 'Tømmer & <Sønn>');
  return { books, supplier, page: `/received-invoices/${answer.json().id}` };
}

describe('a received invoice', () => {
  test('that nothing could be read of is booked from the paper', async () => {
    const { books, supplier, page } = await withReceived();
    const list = await open(books.token, `/client-accounts/${books.clientAccountId}/invoices`);
    expect([list.status, list.body.includes(page)]).toEqual([200, true]);
    expect((await open(books.token, page, undefined, 'en')).body).toContain('to be read by a person');
    const form = {
      business_partner_id: String(supplier),
      document_number: 'F-1',
      document_date: '2026-03-10',
      due_date: '2026-03-24',
      account_0: '6800',
      amount: '8 000,00',
      tax_code: '1',
    };
    expect((await open(books.token, `${page}/prepare`, form)).location).toBe(page);
    expect((await open(books.token, page)).body).toContain('Godkjenn og bokfør');
    expect((await open(books.token, `${page}/approve`, {})).location).toBe(page);
    const posted = await open(books.token, page);
    expect([posted.body.includes('godkjent og bokført'), posted.body.includes('/journal-entries/')]).toEqual([
      true,
      true,
    ]);
    const again = await open(books.token, `${page}/approve`, {});
    expect([again.status, again.body.includes('role="alert"')]).toEqual([409, true]);
  });

  test.each([
    ['no supplier', { business_partner_id: '' }, 'business_partner_id'],
    ['no number', { document_number: ' ' }, 'document_number'],
    ['no date', { document_date: '2026-02-30' }, 'document_date'],
    ['no due date', { due_date: 'snart' }, 'due_date'],
    ['no amount', { amount: 'mye' }, 'amount'],
    ['an unknown account', { account_0: '9999' }, 'account_code'],
    ['an unknown VAT code', { tax_code: 'x' }, 'tax_code'],
  ])('with %s is refused on its page', async (_, wrong, message) => {
    const { books, supplier, page } = await withReceived();
    const right = { business_partner_id: String(supplier), document_number: 'F-1', document_date: '2026-03-10' };
    const form = { ...right, due_date: '', account_0: '6800', amount: '100', tax_code: '1', ...wrong };
    const answer = await open(books.token, `${page}/prepare`, form);
    expect([answer.status, answer.body.includes('role="alert"'), answer.body.includes(message)]).toEqual([
      400,
      true,
      true,
    ]);
    expect((await open(books.token, page)).body).toContain('må leses av en person');
  });

  test('is rejected with a reason', async () => {
    const { books, page } = await withReceived();
    expect((await open(books.token, `${page}/reject`, { reason: ' ' })).status).toBe(400);
    expect((await open(books.token, `${page}/reject`, { reason: 'Ikke <vår>' })).status).toBe(303);
    expect((await open(books.token, page)).body).toContain('Ikke &lt;vår&gt;');
  });

  test('is nothing for an employee, nor for others', async () => {
    const { books, page } = await withReceived();
    const employee = await addPerson(books, 'EM');
    const stranger = await openBooks();
    const pages = [page, `/client-accounts/${books.clientAccountId}/invoices`];
    for (const { token } of [employee, stranger])
      expect(await Promise.all(pages.map(async (url) => (await open(token, url)).status))).toEqual([403, 403]);
    expect((await open(books.token, '/received-invoices/1')).status).toBeGreaterThan(399);
  });
});

test('an address cannot be made where no mail is fetched', async () => {
  const books = await openBooks();
  const answer = await open(books.token, `/client-accounts/${books.clientAccountId}/invoices/address`, {});
  expect([answer.status, answer.body.includes('role="alert"')]).toEqual([503, true]);
  const page = await open(books.token, `/client-accounts/${books.clientAccountId}/invoices`, undefined, 'en');
  expect([page.body.includes('No invoices were received.'), page.body.includes('Make an address')]).toEqual([
    true,
    false,
  ]);
});

test('what cannot be sent is told on the page of the invoice', async () => {
  const books = await openBooks();
  const partner = await addPartner(books, 'Kunden AS');
  const made = await server.inject({
    method: 'POST',
    url: '/api/v2/documents',
    headers: { authorization: `Bearer ${books.token}` },
    payload: {
      client_account_id: books.clientAccountId,
      document_type: 'ARINV',
      document_number: '1',
      document_date: '2026-03-10',
      due_date: '2026-03-24',
      business_partner_id: partner,
      lines: [{ account_code: '3000', description: 'Time', quantity: 1, unit_price: 100, tax_code: '3' }],
    },
  });
  const page = `/invoices/${made.json().id}`;
  expect((await open(books.token, page)).body).toContain('Ikke sendt.');
  const refused = await open(books.token, `${page}/send`, { channel: 'EMAIL' });
  expect([refused.status >= 400, refused.body.includes('role="alert"')]).toEqual([true, true]);
  expect((await open(books.token, page, undefined, 'en')).body).toContain('Not sent.');
});
