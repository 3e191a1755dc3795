import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { addHouseAccount, addTransactions, write } from '../../../test/support/bank/bank.ts';
import { credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { takeIds } from '../../ledger/index.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf(bankingRoutes, testPlatform());

async function setting() {
  const books = await openBooks();
  const bank = await addHouseAccount(books);
  await write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into bank_statements (client_account_id, id, bank_account_id, from_date, to_date, opening_balance, closing_balance, currency_code)
      values (${books.clientAccountId}, ${id}, ${bank}, '2026-03-01', '2026-03-31', 1000000, 1075000, 'NOK')`);
  });
  await books.post('2026-03-01', [debit('1920', 10_000), credit('2050', 10_000)]);
  const { id: paidOut } = await books.post('2026-03-10', [debit('6800', 250), credit('1920', 250)]);
  const transactions = await addTransactions(books, bank, [
    { amount: -250_00, date: '2026-03-11' },
    { amount: 1000_00, date: '2026-03-20', memo: 'Ukjent' },
  ]);
  const at = (path: string) => `${path}?client_account_id=${books.clientAccountId}&bank_account_id=${bank}`;
  const call = (method: string, path: string, body?: object) =>
    api(method, path, books.token, body && { client_account_id: books.clientAccountId, ...body });
  const pair = () =>
    call('POST', '/banking/matches', {
      matches: [
        {
          transactions: [{ bank_transaction_id: transactions[0]!.id }],
          lines: [{ journal_entry_id: paidOut, line_number: 2 }],
        },
      ],
    });
  return { books, bank, call, at, pair, paidOut };
}

test('bank + b − a = ledger; signed with what was seen, and the seal breaks visibly', async () => {
  const { books, bank, call, at, pair, paidOut } = await setting();
  const before = (await call('GET', `${at('/banking/reconciliation')}&date=2026-03-31`)).body;
  expect(before).toMatchObject({
    bank_balance: '10750.00',
    ledger_balance: '9750.00',
    not_booked_total: '750.00',
    not_in_bank_total: '-250.00',
    unexplained: '0.00',
    opening: { bank: '10000.00', ledger: '10000.00' },
    not_in_bank: [{ journal_entry_id: paidOut, line_number: 2, age_days: 21 }],
  });
  expect((await pair()).status).toBe(201);
  const signed = await call('POST', '/banking/reconciliations', {
    bank_account_id: bank,
    date: '2026-03-31',
    comment: 'mars',
  });
  expect(signed.body).toMatchObject({
    is_intact: true,
    snapshot: { not_booked: [{ amount: '1000.00', text: 'Ukjent' }], not_in_bank: [] },
  });
  expect(
    (await call('POST', '/banking/reconciliations', { bank_account_id: bank, date: '2026-03-31' })).body.details.code,
  ).toBe('reconciliation.already_signed');
  await books.post('2026-03-30', [debit('1920', 5), credit('8050', 5)]);
  expect((await call('GET', at('/banking/reconciliations'))).body.data).toMatchObject([{ is_intact: false }]);
  const reopened = await api('POST', `/banking/reconciliations/${signed.body.id}/reopen`, books.token, {
    reason: 'rente',
  });
  expect(reopened.body).toMatchObject({ reopen_reason: 'rente', is_intact: null });
  expect(
    (await api('POST', `/banking/reconciliations/${signed.body.id}/reopen`, books.token, { reason: 'x' })).body.details
      .code,
  ).toBe('reconciliation.not_signed');
});

test('each of several that are listed is looked at on its own day and account', async () => {
  const { books, bank, call, pair } = await setting();
  await pair();
  const sign = (date: string) => call('POST', '/banking/reconciliations', { bank_account_id: bank, date });
  for (const date of ['2026-03-10', '2026-03-15', '2026-03-31', '2026-04-02'])
    expect((await sign(date)).status).toBe(201);
  const [, reopened] = (await call('GET', `/banking/reconciliations?client_account_id=${books.clientAccountId}`)).body
    .data;
  await api('POST', `/banking/reconciliations/${reopened.id}/reopen`, books.token, { reason: 'prøve' });
  await books.post('2026-03-14', [debit('1920', 5), credit('8050', 5)]);
  const { body } = await call('GET', `/banking/reconciliations?client_account_id=${books.clientAccountId}`);
  expect(
    body.data.map((each: { reconciled_on: string; is_intact: boolean }) => [each.reconciled_on, each.is_intact]),
  ).toEqual([
    ['2026-04-02', false],
    ['2026-03-31', null],
    ['2026-03-15', false],
    ['2026-03-10', true],
  ]);
});

test('a match counts on a day when both sides have come by then', async () => {
  const { call, at, pair } = await setting();
  await pair();
  const between = (await call('GET', `${at('/banking/reconciliation')}&date=2026-03-10`)).body;
  expect(between).toMatchObject({
    bank_balance: '10000.00',
    ledger_balance: '9750.00',
    not_in_bank_total: '-250.00',
    not_booked: [],
    unexplained: '0.00',
  });
});

test('refused where it does not agree, or the bank has said nothing', async () => {
  const { books, bank, call } = await setting();
  expect((await call('POST', '/banking/reconciliations', { bank_account_id: bank, date: '2026-03-31' })).status).toBe(
    201,
  );
  const other = await addHouseAccount(books, { code: '1921' });
  expect(
    (await call('POST', '/banking/reconciliations', { bank_account_id: other, date: '2026-03-31' })).body.details.code,
  ).toBe('reconciliation.no_balance');
  await write(books, (tx) =>
    tx.execute(
      sql`update bank_transactions set amount = amount + 1 where client_account_id = ${books.clientAccountId} and memo = 'Ukjent'`,
    ),
  );
  const refused = await call('POST', '/banking/reconciliations', { bank_account_id: bank, date: '2026-03-30' });
  expect(refused.body.details).toMatchObject({ code: 'reconciliation.does_not_agree' });
});

test.each(['html', 'pdf', 'excel'])('the bank report in %s', async (format) => {
  const { books, at } = await setting();
  const reply = await api.server.inject({
    method: 'GET',
    url: `/api/v2${at('/reports/bank-reconciliation')}&report_date=2026-03-31&format=${format}`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  expect(reply.statusCode, reply.body.slice(0, 300)).toBe(200);
  expect(reply.rawPayload.length).toBeGreaterThan(1000);
  if (format === 'html') expect(reply.body).toContain('Bankavstemming');
});
