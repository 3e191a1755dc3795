import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { oneAndItsReplays, oneOfMany } from '../../../test/support/http/at-once.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { write } from '../../../test/support/bank/bank.ts';
import { testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { accountNumber, addPerson, openPayer, type Payer } from '../../../test/support/bank/payments.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { makeKid } from '../../kernel/kid.ts';
import type { CreditTransferMessage } from '../credit-transfer.ts';
import { writePain001 } from '../pain001.ts';
import { paymentRoutes } from './payment-orders.routes.ts';

// 15 March 2026 is a Sunday.
const api = apiOf([...paymentRoutes, ...bankingRoutes], testPlatform());
const SCHEMA = '../shared/reference/banking/xsd/pain.001.001.09.xsd';
const folder = mkdtempSync(join(tmpdir(), 'hb-pain-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function prepared(payer: Payer, more: object = { due_until: '2026-03-31' }, token = payer.books.token) {
  return api('POST', '/payment-orders', token, {
    client_account_id: payer.books.clientAccountId,
    bank_account_id: payer.bankAccountId,
    ...more,
  });
}

const paymentsOf = async (payer: Payer, id: number) =>
  (await api('GET', `/payment-orders/${id}/payments`, payer.books.token)).body.data;

/** The errors that xmllint reports. */
function invalid(xml: string): string {
  const file = join(folder, 'order.xml');
  writeFileSync(file, xml);
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', SCHEMA, file], { encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}

const canValidate = existsSync(SCHEMA) && spawnSync('xmllint', ['--version']).status === 0;

describe('preparing', () => {
  test('gathers what is due, with KID or text, on a banking day; the rest is told', async () => {
    const payer = await openPayer();
    const kid = makeKid('1234567', 'MOD10');
    const one = await payer.supplier();
    const none = await payer.supplier([], 'Uten konto AS');
    await payer.bill(one, 1000, { payment_reference: kid });
    await payer.bill(one, 250.5, { due_date: '2026-03-21' });
    await payer.bill(one, 99, { due_date: '2026-04-30' });
    const left = await payer.bill(none, 10);
    await payer.bill(one, 1, { document_type: 'APCRN' });
    const { status, body } = await prepared(payer);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'PREPARED', payment_count: 2, total_amount: '1250.50', left_out_count: 1 });
    expect(body.left_out).toEqual([{ document_id: left.id, problem: 'mottakeren mangler et gyldig kontonummer' }]);
    expect(await paymentsOf(payer, body.id)).toMatchObject([
      { amount: '1000.00', payment_reference: kid, message: null, execution_date: '2026-03-16' },
      { amount: '250.50', payment_reference: null, message: 'Faktura F2', execution_date: '2026-03-23' },
    ]);
  });

  test.each<[string, (payer: Payer) => Promise<object>, string]>([
    ['neither documents nor a day', async () => ({}), '400 documents'],
    ['an unknown document', async () => ({ documents: [{ document_id: 7 }] }), '400 documents[0].document_id'],
    [
      'a claim of ours',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1, {
          document_type: 'ARINV',
          lines: [{ account_code: '3000', amount: 1 }],
        });
        return { documents: [{ document_id: id }] };
      },
      '400 documents[0].document_id',
    ],
    [
      'two account numbers',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier([accountNumber(), accountNumber()]), 1);
        return { documents: [{ document_id: id }] };
      },
      '400 documents[0].document_id',
    ],
    [
      'an account of somebody else',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1);
        return { documents: [{ document_id: id, account_number: accountNumber() }] };
      },
      '400 documents[0].document_id',
    ],
    [
      'no account number at all',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1);
        return { documents: [{ document_id: id, account_number: '1234' }] };
      },
      '400 documents[0].account_number',
    ],
    [
      'a day that has passed',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1);
        return { documents: [{ document_id: id, execution_date: '2026-03-14' }] };
      },
      '400 documents[0].execution_date',
    ],
    [
      'the same document twice',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1);
        return { documents: [{ document_id: id }, { document_id: id }] };
      },
      '400 documents[1].document_id',
    ],
    [
      'dollars',
      async (payer) => {
        const { id } = await payer.bill(await payer.supplier(), 1, { currency_code: 'USD', exchange_rate: '10' });
        return { documents: [{ document_id: id }] };
      },
      '400 documents[0].document_id',
    ],
    ['another’s bank account', async () => ({ bank_account_id: 9, due_until: '2026-03-31' }), '400 bank_account_id'],
    ['nothing that is due', async () => ({ due_until: '2026-01-01' }), '409 payments.nothing_to_pay'],
  ])('refuses %s', async (_, make, expected) => {
    const payer = await openPayer();
    const { status, body } = await prepared(payer, await make(payer));
    const found = status === 400 ? body.details.fields.map(({ path }: { path: string }) => path) : [body.details.code];
    expect(`${status} ${found.join(' ')}`).toBe(expected);
    const orders = await api(
      'GET',
      `/payment-orders?client_account_id=${payer.books.clientAccountId}`,
      payer.books.token,
    );
    expect(orders.body.data).toEqual([]);
  });

  test('a document is in one live order: ten at once end in one, a cancelled one frees it', async () => {
    const payer = await openPayer();
    const bill = await payer.bill(await payer.supplier(), 500);
    const wish = {
      method: 'POST',
      path: '/payment-orders',
      body: {
        client_account_id: payer.books.clientAccountId,
        bank_account_id: payer.bankAccountId,
        documents: [{ document_id: bill.id }],
      },
    };
    await oneOfMany(api, payer.books, wish, false);
    const { body } = await api(
      'GET',
      `/payment-orders?client_account_id=${payer.books.clientAccountId}`,
      payer.books.token,
    );
    const { id } = body.data[0];
    const again = await prepared(payer, { documents: [{ document_id: bill.id }] });
    expect([again.status, again.body.details.code]).toEqual([409, 'payments.in_order']);
    await expect(
      write(payer.books, (tx) =>
        tx.execute(sql`
          insert into outgoing_payments select (p).* from (select p from outgoing_payments p
            where client_account_id = ${payer.books.clientAccountId}) x`),
      ),
    ).rejects.toMatchObject({ code: '23505' });
    const cancelled = await api('DELETE', `/documents/${bill.id}`, payer.books.token);
    expect([cancelled.status, cancelled.body.details.code]).toEqual([409, 'commercial_documents.in_payment']);
    await oneOfMany(api, payer.books, { method: 'POST', path: `/payment-orders/${id}/cancel`, body: {} }, false);
    expect((await prepared(payer, { documents: [{ document_id: bill.id }] })).status).toBe(201);
  });

  test('equal requests under one key are one order', async () => {
    const payer = await openPayer();
    await payer.bill(await payer.supplier(), 500);
    await oneAndItsReplays(api, payer.books, {
      method: 'POST',
      path: '/payment-orders',
      body: {
        client_account_id: payer.books.clientAccountId,
        bank_account_id: payer.bankAccountId,
        due_until: '2026-03-31',
      },
    });
    const list = `/payment-orders?client_account_id=${payer.books.clientAccountId}`;
    expect((await api('GET', list, payer.books.token)).body.meta.records).toBe(1);
  });

  test('lines of a document are paid each once, and never more than what is open', async () => {
    const payer = await openPayer();
    const bill = await payer.bill(await payer.supplier(), 300, {
      payment_lines: [
        { due_date: '2026-03-16', amount: 100, message: 'første rate' },
        { due_date: '2026-04-16', amount: 200, message: 'andre rate' },
      ],
    });
    const first = await prepared(payer, { due_until: '2026-03-31' });
    expect(first.body).toMatchObject({ payment_count: 1, total_amount: '100.00' });
    const changed = await api('PATCH', `/documents/${bill.id}`, payer.books.token, {
      payment_lines: [{ due_date: '2026-03-16', amount: 300 }],
    });
    expect(changed.body.details.code).toBe('commercial_documents.in_payment');
    const noted = await api('PATCH', `/documents/${bill.id}`, payer.books.token, { memo: 'to rater' });
    expect(noted.body.payment_lines.map(({ id }: { id: number }) => id)).toEqual(
      bill.payment_lines.map(({ id }) => id),
    );
    const second = await prepared(payer, { due_until: '2026-04-30' });
    expect(second.body).toMatchObject({ payment_count: 1, total_amount: '200.00' });
  });
});

