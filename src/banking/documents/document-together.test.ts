import { expect, test } from 'vitest';
import { addHouseAccount } from '../../../test/support/bank/bank.ts';
import { addPartner, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf(bankingRoutes, testPlatform());

async function setting() {
  const books = await openBooks();
  const partner = await addPartner(books);
  const bank = await addHouseAccount(books);
  const call = (method: string, path: string, body?: object) => api(method, path, books.token, body);
  const create = (body: object) =>
    call('POST', '/documents', {
      client_account_id: books.clientAccountId,
      document_type: 'APINV',
      document_date: '2026-03-01',
      due_date: '2026-03-15',
      business_partner_id: partner,
      ...body,
    });
  return { bank, call, create };
}

test('bills that arrive together are what each would be alone', async () => {
  const { bank, call, create } = await setting();
  const numbers = Array.from({ length: 10 }, (_, i) => String(i + 1));
  const answers = await Promise.all(
    numbers.map((number) =>
      create({
        document_number: number,
        lines: [
          { account_code: '6800', quantity: number, unit_price: '99.995', tax_code: '1', description: 'Rekvisita' },
          { account_code: '4300', amount: '12.50' },
        ],
        payment_lines: [{ due_date: '2026-03-15', amount: number, bank_account_id: bank, message: `bilag ${number}` }],
      }),
    ),
  );
  for (const [i, { status, body }] of answers.entries()) {
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({
      document_number: numbers[i],
      document_status: 'POSTED',
      lines: [
        { line_number: 1, account_code: '6800', tax_code: '1', quantity: numbers[i], unit_price: '99.995' },
        { line_number: 2, account_code: '4300', amount: '12.50', quantity: null },
      ],
      payment_lines: [{ amount: `${numbers[i]}.00`, bank_account_id: bank, message: `bilag ${numbers[i]}` }],
    });
    expect((await call('GET', `/documents/${body.id}`)).body).toEqual(body);
  }
  expect(new Set(answers.map(({ body }) => body.journal_entry_id)).size).toBe(10);
});

test('of bills with one number one is posted, and the others are told which', async () => {
  const { create } = await setting();
  const lines = [{ account_code: '6800', amount: '100.00' }];
  const answers = await Promise.all(
    Array.from({ length: 9 }, (_, i) => create({ document_number: i < 6 ? 'A-1' : `B-${i}`, lines })),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made.map(({ body }) => String(body.document_number)).toSorted()).toEqual(['A-1', 'B-6', 'B-7', 'B-8']);
  const first = made.find(({ body }) => body.document_number === 'A-1')!;
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(5);
  for (const { status, body } of refused) {
    expect(status).toBe(409);
    expect(JSON.stringify(body)).toContain(String(first.body.id));
  }
});
