import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { houseAccount } from '../../../test/support/bank/bank-import.ts';
import { addPartner, type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../index.ts';

const api = apiOf(bankingRoutes, testPlatform());
const english = { 'accept-language': 'en' };

const post = (books: Books, path: string, body?: object) => api('POST', path, books.token, body, english);
const fieldsOf = ({ body }: { body: any }) =>
  body.details?.fields && [...new Set(body.details.fields.map(({ path }: any) => path))];

async function withAccount() {
  const books = await openBooks();
  const account = await houseAccount(books, '15034011238');
  const enter = async (more: object = {}) => {
    const made = await post(books, '/bank-transactions', {
      client_account_id: books.clientAccountId,
      payee_bank_account_id: account,
      amount: '2500.00',
      currency_code: 'NOK',
      booking_date: '2024-03-15',
      ...more,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body;
  };
  return { books, account, enter };
}

describe('a bank transaction', () => {
  test('of the specification: what is created, and what is fetched with its details', async () => {
    const { books, account, enter } = await withAccount();
    const made = await enter({
      payor_name: 'ACME Corp',
      value_date: '2024-03-15',
      memo: 'Invoice 1042',
      id: 7,
      external_reconciled_amount: '3',
    });
    expect(made).toEqual({
      id: made.id,
      client_account_id: books.clientAccountId,
      payee_name: null,
      payee_bank_account_id: account,
      payor_name: 'ACME Corp',
      payor_bank_account_id: null,
      message_id: null,
      payment_id: null,
      instruction_id: null,
      end_to_end_id: null,
      booking_date: '2024-03-15',
      value_date: '2024-03-15',
      memo: 'Invoice 1042',
      instructed_amount: null,
      instructed_currency_code: null,
      instructed_exchange_rate: null,
      amount: '2500.00',
      currency_code: 'NOK',
      exchange_rate: '1.0000',
      bank_reference: null,
      external_reconciled_amount: '0.00',
    });
    const { body } = await api('GET', `/bank-transactions/${made.id}`, books.token);
    expect(body).toEqual({ ...made, details: [expect.any(Object)] });
    expect(body.details[0]).toEqual({
      id: expect.any(Number),
      transaction_type: 'CREDIT',
      account_name: null,
      account_number: '15034011238',
      account_currency_code: 'NOK',
      archive_reference: null,
      structured_reference: null,
      bank_information: null,
      amount: '2500.00',
      currency_code: 'NOK',
      description: 'Invoice 1042',
      booking_date: '2024-03-15',
      value_date: '2024-03-15',
      invoice_number: null,
      sender_name: 'ACME Corp',
      sender_account: null,
      receiver_name: null,
      receiver_account: '15034011238',
      transaction_uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      statement_uuid: null,
    });
  });

  test('with all relations; an unknown one is refused', async () => {
    const { books, enter } = await withAccount();
    const { id } = await enter();
    const all = 'receivable_payments,questions,statements,reconciled_documents,details';
    expect((await api('GET', `/bank-transactions/${id}?with=${all}`, books.token)).body).toMatchObject({
      details: [{}],
      receivable_payments: [],
      questions: [],
      statements: [],
      reconciled_documents: [],
    });
    expect((await api('GET', `/bank-transactions/${id}?with=lines`, books.token)).status).toBe(400);
  });

  test.each([
    [{ amount: undefined }, ['amount']],
    [{ currency_code: undefined }, ['currency_code']],
    [{ client_account_id: undefined }, ['client_account_id']],
    [{ payee_bank_account_id: undefined }, ['payee_bank_account_id']],
    [{ amount: '-5.00' }, ['payor_bank_account_id']],
    [{ amount: '0.00' }, ['amount']],
    [{ amount: '1.001' }, ['amount']],
    [{ amount: 'ti' }, ['amount']],
    [{ currency_code: 'EUR' }, ['payee_bank_account_id']],
    [{ currency_code: 'kr' }, ['currency_code']],
    [{ booking_date: '2026-02-30' }, ['booking_date']],
    [{ value_date: '15.03.2024' }, ['value_date']],
    [{ payee_bank_account_id: 5 }, ['payee_bank_account_id']],
    [{ payor_bank_account_id: 5 }, ['payor_bank_account_id']],
    [{ instructed_amount: '10.000001', instructed_currency_code: 'USD' }, ['instructed_amount']],
    [{ instructed_amount: '10' }, ['instructed_currency_code']],
    [{ exchange_rate: '-1' }, ['exchange_rate']],
    [{ exchange_rate: '0' }, ['exchange_rate']],
    [{ colour: 'red' }, ['colour']],
  ])('is refused: %j', async (more, paths) => {
    const { books, account } = await withAccount();
    const given = {
      client_account_id: books.clientAccountId,
      payee_bank_account_id: account,
      amount: '2500.00',
      currency_code: 'NOK',
      ...more,
    };
    const answer = await post(books, '/bank-transactions', given);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, paths]);
  });

  test("a partner's account and one out of use are not ours to receive on", async () => {
    const { books, account } = await withAccount();
    const partners = await houseAccount(books, '60056123450', { business_partner_id: await addPartner(books) });
    const body = { client_account_id: books.clientAccountId, amount: 1, currency_code: 'NOK' };
    for (const id of [partners, account]) {
      if (id === account) await api('DELETE', `/bank-accounts/${account}`, books.token);
      const refused = await post(books, '/bank-transactions', { ...body, payee_bank_account_id: id });
      expect([refused.status, fieldsOf(refused)]).toEqual([400, ['payee_bank_account_id']]);
    }
  });

  test('403 for the client accounts of others', async () => {
    const { enter } = await withAccount();
    const { id, client_account_id, payee_bank_account_id } = await enter();
    const books = await openBooks();
    for (const path of [
      `/bank-transactions/${id}`,
      `/bank-transactions/${id}/statements`,
      `/bank-transactions?client_account_id=${client_account_id}`,
      `/bank-transactions?bank_account_id=${payee_bank_account_id}`,
    ])
      expect((await api('GET', path, books.token)).status, path).toBe(403);
    const body = { client_account_id, amount: 1, currency_code: 'NOK', payee_bank_account_id };
    expect((await post(books, '/bank-transactions', body)).status).toBe(403);
    expect((await post(books, `/bank-transactions/${id}/statements`, {})).status).toBe(403);
    expect((await api('GET', `/bank-transactions/${books.clientAccountId * 2 ** 31 + 5}`, books.token)).status).toBe(
      404,
    );
  });
});

describe('the list', () => {
  async function filled() {
    const { books, account, enter } = await withAccount();
    const other = await houseAccount(books, '60056123450');
    for (const [booking_date, amount] of [
      ['2026-01-05', '7.00'],
      ['2026-01-02', '9.00'],
      ['2026-01-02', '3.00'],
      ['2026-02-01', '1.00'],
    ] as const)
      await enter({ booking_date, amount });
    await enter({
      booking_date: '2026-01-02',
      amount: '-4.00',
      payee_bank_account_id: account === 0 ? null : other,
      payor_bank_account_id: account,
    });
    await enter({ booking_date: undefined, amount: '2.00' });
    await enter({ booking_date: '2026-01-03', amount: '6.00', payee_bank_account_id: other });
    const list = async (query: string) => {
      const { status, body } = await api('GET', `/bank-transactions?${query}`, books.token);
      expect(status, JSON.stringify(body)).toBe(200);
      return { amounts: body.data.map((one: any) => one.amount), meta: body.meta };
    };
    return { books, account, other, list };
  }

  test('by booking date and amount; pages from both ends; every filter', async () => {
    const { account, other, list } = await filled();
    const all = ['-4.00', '3.00', '9.00', '6.00', '7.00', '1.00', '2.00'];
    expect(await list('')).toEqual({ amounts: all, meta: { page: 1, pages: 1, per_page: 50, records: 7 } });
    for (const order of ['booking_date asc, amount asc', '-booking_date,-amount', 'amount asc', '-amount', 'id asc']) {
      const whole = (await list(`order_by=${order}`)).amounts;
      const pages = await Promise.all([1, 2, 3, 4].map((page) => list(`order_by=${order}&per_page=2&page=${page}`)));
      expect(
        pages.flatMap((page) => page.amounts),
        order,
      ).toEqual(whole);
    }
    expect((await list('order_by=amount desc')).amounts).toEqual([...all].sort((a, b) => Number(b) - Number(a)));
    expect((await list('page=9')).amounts).toEqual([]);
    expect((await list(`bank_account_id=${other}`)).amounts).toEqual(['6.00']);
    expect((await list(`bank_account_id=${account}&from_date=2026-01-02&to_date=2026-01-05`)).amounts).toEqual([
      '-4.00',
      '3.00',
      '9.00',
      '7.00',
    ]);
    expect((await list('from_date=2026-01-03')).meta.records).toBe(3);
    expect((await list('to_date=2026-01-01')).meta).toEqual({ page: 1, pages: 1, per_page: 50, records: 0 });
  });

  test('what is externally reconciled is there unless it is asked not to be', async () => {
    const { books, list } = await filled();
    await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`update bank_transactions set external_reconciled_amount = case when amount = 900 then 900 else 100 end
        where client_account_id = ${books.clientAccountId} and amount in (900, 700)`),
    );
    expect((await list('')).meta.records).toBe(7);
    const rest = await list('include_externally_reconciled=false');
    expect(rest).toEqual({
      amounts: ['-4.00', '3.00', '6.00', '7.00', '1.00', '2.00'],
      meta: expect.objectContaining({ records: 6 }),
    });
  });

  test.each([
    'from_date=2026-02-30',
    'order_by=colour',
    'per_page=0',
    'page=0',
    'include_externally_reconciled=maybe',
    'with=x',
    'bank_account=1',
  ])('refuses %s', async (query) => {
    expect((await api('GET', `/bank-transactions?${query}`, (await openBooks()).token)).status).toBe(400);
  });
});

