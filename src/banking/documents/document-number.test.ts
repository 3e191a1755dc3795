import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { addHouseAccount, read, write } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { invoiceRoutes } from '../../invoices/index.ts';
import { isKid } from '../../kernel/kid.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf([...bankingRoutes, ...invoiceRoutes], testPlatform());

async function setting(settings: object = {}) {
  const books = await openBooks({ organizationNumber: '974760673' });
  const partner = await addPartner(books);
  const bank = await addHouseAccount(books);
  const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
  const saved = await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    bank_account_id: bank,
    is_vat_registered: true,
    kid_rules: [{ bank_account_id: bank, modulus: 'MOD10', customer_digits: 10, invoice_digits: 6 }],
    ...settings,
  });
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  const create = (body: object) =>
    call('POST', '/documents', {
      client_account_id: books.clientAccountId,
      document_type: 'ARINV',
      document_date: '2026-03-01',
      business_partner_id: partner,
      lines: [{ account_code: '3000', quantity: 2, unit_price: '500', tax_code: '3' }],
      ...body,
    });
  return { books, partner, bank, call, create };
}

test('a sales document gets number, KID and due date when it is posted', async () => {
  const { books, call, create } = await setting({ payment_terms_days: 10, next_numbers: { ARINV: 10001 } });
  const draft = await create({ document_status: 'DRAFT' });
  expect(draft.body).toMatchObject({ document_number: null, payment_reference: null, due_date: null });
  const [first, second] = [await create({}), await create({})];
  expect(first.body).toMatchObject({ document_number: '10001', due_date: '2026-03-11', gross_amount: '1250.00' });
  expect(second.body.document_number).toBe('10002');
  expect(isKid(first.body.payment_reference, 'MOD10')).toBe(true);
  expect(first.body.payment_reference).toMatch(/010001\d$/);
  const posted = await call('PATCH', `/documents/${draft.body.id}`, { document_status: 'POSTED' });
  expect(posted.body).toMatchObject({ document_number: '10003', document_status: 'POSTED' });
  const [claim] = await read(books, (tx) =>
    tx.rows(sql`select document_reference, payment_reference from journal_entry_lines
      where client_account_id = ${books.clientAccountId} and entry_id = ${posted.body.journal_entry_id} and line_no = 1`),
  );
  expect(claim).toEqual({ document_reference: '10003', payment_reference: posted.body.payment_reference });
  expect((await create({ document_number: '7' })).body.details).toMatchObject({
    code: 'commercial_documents.number_is_given',
  });
  // A bill carries its supplier's number.
  const bill = await create({
    document_type: 'APINV',
    document_number: 'F-7',
    lines: [{ account_code: '6800', amount: 100, tax_code: '1' }],
  });
  expect(bill.body.document_number).toBe('F-7');
  const late = await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    next_numbers: { ARINV: 1 },
  });
  expect(late.body.details).toMatchObject({ code: 'invoices.series_in_use', next_number: 10004 });
  expect(await findings(books)).toEqual([]);
});

test('many at once, some of them refused: numbers without a gap', async () => {
  const { books, create } = await setting();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      create(i % 5 === 0 ? { lines: [{ account_code: '3000', quantity: 1, unit_price: 1, tax_code: 'XX' }] } : {}),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(48);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(12);
  const numbers = await read(books, (tx) =>
    tx.rows<{ n: number }>(sql`
      select document_number::int as n from documents where client_account_id = ${books.clientAccountId} order by 1`),
  );
  expect(numbers.map(({ n }) => n)).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
});

test('a gap or a repetition in the numbers is found', async () => {
  const { books, create } = await setting({ next_numbers: { ARINV: 10 } });
  for (let i = 0; i < 5; i++) await create({});
  expect(await findings(books)).toEqual([]);
  const number = (is: string, becomes: string) =>
    write(books, (tx) =>
      tx.execute(sql`
        update documents set document_number = ${becomes}
        where client_account_id = ${books.clientAccountId} and document_number = ${is}`),
    );
  await number('12', '13');
  await number('14', 'X');
  expect(await findings(books)).toEqual([
    'ARINV numbers 12 to 12: there is no document',
    'ARINV number 13: 2 documents have it',
    'ARINV numbers 14 to 14: there is no document',
  ]);
});