describe('approving', () => {
  test('by somebody else where the client account says so, and by who may', async () => {
    const payer = await openPayer();
    const { books } = payer;
    const [accountant, bookkeeper, employee] = [
      await addPerson(books, 'AA'),
      await addPerson(books, 'BK'),
      await addPerson(books, 'EM'),
    ];
    const settings = `/payment-settings?client_account_id=${books.clientAccountId}`;
    expect((await api('GET', settings, books.token)).body).toEqual({ four_eyes: false, approver_roles: ['AA', 'CA'] });
    expect((await api('PATCH', settings, bookkeeper.token, { four_eyes: true })).status).toBe(403);
    expect((await api('PATCH', settings, books.token, { four_eyes: true })).body.four_eyes).toBe(true);
    await payer.bill(await payer.supplier(), 500);
    expect((await prepared(payer, undefined, employee.token)).status).toBe(403);
    const { body: order } = await prepared(payer);
    const approve = async (token: string) => {
      const { status, body } = await api('POST', `/payment-orders/${order.id}/approve`, token, {});
      return `${status} ${body.details?.code ?? body.status}`;
    };
    expect(await approve(employee.token)).toBe('403 request.role_missing');
    expect(await approve(bookkeeper.token)).toBe('403 payments.not_approver');
    expect(await approve(books.token)).toBe('403 payments.same_person');
    // The rule is relaxed afterwards; the order stays as prepared.
    await api('PATCH', settings, books.token, { four_eyes: false });
    expect(await approve(books.token)).toBe('403 payments.same_person');
    expect(await approve(accountant.token)).toBe('200 APPROVED');
    expect(await approve(accountant.token)).toBe('409 payments.wrong_status');
    expect((await auditOf(books, order.id)).map(({ operation, user_id }) => `${operation} ${user_id}`)).toEqual([
      `payment-order.create ${books.userId}`,
      `payment-order.approve ${accountant.userId}`,
    ]);
  });

  test('ten at once: one approves', async () => {
    const payer = await openPayer();
    await payer.bill(await payer.supplier(), 500);
    const { body } = await prepared(payer);
    await oneOfMany(api, payer.books, { method: 'POST', path: `/payment-orders/${body.id}/approve`, body: {} }, false);
    expect((await api('GET', `/payment-orders/${body.id}`, payer.books.token)).body.status).toBe('APPROVED');
  });

  test.each<[string, (payer: Payer, bill: number, supplier: number) => Promise<unknown>]>([
    [
      'another account number of the supplier',
      (payer, _, supplier) =>
        write(payer.books, (tx) =>
          tx.execute(sql`
            update business_partners set bank_accounts = ${JSON.stringify([{ account_number: accountNumber() }])}
            where client_account_id = ${payer.books.clientAccountId} and id = ${supplier}`),
        ),
    ],
    [
      'a settlement of the bill',
      (payer, bill) =>
        write(payer.books, async (tx) => {
          await tx.execute(sql`
            insert into item_settlements (client_account_id, id, entry_id, line_no, amount, group_id, settled_on)
            select client_account_id, id + 1000000, journal_entry_id, line_no, -10000, id, '2026-03-10' from documents
            where client_account_id = ${payer.books.clientAccountId} and id = ${bill}`);
        }),
    ],
  ])('notices %s', async (_, change) => {
    const payer = await openPayer();
    const supplier = await payer.supplier();
    const bill = await payer.bill(supplier, 500);
    const { body } = await prepared(payer);
    await change(payer, bill.id, supplier);
    const answer = await api('POST', `/payment-orders/${body.id}/approve`, payer.books.token, {});
    expect([answer.status, answer.body.details.code, answer.body.details.documents]).toEqual([
      409,
      'payments.changed',
      [bill.id],
    ]);
  });
});

