import { expect, test } from 'vitest';
import { addPartner, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { invoiceRoutes } from '../index.ts';

const api = apiOf([...bankingRoutes, ...invoiceRoutes], testPlatform());

async function setting() {
  const books = await openBooks();
  const [anna, bo] = [await addPartner(books, 'Anna AS'), await addPartner(books, 'Bo AS')];
  const sold = (to: number, date: string, due: string | null, amount: number) =>
    books.post(date, [
      debit('1500', amount, { business_partner_id: to, ...(due ? { due_date: due } : {}) }),
      credit('3000', amount),
    ]);
  const report = (side: string, date: string, format = 'json') =>
    api(
      'GET',
      `/reports/aged-${side}?client_account_id=${books.clientAccountId}&report_date=${date}&format=${format}`,
      books.token,
    );
  return { books, anna, bo, sold, report };
}

test('by days overdue, at any date', async () => {
  const { books, anna, bo, sold, report } = await setting();
  await sold(anna, '2025-11-01', '2025-11-15', 1);
  await sold(anna, '2025-12-01', '2025-12-31', 2);
  await sold(anna, '2026-01-15', '2026-01-30', 4);
  await sold(anna, '2026-02-01', '2026-03-01', 8);
  await sold(anna, '2026-02-20', '2026-03-31', 16);
  await sold(bo, '2026-02-28', null, 32);
  await books.post('2026-03-01', [credit('1500', 5, { business_partner_id: bo }), debit('3000', 5)]);
  await books.post('2026-03-01', [
    credit('2400', 7, { business_partner_id: bo, due_date: '2026-03-02' }),
    debit('6800', 7),
  ]);
  const { body } = await report('receivables', '2026-03-31');
  expect(body.data).toMatchObject([
    { name: 'Anna AS', items: 5, not_due: 16, days_1_30: 8, days_31_60: 4, days_61_90: 2, days_over_90: 1, total: 31 },
    { name: 'Bo AS', items: 2, not_due: -5, days_31_60: 32, total: 27 },
  ]);
  expect(body.totals).toMatchObject({ not_due: 11, days_31_60: 36, total: 58 });
  expect((await report('payables', '2026-03-31')).body.data).toMatchObject([{ name: 'Bo AS', days_1_30: 7, total: 7 }]);
  expect((await report('receivables', '2026-02-10')).body.totals).toMatchObject({
    not_due: 8,
    days_1_30: 4,
    days_31_60: 2,
    days_61_90: 1,
    total: 15,
  });
});

test.each(['html', 'pdf', 'excel'])('as %s', async (format) => {
  const { books, anna, sold } = await setting();
  await sold(anna, '2026-02-01', '2026-03-01', 8);
  const reply = await api.server.inject({
    url: `/api/v2/reports/aged-receivables?client_account_id=${books.clientAccountId}&report_date=2026-03-31&format=${format}`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  expect(reply.statusCode, reply.body.slice(0, 300)).toBe(200);
  if (format === 'html')
    for (const text of ['Aldersfordelte kundefordringer', 'Anna AS', '8,00']) expect(reply.body).toContain(text);
  else expect(reply.rawPayload.length).toBeGreaterThan(1000);
});