test('a credit note has its own series and takes back what is left, never more', async () => {
  const { partner, create, call, books } = await setting();
  const { body: invoice } = await create({});
  const credit = (amount: number, more: object = {}) =>
    create({
      document_type: 'ARCRN',
      credits_document_id: invoice.id,
      lines: [{ account_code: '3000', quantity: 1, unit_price: amount, tax_code: '3' }],
      ...more,
    });
  const first = await credit(600);
  expect(first.body).toMatchObject({ document_number: '1', gross_amount: '750.00', payment_reference: null });
  const tooMuch = await credit(401);
  expect(tooMuch.status).toBe(400);
  expect(tooMuch.body.details).toMatchObject({ code: 'commercial_documents.credit_exceeds', left: '500.00' });
  const atOnce = await Promise.all([credit(400), credit(400), credit(400)]);
  expect(atOnce.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400]);
  const other = await addPartner(books);
  expect((await credit(1, { business_partner_id: other })).body.details).toMatchObject({
    code: 'commercial_documents.wrong_credit',
  });
  expect(partner).not.toBe(other);
  // The amount of a cancelled credit note is available again.
  await call('DELETE', `/documents/${first.body.id}`);
  expect((await credit(600)).status).toBe(201);
  expect(await findings(books)).toEqual([]);
});

test.each<[string, object, string]>([
  ['quantity alone', { quantity: 1 }, 'lines[0].unit_price'],
  ['a negative price', { quantity: 1, unit_price: -1 }, 'lines[0].unit_price'],
  ['nine decimals', { quantity: '0.123456789', unit_price: 1 }, 'lines[0].quantity'],
  ['an unknown unit', { quantity: 1, unit_price: 1, unit_code: 'stk' }, 'lines[0].unit_code'],
  ['another amount', { quantity: 2, unit_price: 10, amount: 21 }, 'lines[0].amount'],
  ['a discount of nothing', { amount: 10, discount_amount: 1 }, 'lines[0].quantity'],
  ['neither amount nor price', {}, 'lines[0].amount'],
])('%s is refused', async (_, line, path) => {
  const { create } = await setting();
  const answer = await create({ lines: [{ account_code: '3000', tax_code: '3', ...line }] });
  expect(answer.status).toBe(400);
  expect(answer.body.details.fields.map((field: { path: string }) => field.path)).toContain(path);
});

test('what an invoice says is kept, and final when it is posted', async () => {
  const { call, create, bank } = await setting();
  const said = {
    buyer_reference: 'Kari',
    order_number: '4711',
    delivery_date: '2026-02-28',
    delivery_place: 'Tromsø',
    period_from: '2026-02-01',
    period_to: '2026-02-28',
    payment_terms: '14 dager netto',
    language: 'en',
    note: 'Takk',
    bank_account_id: bank,
  };
  const line = {
    account_code: '3000',
    description: 'Arbeid',
    quantity: '1.5',
    unit_code: 'HUR',
    unit_price: '100.005',
    discount_amount: '10.00',
    discount_reason: 'Avtale',
    charge_amount: '1.00',
    charge_reason: 'Gebyr',
    item_code: 'A-1',
    tax_code: '3',
  };
  const draft = await create({ ...said, lines: [line], document_status: 'DRAFT' });
  expect(draft.body).toMatchObject({ ...said, vat_rounding: 'total', lines: [{ ...line, amount: '141.01' }] });
  const posted = await call('PATCH', `/documents/${draft.body.id}`, {
    document_status: 'POSTED',
    order_number: '4712',
  });
  expect(posted.body).toMatchObject({ ...said, order_number: '4712', lines: [{ ...line, amount: '141.01' }] });
  const late = await call('PATCH', `/documents/${draft.body.id}`, { order_number: '1' });
  expect(late.body.details).toMatchObject({ code: 'commercial_documents.posted_is_final' });
  expect((await create({ period_from: '2026-02-02', period_to: '2026-02-01' })).status).toBe(400);
  expect((await create({ bank_account_id: 1, attachment_ids: [1] })).body.details.fields).toHaveLength(2);
});