describe('the file', () => {
  const message: CreditTransferMessage = {
    messageId: 'HB-4294967297',
    createdAt: new Date('2026-03-16T13:20:00Z'),
    debtor: {
      name: 'Fjordvik Testdrift AS',
      organizationNumber: '310458716',
      account: '15034011238',
      bic: 'DNBANOKK',
      currency: 'NOK',
      customerId: '310458716',
      division: '001',
    },
    payments: [
      ['1', '2026-03-17', 500_000n, 'NOK', 'Fjell Telekom AS', '78741203013', 'NO', '33001124', null],
      [
        '2',
        '2026-03-17',
        915_000n,
        'NOK',
        'Ålesund Kontorutstyr & Sønn <AS>',
        '39103300413',
        'NO',
        null,
        'Faktura\n55017',
      ],
      ['3', '2026-03-18', 100_000n, 'NOK', 'Solstrand Sameie', '34111200779', 'NO', null, 'x'.repeat(200)],
      [
        '4',
        '2026-03-18',
        12_345n,
        'EUR',
        'Holzwerk Grünau GmbH',
        'DE89370400440532013000',
        'DE',
        'RF18539007547034',
        null,
      ],
    ].map(([n, day, amount, currency, name, account, country, reference, text], i) => ({
      batchId: `HB-4294967297-${[1, 1, 2, 3][i]!}`,
      instructionId: `429496729${n as string}`,
      endToEndId: `429496729${n as string}`,
      executionDate: day as string,
      amount: amount as bigint,
      currency: currency as string,
      creditor: { name: name as string, account: account as string, country: country as string },
      reference: reference as string | null,
      message: text as string | null,
    })),
  };

  test('is as it was', async () => {
    await expect(writePain001(message)).toMatchFileSnapshot('../../../test/golden/payments/pain001.xml');
  });

  test.skipIf(!canValidate)('is valid by the schema', () => {
    expect(invalid(writePain001(message))).toBe('');
    expect(invalid(writePain001(message).replace('<PmtMtd>TRF</PmtMtd>', ''))).toContain('PmtMtd');
  });

  test('is the same whenever it is asked for, once the order is approved', async () => {
    const payer = await openPayer({ organizationNumber: '310458716' });
    await payer.bill(await payer.supplier(), 1234.56);
    const { body } = await prepared(payer);
    const file = async () => {
      const {
        statusCode,
        body: text,
        headers,
      } = await api.server.inject({
        url: `/api/v2/payment-orders/${body.id}/file`,
        headers: { authorization: `Bearer ${payer.books.token}` },
      });
      return { statusCode, text, name: headers['content-disposition'] };
    };
    expect((await file()).statusCode).toBe(409);
    await api('POST', `/payment-orders/${body.id}/approve`, payer.books.token, {});
    const first = await file();
    expect(first).toMatchObject({ statusCode: 200, name: expect.stringContaining(`HB-${body.id}.xml`) });
    expect(await file()).toEqual(first);
    expect(first.text).toContain('<CtrlSum>1234.56</CtrlSum>');
    expect(first.text).toContain('<Cd>CUST</Cd>');
    if (canValidate) expect(invalid(first.text)).toBe('');
  });
});
