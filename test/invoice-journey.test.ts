import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { bankingRoutes } from '../src/banking/index.ts';
import { documentsRoutes } from '../src/documents/index.ts';
import { integrationRoutes } from '../src/integrations/index.ts';
import { mailRound } from '../src/integrations/mail-inbox/mail-round.ts';
import { peppolInboxRound } from '../src/integrations/peppol/peppol-inbox.ts';
import { invoiceRoutes } from '../src/invoices/index.ts';
import { isWorkingDay } from '../src/kernel/working-days.ts';
import { paymentRoutes } from '../src/payments/index.ts';
import { read, write } from './support/bank/bank.ts';
import { findings } from './support/bank/bank-findings.ts';
import { connectMailboxes, openAtBank } from './support/bank/bank-mailbox.ts';
import { addPartner, type Books, testDatabase } from './support/books/books.ts';
import { apiOf } from './support/http/domain-api.ts';
import { openPayer, type Payer } from './support/bank/payments.ts';
import { syntheticNumber } from './support/outside/peppol.ts';
import { connect, MovingClock, testSandbox } from './support/outside/sandbox.ts';

// A Monday, ten o'clock in Norway.
const clock = new MovingClock('2026-03-16T09:00:00Z');
const sandbox = await testSandbox(clock);
const delivery = await connectMailboxes(sandbox, clock);
const { outside } = await connect(sandbox, clock, { database: testDatabase() });
const platform = { ...delivery.platform, outside: { ...outside, ...delivery.platform.outside } };
const api = apiOf(
  [...paymentRoutes, ...bankingRoutes, ...documentsRoutes, ...invoiceRoutes, ...integrationRoutes],
  platform,
);
const today = () => clock.now().toISOString().slice(0, 10);

async function nextBankingDay(): Promise<void> {
  do clock.pass(86_400);
  while (!isWorkingDay(today()));
  await delivery.fetch();
}

