import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { write } from '../../../test/support/bank/bank.ts';
import { addPartner, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { invoiceRoutes, RecurringSchedule } from '../index.ts';
import { dayOfRun } from './recurring-invoice.ts';

const api = apiOf([...bankingRoutes, ...invoiceRoutes], testPlatform());

async function setting() {
  const books = await openBooks();
  const partner = await addPartner(books);
  const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
  const document = {
    document_type: 'ARINV',
    business_partner_id: partner,
    lines: [{ account_code: '3000', description: 'Leie', quantity: 1, unit_price: 1000, tax_code: '3' }],
  };
  const create = (more: object = {}) =>
    call('POST', '/recurring-invoices', {
      client_account_id: books.clientAccountId,
      name: 'Leie',
      document,
      starts_on: '2026-01-31',
      interval_months: 1,
      ...more,
    });
  const runOn = (day: string) =>
    new RecurringSchedule(testPlatform(fixedClock(`${day}T10:00:00Z`))).run(books.clientAccountId);
  const drafts = async () =>
    (await call('GET', `/documents?client_account_id=${books.clientAccountId}&order_by=document_date`)).body.data;
  return { books, call, document, create, runOn, drafts };
}

test('a draft on each of its days, once, also those that were missed', async () => {
  const { books, create, runOn, drafts, call } = await setting();
  const made = await create({ ends_on: '2026-04-15' });
  expect(made.body, JSON.stringify(made.body)).toMatchObject({ runs: 0, next_on: '2026-01-31' });
  expect(await runOn('2026-01-30')).toBe(0);
  const schedule = new RecurringSchedule(testPlatform(fixedClock('2026-01-31T10:00:00Z')));
  expect(await schedule.due()).toContain(books.clientAccountId);
  await Promise.all([schedule.run(books.clientAccountId), schedule.run(books.clientAccountId)]);
  await runOn('2026-05-01');
  expect(await runOn('2026-05-02')).toBe(0);
  expect(
    (await drafts()).map((each: { document_date: string; document_status: string; period_to: string }) => [
      each.document_date,
      each.document_status,
      each.period_to,
    ]),
  ).toEqual([
    ['2026-01-31', 'DRAFT', '2026-02-27'],
    ['2026-02-28', 'DRAFT', '2026-03-30'],
    ['2026-03-31', 'DRAFT', '2026-04-29'],
  ]);
  const list = await call('GET', `/recurring-invoices?client_account_id=${books.clientAccountId}`);
  expect(list.body.data).toMatchObject([{ runs: 3, next_on: null, last_error: null }]);
});

test('one that is refused says why, and goes on when it is mended', async () => {
  const { books, call, document, create, runOn, drafts } = await setting();
  const { body } = await create();
  await call('PATCH', `/recurring-invoices/${body.id}`, { is_active: false });
  expect(await runOn('2026-02-01')).toBe(0);
  await call('PATCH', `/recurring-invoices/${body.id}`, { is_active: true });
  const wrong = await call('PATCH', `/recurring-invoices/${body.id}`, {
    document: { ...document, business_partner_id: 1 },
  });
  expect(wrong.status).toBe(400);
  const cheaper = { ...document, lines: [{ ...document.lines[0], unit_price: 900 }] };
  expect((await call('PATCH', `/recurring-invoices/${body.id}`, { document: cheaper })).status).toBe(200);
  expect(await runOn('2026-02-01')).toBe(1);
  expect(await drafts()).toMatchObject([{ net_amount: '900.00' }]);
  expect(books.clientAccountId).toBeGreaterThan(0);
});

test('a template that names somebody who is gone can be ended and renamed', async () => {
  const { books, call, document, create } = await setting();
  const { body } = await create();
  await write(books, (tx) =>
    tx.execute(sql`
      update recurring_invoices set document = jsonb_set(document, '{business_partner_id}', '1')
      where client_account_id = ${books.clientAccountId}`),
  );
  const change = (changes: object) => call('PATCH', `/recurring-invoices/${body.id}`, changes);
  expect((await change({ name: 'Leie, avsluttet', ends_on: '2026-02-28' })).status).toBe(200);
  expect((await change({ document: { ...document, business_partner_id: 1 } })).status).toBe(400);
  expect((await change({ ends_on: '2026-01-01' })).body.details.fields).toMatchObject([{ path: 'ends_on' }]);
  expect((await change({ is_active: false })).body).toMatchObject({ name: 'Leie, avsluttet', is_active: false });
});

test.each([
  [0, '2026-01-31'],
  [1, '2026-02-28'],
  [2, '2026-03-31'],
  [13, '2027-02-28'],
] as const)('draft %i of the 31st', (runs, day) => {
  expect(dayOfRun({ starts_on: '2026-01-31', interval_months: 1, ends_on: null }, runs)).toBe(day);
});