describe('a statement on a transaction', () => {
  test('closes open questions for a file or a statement, and is shown with its relations', async () => {
    const { books, enter } = await withAccount();
    const { id } = await enter();
    const ask = async (type: string) =>
      (
        await post(books, '/questions', {
          client_account_id: books.clientAccountId,
          bank_transaction_id: id,
          question: 'Hva er dette?',
          type,
          answer_options: ['Lunsj', { option: 'Gave' }],
        })
      ).body;
    const [file, statement, other] = [await ask('ATTACH_FILE'), await ask('STATEMENT'), await ask('QUESTION')];
    const partner = await addPartner(books);
    const made = await post(books, `/bank-transactions/${id}/statements`, {
      category: 'INVOICE',
      business_partner_id: partner,
      comment: 'Invoice payment received',
      client_account_id: 99,
      bank_transaction_id: 99,
      created_by_id: 99,
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        created_at: '2026-03-15T10:00:00Z',
        created_by_id: books.userId,
        client_account_id: books.clientAccountId,
        bank_transaction_id: id,
        category: 'INVOICE',
        business_partner_id: partner,
        voucher_id: null,
        comment: 'Invoice payment received',
      },
    });
    const statuses = [];
    for (const question of [file, statement, other])
      statuses.push((await api('GET', `/questions/${question.id}`, books.token)).body.question_status);
    expect(statuses).toEqual(['CLOSED', 'CLOSED', 'OPEN']);
    const list = await api(
      'GET',
      `/bank-transactions/${id}/statements?with=bank_transaction,business_partner,voucher`,
      books.token,
    );
    expect(list.body).toEqual([
      {
        ...made.body,
        bank_transaction: expect.objectContaining({ id }),
        business_partner: expect.objectContaining({ id: partner }),
        voucher: null,
      },
    ]);
    const answered = await api('PUT', `/questions/${other.id}`, books.token, {
      selected_answer_option_ids: [other.answer_options[1].id],
    });
    expect(answered.body).toMatchObject({
      question_status: 'ANSWERED',
      answer_options: [{ selected_answer: false }, { selected_answer: true }],
    });
    expect((await api('PUT', `/questions/${file.id}`, books.token, { answer: 'nei' })).body.details.code).toBe(
      'banking.question_closed',
    );
    expect(
      (await api('GET', `/questions?client_account_id=${books.clientAccountId}&status=CLOSED`, books.token)).body,
    ).toMatchObject({ meta: { records: 2, per_page: 25 } });
    expect((await api('GET', `/bank-transactions/${id}?with=questions,statements`, books.token)).body).toMatchObject({
      questions: [{}, {}, {}],
      statements: [{ id: made.body.id }],
    });
  });

  test.each([
    [undefined, undefined],
    [{ category: 'lunch' }, ['category']],
    [{ category: 'A1' }, ['category']],
    [{ category: 5 }, ['category']],
    [{ business_partner_id: 4, voucher_id: 5 }, ['business_partner_id', 'voucher_id']],
    [{ comment: 7 }, ['comment']],
  ])('is refused: %j', async (body, paths) => {
    const { books, enter } = await withAccount();
    const { id } = await enter();
    const answer = await post(books, `/bank-transactions/${id}/statements`, body);
    expect(answer.status).toBe(400);
    if (paths) expect(fieldsOf(answer)).toEqual(paths);
  });

  test('categories are listed', async () => {
    const { body } = await api(
      'GET',
      '/bank-transaction-statement-categories',
      (await openBooks()).token,
      undefined,
      english,
    );
    expect(body).toContainEqual({ code: 'BANK_FEE', name: 'Bank fee', account_code: '7770' });
  });
});

