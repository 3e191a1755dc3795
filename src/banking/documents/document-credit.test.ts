import { expect, test } from 'vitest';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf(bankingRoutes, testPlatform());

async function setting() {
  const books = await openBooks();
  const partner = await addPartner(books);
  const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
  const create = (body: object) =>
    call('POST', '/documents', {
      client_account_id: books.clientAccountId,
      document_date: '2026-03-01',
      business_partner_id: partner,
      ...body,
    });
  const invoice = await create({ document_type: 'ARINV', lines: lines(1000) });
  const note = (kroner: number, more: object = {}) =>
    create({ document_type: 'ARCRN', credits_document_id: invoice.body.id, lines: lines(kroner), ...more });
  return { books, call, create, note, invoice: invoice.body };
}

const lines = (kroner: number) => [{ account_code: '3000', amount: kroner, tax_code: '3' }];

test.each<[string, (books: Awaited<ReturnType<typeof setting>>) => Promise<object> | object, RegExp]>([
  [
    'another party',
    async ({ books }) => ({ business_partner_id: await addPartner(books, 'En annen AS') }),
    /another partner/,
  ],
  ['another currency', () => ({ currency_code: 'EUR', exchange_rate: '11.5', lines: lines(10) }), /is in NOK/],
  ['before the invoice', () => ({ document_date: '2026-02-28' }), /dated later, 2026-03-01/],
  ['an invoice', () => ({ document_type: 'ARINV' }), /only a credit note/],
  ['the other side', () => ({ document_type: 'APCRN', lines: [{ account_code: '6800', amount: 1 }] }), /type ARINV/],
])('refused, also as a draft: %s', async (_, wrong, reason) => {
  const made = await setting();
  for (const status of ['DRAFT', 'POSTED'])
    expect(await made.note(100, { document_status: status, ...(await wrong(made)) })).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(reason), details: { code: 'commercial_documents.wrong_credit' } },
    });
  expect(await findings(made.books)).toEqual([]);
});

test('credit notes of an invoice take back no more than it; a draft is looked at when it is posted', async () => {
  const { books, call, note, invoice } = await setting();
  expect((await note(600)).status).toBe(201);
  expect(await note(401)).toMatchObject({
    status: 400,
    body: { details: { code: 'commercial_documents.credit_exceeds', left: '500.00', gross_amount: '501.25' } },
  });
  const draft = await note(401, { document_status: 'DRAFT' });
  expect(draft.status).toBe(201);
  const post = (more = {}) => call('PATCH', `/documents/${draft.body.id}`, { document_status: 'POSTED', ...more });
  expect((await post()).body.details).toMatchObject({ code: 'commercial_documents.credit_exceeds' });
  expect((await post({ lines: lines(400) })).body).toMatchObject({ document_status: 'POSTED', gross_amount: '500.00' });
  expect((await call('DELETE', `/documents/${invoice.id}`)).body.details).toMatchObject({
    code: 'commercial_documents.is_credited',
    document_id: expect.any(Number),
  });
  await call('DELETE', `/documents/${draft.body.id}`);
  expect((await note(400)).status).toBe(201);
  expect(await findings(books)).toEqual([]);
});

test('ten credit notes of the whole at the same moment: one stands', async () => {
  const { books, note } = await setting();
  const answers = await Promise.all(Array.from({ length: 10 }, () => note(1000)));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 400)]);
  expect(await findings(books)).toEqual([]);
});

test('a draft invoice is not credited', async () => {
  const { create, note } = await setting();
  const draft = await create({ document_type: 'ARINV', document_status: 'DRAFT', lines: lines(1000) });
  expect(await note(100, { credits_document_id: draft.body.id })).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/not posted/) },
  });
});
