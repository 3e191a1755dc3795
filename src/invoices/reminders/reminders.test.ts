import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { addHouseAccount, read, write } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { hasPdfTools, pageTexts } from '../../../test/support/files/pdf-tools.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { invoiceRoutes } from '../index.ts';

const routes = [...bankingRoutes, ...invoiceRoutes];
const TODAY = '2026-06-20';
const apiOn = (day: string) => apiOf(routes, testPlatform(fixedClock(`${day}T10:00:00Z`)));
const api = apiOn(TODAY);
const english = { 'accept-language': 'en' };

const ALL = { charges_fee: true, charges_interest: true, posts_claim: true };

/** An invoice of 10,000 that was due on 2026-03-15. */
async function setting(settings: object = ALL, language: 'nb' | 'en' = 'nb') {
  const books = await openBooks({ organizationNumber: '974760673' });
  const partner = await addPartner(books, 'Sendrektig AS');
  await write(books, (tx) =>
    tx.execute(sql`
      update business_partners set email = 'post@sendrektig.example'
      where client_account_id = ${books.clientAccountId} and id = ${partner}`),
  );
  const bank = await addHouseAccount(books, { bban: '15034011238' });
  const at = `client_account_id=${books.clientAccountId}`;
  const call = (method: string, path: string, body?: object, on = api) => on(method, path, books.token, body, english);
  await call('PUT', `/invoice-settings?${at}`, {
    bank_account_id: bank,
    is_vat_registered: true,
    kid_rules: [{ bank_account_id: bank, modulus: 'MOD10', customer_digits: 0, invoice_digits: 8 }],
  });
  const saved = await call('PUT', `/reminder-settings?${at}`, settings);
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  const invoice = await call('POST', '/documents', {
    client_account_id: books.clientAccountId,
    document_type: 'ARINV',
    document_date: '2026-03-01',
    due_date: '2026-03-15',
    business_partner_id: partner,
    language,
    lines: [{ account_code: '3000', quantity: 1, unit_price: 8000, tax_code: '3' }],
  });
  expect(invoice.status, JSON.stringify(invoice.body)).toBe(201);
  const remind = (more: object = {}, on = api) =>
    call('POST', '/reminders', { client_account_id: books.clientAccountId, document_id: invoice.body.id, ...more }, on);
  const proposals = async (date = TODAY) =>
    (await call('GET', `/reminder-proposals?${at}&date=${date}`)).body.data as Record<string, unknown>[];
  return { books, partner, at, call, invoice: invoice.body, remind, proposals };
}

describe('proposals', () => {
  test.each([
    ['2026-03-28', 0],
    ['2026-03-29', 1],
  ])('14 days after the due date, not before: %s', async (date, count) => {
    const { proposals } = await setting();
    expect(await proposals(date)).toHaveLength(count);
  });

  test('say level, fee and interest with its rate', async () => {
    const { proposals, invoice } = await setting();
    expect(await proposals('2026-05-14')).toEqual([
      {
        document_id: invoice.id,
        document_number: '1',
        business_partner_id: invoice.business_partner_id,
        business_partner_name: 'Sendrektig AS',
        document_due_date: '2026-03-15',
        days_overdue: 60,
        last_reminder_number: null,
        level: 'REMINDER',
        reminder_date: '2026-05-14',
        due_date: '2026-05-28',
        principal_amount: '10000.00',
        fee_amount: '37.50',
        interest_amount: '197.26',
        total_amount: '10234.76',
        interest_rates: [{ percent: '12', date_from: '2026-03-16', date_to: '2026-05-14', days: 60 }],
        left_out: [],
      },
    ]);
  });

  test('leave out what no rate is known for, and have it once the rate is entered', async () => {
    const { call, at, proposals } = await setting();
    expect(await proposals('2027-01-10')).toMatchObject([
      { fee_amount: '0.00', interest_amount: '0.00', left_out: ['FEE_NO_RATE', 'INTEREST_NO_RATE'] },
    ]);
    const entered = await call('PUT', `/reminder-settings?${at}`, {
      fee_amount: '30',
      rates: [
        { kind: 'INTEREST', valid_from: '2026-07-01', valid_to: '2026-12-31', value: '11.5' },
        { kind: 'INTEREST', valid_from: '2027-01-01', valid_to: '2027-06-30', value: '11' },
        { kind: 'COLLECTION', valid_from: '2027-01-01', valid_to: '2027-12-31', value: '780' },
      ],
    });
    expect(entered.body.rates.filter(({ is_own }: { is_own: boolean }) => is_own)).toHaveLength(3);
    expect(await proposals('2027-01-10')).toMatchObject([{ fee_amount: '30.00', left_out: [] }]);
  });
});

