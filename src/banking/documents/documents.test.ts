import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { addHouseAccount, addTransactions, read } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { testPlatform } from '../../../test/support/books/books.ts';
import { vatFold } from '../../../test/support/books/vat-notes.ts';
import { cancelEntry } from '../../ledger/index.ts';
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
  const entryLines = async (entryId: number) =>
    (
      await read(books, (tx) =>
        tx.rows<{ account_code: string; amount: number; tax_code: string | null }>(sql`
          select account_code, debit - credit as amount, tax_code from journal_entry_lines
          where client_account_id = ${books.clientAccountId} and entry_id = ${entryId} order by line_no`),
      )
    ).map(({ account_code, amount, tax_code }) => `${account_code} ${amount / 100}${tax_code ? ` ${tax_code}` : ''}`);
  return { books, partner, call, create, entryLines };
}

test.each([
  ['ARINV', '3000', '3', ['1500 1250', '3000 -1000 3', '2700 -250 3']],
  ['ARCRN', '3000', '3', ['1500 -1250', '3000 1000 3', '2700 250 3']],
  ['APINV', '6800', '1', ['2400 -1250', '6800 1000 1', '2710 250 1']],
  ['APCRN', '6800', '1', ['2400 1250', '6800 -1000 1', '2710 -250 1']],
  ['RECPT', '6800', null, ['2400 -1000', '6800 1000']],
] as const)('%s is posted with its VAT and is paid by a settlement', async (type, account, tax, posted) => {
  const { books, create, entryLines, call } = await setting();
  const made = await create({
    document_type: type,
    document_number: '1001',
    due_date: '2026-03-15',
    lines: [{ account_code: account, amount: '1000.00', tax_code: tax }],
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const gross = tax ? '1250.00' : '1000.00';
  expect(made.body).toMatchObject({
    document_status: 'POSTED',
    payment_status: 'UNPAID',
    gross_amount: gross,
    net_amount: '1000.00',
    pending_payment_amount: gross,
  });
  expect(await entryLines(made.body.journal_entry_id)).toEqual(posted);
  const bank = await addHouseAccount(books);
  const sign = posted[0].includes('-') ? -1 : 1;
  const [paid] = await addTransactions(books, bank, [{ amount: sign * 250_00 }]);
  const matched = await call('POST', '/banking/matches', {
    client_account_id: books.clientAccountId,
    matches: [
      {
        transactions: [{ bank_transaction_id: paid!.id }],
        items: [{ journal_entry_id: made.body.journal_entry_id, line_number: 1 }],
      },
    ],
  });
  expect(matched.status, JSON.stringify(matched.body)).toBe(201);
  const after = await call('GET', `/documents/${made.body.id}`);
  expect(after.body).toMatchObject({
    payment_status: 'PARTIALLY_PAID',
    pending_payment_amount: tax ? '1000.00' : '750.00',
  });
  expect((await call('DELETE', `/documents/${made.body.id}`)).body.details).toMatchObject({
    code: 'commercial_documents.is_settled',
  });
  await call('POST', `/banking/matches/${matched.body.data[0].id}/undo`, { reason: 'feil' });
  const cancelled = await call('DELETE', `/documents/${made.body.id}`);
  expect(cancelled.body).toMatchObject({
    document_status: 'CANCELLED',
    payment_status: 'NOT_PAYABLE',
    is_active: false,
  });
  expect(await findings(books)).toEqual([]);
});

test('in euro: claim in both currencies', async () => {
  const { books, create, entryLines } = await setting();
  const made = await create({
    document_type: 'ARINV',
    currency_code: 'EUR',
    exchange_rate: '11.50',
    lines: [{ account_code: '3110', amount: '100.00', tax_code: '52' }],
  });
  expect(made.body).toMatchObject({ gross_amount: '100.00', currency_code: 'EUR', pending_payment_amount: '100.00' });
  expect(await entryLines(made.body.journal_entry_id)).toEqual(['1501 1150', '3110 -1150 52']);
  expect(await findings(books)).toEqual([]);
});

const threeTimes9999 = Array.from({ length: 3 }, () => ({ account_code: '6800', amount: '99.99', tax_code: '1' }));
test.each([
  [{}, 'line', '374.97'],
  [{ gross_amount: '374.97' }, 'line', '374.97'],
  [{ gross_amount: '374.96' }, 'total', '374.96'],
  [{ vat_rounding: 'total' }, 'total', '374.96'],
  [{ vat_rounding: 'total', gross_amount: 374.96 }, 'total', '374.96'],
])('3 × 99.99 with %j: VAT by %s', async (given, rounding, gross) => {
  const { books, create, entryLines } = await setting();
  const made = await create({ document_type: 'APINV', lines: threeTimes9999, ...given });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body).toMatchObject({ gross_amount: gross, vat_rounding: rounding });
  const last = rounding === 'line' ? '2710 25 1' : '2710 24.99 1';
  const twice = ['6800 99.99 1', '2710 25 1'];
  const lines = [`2400 -${gross}`, ...twice, ...twice, '6800 99.99 1', last];
  expect((await entryLines(made.body.journal_entry_id)).toSorted()).toEqual(lines.toSorted());
  expect(await vatFold(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
});

test('a gross amount that neither rounding gives is refused with both; a draft says what it was told', async () => {
  const { create, call } = await setting();
  const refused = await create({ document_type: 'APINV', lines: threeTimes9999, gross_amount: '374.95' });
  expect(refused).toMatchObject({ status: 400, body: { details: { computed: '374.97 / 374.96' } } });
  const said = { vat_rounding: 'line', gross_amount: '374.96' };
  expect(await create({ document_type: 'APINV', lines: threeTimes9999, ...said })).toMatchObject({
    status: 400,
    body: { details: { code: 'commercial_documents.gross_differs' } },
  });
  const draft = await create({ document_type: 'APINV', document_status: 'DRAFT', lines: threeTimes9999 });
  expect(draft.body).toMatchObject({ gross_amount: '374.97', vat_rounding: 'line' });
  const changed = await call('PATCH', `/documents/${draft.body.id}`, { gross_amount: '374.96' });
  expect(changed.body).toMatchObject({ gross_amount: '374.96', vat_rounding: 'total' });
  const posted = await call('PATCH', `/documents/${draft.body.id}`, { document_status: 'POSTED' });
  expect(posted.body).toMatchObject({ document_status: 'POSTED', gross_amount: '374.96', vat_rounding: 'total' });
});

test('in euro with VAT: the debt is the gross amount at the rate, once', async () => {
  const { books, create, entryLines } = await setting();
  const made = await create({
    document_type: 'APINV',
    currency_code: 'EUR',
    exchange_rate: '11.4325',
    lines: [1, 2, 3].map((i) => ({ account_code: '6800', amount: `0.${i}3`, tax_code: '1' })),
  });
  // 0.69 + 0.03 + 0.06 + 0.08 = 0.86 euro.
  expect(made.body).toMatchObject({ gross_amount: '0.86', tax_amount: '0.17' });
  expect((await entryLines(made.body.journal_entry_id))[0]).toBe('2401 -9.83');
  expect(await vatFold(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
});

test('a draft changes and is posted; a posted one keeps what was posted', async () => {
  const { books, create, call } = await setting();
  const lines = [{ account_code: '3000', amount: 100, tax_code: '3' }];
  const draft = await create({ document_type: 'ARINV', document_status: 'DRAFT', lines });
  expect(draft.body).toMatchObject({ document_status: 'DRAFT', journal_entry_id: null, gross_amount: '125.00' });
  const posted = await call('PATCH', `/documents/${draft.body.id}`, {
    document_status: 'POSTED',
    lines: [{ account_code: '3000', amount: 200, tax_code: '3' }],
  });
  expect(posted.body).toMatchObject({ document_status: 'POSTED', gross_amount: '250.00' });
  const due = await call('PATCH', `/documents/${draft.body.id}`, {
    due_date: '2026-04-01',
    payment_lines: [{ due_date: '2026-04-01', amount: 250 }],
  });
  expect(due.body).toMatchObject({
    due_date: '2026-04-01',
    gross_amount: '250.00',
    payment_lines: [{ amount: '250.00' }],
    lines: [{ amount: '200.00' }],
  });
  expect((await call('PATCH', `/documents/${draft.body.id}`, { lines })).body.details).toMatchObject({
    code: 'commercial_documents.posted_is_final',
  });
  await expect(books.run(cancelEntry, { id: posted.body.journal_entry_id, reason: 'x' })).rejects.toMatchObject({
    code: 'ledger.entry_is_document',
  });
  const list = await call(
    'GET',
    `/documents?client_account_id=${books.clientAccountId}&payment_status=UNPAID&document_type=ARINV,ARCRN&gross_amount=250`,
  );
  expect(list.body).toMatchObject({ meta: { records: 1 }, data: [{ id: draft.body.id }] });
  expect(await findings(books)).toEqual([]);
});

test('a line that the ledger has becomes a document once', async () => {
  const { books, partner, create } = await setting();
  const { id } = await books.post('2026-02-01', [
    debit('1500', 300, { business_partner_id: partner }),
    credit('3200', 300),
  ]);
  const made = await create({ document_type: 'ARINV', journal_entry_id: id });
  expect(made.body).toMatchObject({ document_status: 'POSTED', journal_entry_line_number: 1, gross_amount: '300.00' });
  for (const [body, reason] of [
    [{ document_type: 'ARINV' }, /claim of document/],
    [{ document_type: 'ARCRN' }, /claim of document/],
  ] as const) {
    const again = await create({ ...body, journal_entry_id: id });
    expect(again.body).toMatchObject({
      error: expect.stringMatching(reason),
      details: { code: 'commercial_documents.wrong_line' },
    });
  }
  expect(await findings(books)).toEqual([]);
});

test.each([
  [{ document_type: 'ARINV', lines: [{ account_code: '3000', amount: '1.234' }] }, 'lines[0].amount'],
  [{ document_type: 'ARINV', lines: [{ account_code: '3000', amount: 0 }] }, 'lines[0].amount'],
  [{ document_type: 'ARINV', due_date: '2026-02-01', lines: [] }, 'due_date'],
  [{ document_type: 'ARINV', due_date: '2026-02-30' }, 'due_date'],
  [{ document_type: 'ARINV', payment_reference: '12345' }, 'payment_reference'],
  [{ document_type: 'ARINV', currency_code: 'EUR' }, 'exchange_rate'],
  [{ document_type: 'APINV', business_partner_id: 99 }, 'business_partner_id'],
  [{ document_type: 'ARINV', document_status: 'POSTED' }, 'lines'],
  [{ document_type: 'XX' }, 'document_type'],
])('refused: %j', async (body, path) => {
  const { create } = await setting();
  const answer = await create(body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(path);
});

test('a draft that ten post at the same moment, with equal or different lines, has one entry', async () => {
  const { books, create, call } = await setting();
  const lines = [{ account_code: '3000', amount: 100, tax_code: '3' }];
  for (const amountOf of [() => 100, (i: number) => 100 + i]) {
    const draft = await create({ document_type: 'ARINV', document_status: 'DRAFT', lines });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        call('PATCH', `/documents/${draft.body.id}`, {
          document_status: 'POSTED',
          lines: [{ account_code: '3000', amount: amountOf(i), tax_code: '3' }],
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  }
  const { entries } = await read(books, (tx) =>
    tx.one<{ entries: number }>(sql`
      select count(*) as entries from journal_entries
      where client_account_id = ${books.clientAccountId} and source = 'document'`),
  );
  expect(entries).toBe(2);
  expect(await findings(books)).toEqual([]);
});