async function call(of: Books, method: string, path: string, body?: object) {
  const answer = await api(method, path, of.token, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

interface Company extends Payer {
  name: string;
  organizationNumber: string;
  /** The address for invoices by mail. */
  inTray: string;
}

async function company(name: string): Promise<Company> {
  const organizationNumber = syntheticNumber();
  const opened = await openPayer({ clock, organizationNumber });
  await openAtBank(sandbox, opened, { owner: name });
  const { books, bankAccountId } = opened;
  await call(books, 'PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    bank_account_id: bankAccountId,
    is_vat_registered: true,
    kid_rules: [{ bank_account_id: bankAccountId, modulus: 'MOD10', customer_digits: 4, invoice_digits: 6 }],
  });
  const { address } = await call(books, 'POST', '/in-tray/address', { client_account_id: books.clientAccountId });
  return { ...opened, name, organizationNumber, inTray: address };
}

/** Transport of an invoice to the other company: its file in their in-tray. */
interface Channel {
  name: 'EMAIL' | 'PEPPOL';
  carry(from: Company, to: Company, documentId: number): Promise<{ id: number }>;
}

/** Mails from our mail server are delivered, and fetched from the mailbox. */
async function carryByMail(from: Company, to: Company, documentId: number): Promise<{ id: number }> {
  const sent = await call(from.books, 'POST', `/documents/${documentId}/send`, { channel: 'EMAIL' });
  expect(sent).toMatchObject({ status: 'QUEUED', recipient: to.inTray });
  const mails = await read(from.books, (tx) =>
    tx.rows<{ filename: string; contentType: string; content: Buffer }>(sql`
      select a.file_name as filename, a.content_type as "contentType", a.content from mail_attachments a
      join document_deliveries d on d.mail_id = a.mail_id
      where d.client_account_id = ${from.books.clientAccountId} and d.id = ${sent.id}`),
  );
  const mail = new MailComposer({ to: to.inTray, subject: 'Faktura', text: 'Hei', attachments: mails });
  const content = (await mail.compile().build()).toString('base64');
  await sandbox.act('mail', 'deliver', { to: to.inTray, content });
  expect(await mailRound(platform, new AbortController().signal)).toMatchObject({ taken: 1 });
  const { data } = await call(to.books, 'GET', `/received-invoices?client_account_id=${to.books.clientAccountId}`);
  expect(data).toMatchObject([{ channel: 'MAIL', status: 'NEW', supplier_number: from.organizationNumber }]);
  return data[0];
}

async function carryByPeppol(from: Company, to: Company, documentId: number): Promise<{ id: number }> {
  for (const { books } of [from, to]) {
    const path = `/integrations/peppol/status?client_account_id=${books.clientAccountId}`;
    expect(await call(books, 'PATCH', path, { is_active: true })).toEqual({ is_active: true, connected: true });
  }
  const sent = await call(from.books, 'POST', `/documents/${documentId}/send`, {});
  expect(sent).toMatchObject({ channel: 'PEPPOL', status: 'SENT', recipient: `0192:${to.organizationNumber}` });
  expect(await peppolInboxRound(platform, new AbortController().signal)).toEqual({ taken: 1, left: 0 });
  const mine = `client_account_id=${to.books.clientAccountId}`;
  const { data } = await call(to.books, 'GET', `/received-invoices?${mine}`);
  expect(data).toMatchObject([{ channel: 'PEPPOL', status: 'NEW', supplier_number: from.organizationNumber }]);
  return data[0];
}

const CHANNELS: Channel[] = [
  { name: 'EMAIL', carry: carryByMail },
  { name: 'PEPPOL', carry: carryByPeppol },
];

describe.each(CHANNELS)('an invoice by $name', ({ carry }) => {
  test('is sent, received, approved and paid, and both banks reconcile', async () => {
    sandbox.reset();
    await sandbox.act('mail', 'reset');
    const seller = await company('Fjellheim Verksted AS');
    const buyer = await company('Nordlys Entreprenør AS');

    const customer = await addPartner(seller.books, buyer.name);
    await write(seller.books, (tx) =>
      tx.execute(sql`
        update business_partners set email = ${buyer.inTray}, organization_number = ${buyer.organizationNumber}
        where client_account_id = ${seller.books.clientAccountId} and id = ${customer}`),
    );
    const invoice = await call(seller.books, 'POST', '/documents', {
      client_account_id: seller.books.clientAccountId,
      document_type: 'ARINV',
      document_date: today(),
      business_partner_id: customer,
      buyer_reference: 'PO-42',
      lines: [{ account_code: '3000', description: 'Service', quantity: 8, unit_price: 1000, tax_code: '3' }],
    });
    expect(invoice).toMatchObject({ gross_amount: '10000.00', payment_status: 'UNPAID' });
    const received = await carry(seller, buyer, invoice.id);

    const supplier = await buyer.supplier([seller.account], seller.name);
    await call(buyer.books, 'POST', `/received-invoices/${received.id}/prepare`, {
      business_partner_id: supplier,
      document_number: invoice.document_number,
      document_date: invoice.document_date,
      due_date: today(),
      payment_reference: invoice.payment_reference,
      lines: [{ account_code: '6800', amount: '8000.00', tax_code: '1' }],
    });
    const approved = await call(buyer.books, 'POST', `/received-invoices/${received.id}/approve`, {});
    const order = await call(buyer.books, 'POST', '/payment-orders', {
      client_account_id: buyer.books.clientAccountId,
      bank_account_id: buyer.bankAccountId,
      due_until: today(),
    });
    await call(buyer.books, 'POST', `/payment-orders/${order.id}/approve`, {});
    expect(await delivery.send()).toBe(1);
    clock.pass(360);
    await delivery.fetch();
    await nextBankingDay();
    await nextBankingDay();

    expect(await call(buyer.books, 'GET', `/payment-orders/${order.id}`)).toMatchObject({ status: 'SETTLED' });
    expect(await call(buyer.books, 'GET', `/documents/${approved.document_id}`)).toMatchObject({
      gross_amount: '10000.00',
      payment_status: 'PAID',
    });
    await call(seller.books, 'POST', '/banking/matches/automatic', { client_account_id: seller.books.clientAccountId });
    expect(await call(seller.books, 'GET', `/documents/${invoice.id}`)).toMatchObject({ payment_status: 'PAID' });
    for (const { books, bankAccountId } of [seller, buyer]) {
      const view = await call(
        books,
        'GET',
        `/banking/reconciliation?client_account_id=${books.clientAccountId}&bank_account_id=${bankAccountId}&date=${today()}`,
      );
      expect([view.not_booked, view.not_in_bank]).toEqual([[], []]);
      expect(await findings(books)).toEqual([]);
    }
  });
});