describe('a bank statement', () => {
  async function entered(more: object = {}) {
    const { books, account } = await withAccount();
    const enter = (given: object) =>
      post(books, '/bank-statements', {
        client_account_id: books.clientAccountId,
        bank_account_id: account,
        opening_balance: '100.00',
        closing_balance: '130.00',
        from_date: '2026-01-05',
        to_date: '2026-01-06',
        transactions: [
          { amount: '50.00', booking_date: '2026-01-05', payor_name: 'Kunde' },
          { amount: -20, booking_date: '2026-01-06', payee_name: 'Leverandør' },
        ],
        ...given,
      });
    return { books, account, enter, answer: await enter(more) };
  }

  test('stands with its transactions, under both names, and next to the statements beside it', async () => {
    const { books, account, enter, answer } = await entered();
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body).toMatchObject({
      opening_balance: '100.00',
      closing_balance: '130.00',
      transactions: [
        { amount: '50.00', payee_bank_account_id: account, payor_name: 'Kunde' },
        { amount: '-20.00', payor_bank_account_id: account, payee_name: 'Leverandør' },
      ],
    });
    const fetched = await api('GET', `/banking/bank-statements/${answer.body.id}?with=transactions`, books.token);
    expect(fetched.body).toEqual(answer.body);
    const next = { from_date: '2026-01-07', to_date: '2026-01-07', transactions: [] };
    expect((await enter({ ...next, opening_balance: '131.00', closing_balance: '131.00' })).body.details.code).toBe(
      'banking.statement_breaks_chain',
    );
    expect((await enter({ ...next, opening_balance: '130.00', closing_balance: '130.00' })).status).toBe(201);
    expect((await enter({})).body.details.code).toBe('banking.statement_overlaps');
    const list = await api('GET', `/bank-statements?bank_account_id=${account}`, books.token);
    expect(list.body.meta.records).toBe(2);
  });

  test.each([
    [{ closing_balance: '131.00' }, 'banking.statement_unbalanced', undefined],
    [{ closing_balance: '1.234' }, 'request.invalid', ['closing_balance']],
    [{ bank_account_id: 6 }, 'request.invalid', ['bank_account_id']],
    [{ to_date: '2026-01-04' }, 'request.invalid', ['to_date']],
    [{ transactions: [], from_date: undefined }, 'request.invalid', ['from_date']],
    [
      { transactions: [{ amount: '30.00', booking_date: '2026-01-09' }] },
      'request.invalid',
      ['transactions[0].booking_date'],
    ],
    [{ transactions: [{ amount: '0', booking_date: '2026-01-05' }] }, 'request.invalid', ['transactions[0].amount']],
    [{ currency_code: 'EUR' }, 'request.invalid', ['currency_code']],
  ])('is refused whole: %j', async (more, code, paths) => {
    const { books, answer } = await entered(more);
    expect([answer.status, answer.body.details.code, fieldsOf(answer)]).toEqual([400, code, paths]);
    expect((await api('GET', '/bank-transactions', books.token)).body.meta.records).toBe(0);
  });
});