describe('a reminder', () => {
  test('is numbered, posts fee and interest as a claim of its own, and is taken back with it', async () => {
    const { books, call, remind, at, invoice } = await setting();
    const made = await remind({ reminder_date: '2026-05-14' });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({ number: 1, level: 'REMINDER', total_amount: '10234.76', delivery: null });
    const claim = (await call('GET', `/documents/${made.body.claim_document_id}`)).body;
    expect(claim).toMatchObject({
      document_type: 'ARDEB',
      document_number: '1',
      gross_amount: '234.76',
      tax_amount: '0.00',
      due_date: '2026-05-28',
      payment_reference: invoice.payment_reference,
      lines: [
        { account_code: '8070', amount: '37.50', tax_code: null },
        { account_code: '8050', amount: '197.26', tax_code: null },
      ],
    });
    expect((await call('POST', `/reminders/${made.body.id}/undo`, { reason: 'Feil kunde' })).body).toMatchObject({
      undo_reason: 'Feil kunde',
    });
    expect((await call('GET', `/documents/${claim.id}`)).body.document_status).toBe('CANCELLED');
    const again = await call('POST', `/reminders/${made.body.id}/undo`, { reason: 'x' });
    expect([again.status, again.body.details.code]).toEqual([409, 'reminders.undone']);
    expect((await remind()).body).toMatchObject({ number: 2, level: 'REMINDER' });
    expect((await call('GET', `/reminders?${at}`)).body.data.map(({ number }: { number: number }) => number)).toEqual([
      2, 1,
    ]);
    const log = await read(books, (tx) =>
      tx.rows(sql`select operation from audit_log where client_account_id = ${books.clientAccountId}
        and record_type = 'invoice_reminder' order by id`),
    );
    expect(log).toEqual([
      { operation: 'reminder.create' },
      { operation: 'reminder.undo' },
      { operation: 'reminder.create' },
    ]);
    expect(await findings(books)).toEqual([]);
  });

  test('is followed by a notice after its deadline, with what is open of it; then by nothing', async () => {
    const { remind, proposals } = await setting();
    await remind({ reminder_date: '2026-05-14' });
    expect(await proposals('2026-05-28')).toEqual([]);
    const early = await remind({ reminder_date: '2026-05-28' });
    expect([early.status, early.body.details.code]).toEqual([409, 'reminders.deadline_runs']);
    expect(await proposals('2026-05-29')).toMatchObject([
      { level: 'NOTICE', interest_amount: '49.31', total_amount: '10321.57' },
    ]);
    const notice = await remind({ reminder_date: '2026-05-29' });
    expect(notice.body).toMatchObject({ level: 'NOTICE', due_date: '2026-06-12', fee_amount: '37.50' });
    expect(await proposals('2026-06-19')).toEqual([]);
    expect((await remind()).body.details.code).toBe('reminders.noticed');
  });

  test('whose claim was let go asks for it no more, and can be taken back', async () => {
    const { call, remind, proposals } = await setting();
    const { body } = await remind({ reminder_date: '2026-05-14' });
    await call('DELETE', `/documents/${body.claim_document_id}`);
    expect(await proposals('2026-05-29')).toMatchObject([{ total_amount: '10086.81' }]);
    expect((await call('POST', `/reminders/${body.id}/undo`, { reason: 'x' })).status).toBe(200);
  });

  test('without fee, interest and claim where nothing was chosen', async () => {
    const { remind } = await setting({});
    expect((await remind()).body).toMatchObject({
      claim_document_id: null,
      total_amount: '10000.00',
      fee_amount: '0.00',
      left_out: [],
    });
  });

  test('before 14 days it asks no fee', async () => {
    const { remind } = await setting();
    expect((await remind({ reminder_date: '2026-03-20' })).body).toMatchObject({
      fee_amount: '0.00',
      left_out: ['FEE_TOO_EARLY'],
    });
  });

  test.each<[string, (of: Awaited<ReturnType<typeof setting>>) => Promise<unknown>, object, string]>([
    ['not due', async () => {}, { reminder_date: '2026-03-15' }, 'reminders.not_due'],
    [
      'disputed',
      ({ call, invoice }) => call('PUT', `/documents/${invoice.id}/dispute`, { reason: 'Feil vare' }),
      {},
      'reminders.disputed',
    ],
    [
      'paid',
      async ({ call, books, partner, invoice }) => {
        const paid = await books.post('2026-04-01', [
          debit('1920', 10_000),
          credit('1500', 10_000, { business_partner_id: partner }),
        ]);
        const settled = await call('POST', '/item-settlements', {
          client_account_id: books.clientAccountId,
          groups: [
            {
              items: [
                { journal_entry_id: invoice.journal_entry_id, line_number: 1 },
                { journal_entry_id: paid.id, line_number: 2 },
              ],
            },
          ],
        });
        expect(settled.status, JSON.stringify(settled.body)).toBeLessThan(300);
      },
      {},
      'reminders.not_open',
    ],
    ['cancelled', ({ call, invoice }) => call('DELETE', `/documents/${invoice.id}`), {}, 'reminders.not_open'],
  ])('of what is %s is refused', async (_, before, more, code) => {
    const all = await setting();
    await before(all);
    const { status, body } = await all.remind(more);
    expect([status, body.details.code]).toEqual([409, code]);
    if (code !== 'reminders.not_due') expect(await all.proposals()).toEqual([]);
  });

  test('of a document that is not there is refused by field', async () => {
    const { remind } = await setting({});
    const { status, body } = await remind({ document_id: 1 });
    expect([status, body.details.fields]).toMatchObject([400, [{ path: 'document_id' }]]);
  });

  test('several at once are one', async () => {
    const { remind } = await setting();
    const statuses = (await Promise.all([remind(), remind(), remind()])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  });

  test('is sent once, by e-mail with its PDF; to print without an address', async () => {
    const { books, call, remind } = await setting();
    const { body } = await remind({ reminder_date: '2026-05-14' });
    const sent = await call('POST', `/reminders/${body.id}/send`, {});
    expect(sent.body.delivery).toMatchObject({
      channel: 'EMAIL',
      recipient: 'post@sendrektig.example',
      status: 'QUEUED',
    });
    await call('POST', `/reminders/${body.id}/send`, { channel: 'PRINT' });
    const mails = await read(books, (tx) =>
      tx.rows<{ subject: string; text_body: string; file_name: string }>(sql`
        select m.subject, m.text_body, a.file_name from mail_outbox m join mail_attachments a on a.mail_id = m.id
        join invoice_reminders r on r.mail_id = m.id and r.client_account_id = ${books.clientAccountId}`),
    );
    expect(mails).toMatchObject([{ file_name: 'Purring 1.pdf' }]);
    expect(mails[0]!.text_body).toContain('faktura 1');
    await call('POST', `/reminders/${body.id}/undo`, { reason: 'x' });
    expect((await call('POST', `/reminders/${body.id}/send`, {})).body.details.code).toBe('reminders.undone');
  });

  test.runIf(hasPdfTools)('on paper, both languages, both levels', async () => {
    for (const [language, texts] of [
      ['nb', ['Purring', 'Inkassovarsel', 'sendt til inkasso uten flere varsler', '28.05.2026', '10 234,76', '12 %']],
      ['en', ['Reminder', 'Notice of debt collection', 'sent to debt collection', '10,234.76', '12 %']],
    ] as const) {
      const { books, remind } = await setting(ALL, language);
      let shown = '';
      for (const reminder_date of ['2026-05-14', '2026-05-29']) {
        const { body } = await remind({ reminder_date });
        const reply = await api.server.inject({
          url: `/api/v2/reminders/${body.id}/pdf`,
          headers: { authorization: `Bearer ${books.token}` },
        });
        expect(reply.statusCode).toBe(200);
        shown += pageTexts(reply.rawPayload).join(' ');
      }
      const text = shown.replace(/[\s\u00a0]+/g, ' ');
      for (const each of texts) expect(text).toContain(each);
    }
  });
});

test.each([
  [{ fee_amount: '-1' }, ['fee_amount']],
  [{ fee_account_code: '0' }, ['fee_account_code']],
  [
    { rates: [{ kind: 'INTEREST', valid_from: '2027-02-30', valid_to: '2027-06-30', value: '1' }] },
    ['rates[0].valid_from'],
  ],
  [
    { rates: [{ kind: 'INTEREST', valid_from: '2027-07-01', valid_to: '2027-06-30', value: '1' }] },
    ['rates[0].valid_to'],
  ],
  [{ rates: [{ kind: 'INTEREST', valid_from: '2027-01-01', valid_to: '2027-06-30', value: '0' }] }, ['rates[0].value']],
  [
    {
      rates: [
        { kind: 'INTEREST', valid_from: '2027-01-01', valid_to: '2027-06-30', value: '1' },
        { kind: 'INTEREST', valid_from: '2027-06-30', valid_to: '2027-12-31', value: '1' },
      ],
    },
    ['rates[1].valid_from'],
  ],
])('settings refuse %j', async (body, paths) => {
  const { call, at } = await setting({});
  const answer = await call('PUT', `/reminder-settings?${at}`, body);
  expect([answer.status, answer.body.details.fields.map(({ path }: { path: string }) => path)]).toEqual([400, paths]);
});
