import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { addHouseAccount } from '../../../test/support/bank/bank.ts';
import { addPartner, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { readInvoice, validate } from '../../ehf/index.ts';
import { invoiceRoutes } from '../index.ts';
import type { CarriedDocument, InvoiceCarrier } from './invoice-carrier.ts';

/** A network that knows one receiver, with configurable responses. */
class TestCarrier implements InvoiceCarrier {
  readonly taken = new Map<string, CarriedDocument>();
  answers: ('yes' | 'no' | 'nothing' | 'yes, unheard')[] = [];
  receivers = new Set<string>();

  async senderOf() {
    return '0192:991825827';
  }

  async canReceive({ participant }: { participant: string }) {
    return this.receivers.has(participant) ? ('yes' as const) : ('not-registered' as const);
  }

  async send(document: CarriedDocument) {
    const answer = this.answers.shift() ?? 'yes';
    if (answer === 'no') return { taken: false as const, reason: 'R-010' };
    if (answer === 'nothing') throw new Error('timed out');
    this.taken.set(document.deliveryId, document);
    if (answer === 'yes, unheard') throw new Error('connection lost');
    return { taken: true as const, externalId: `ext-${document.deliveryId}` };
  }
}

const carrier = new TestCarrier();
const plain = testPlatform();
const api = apiOf([...bankingRoutes, ...invoiceRoutes], plain);
const network = apiOf([...bankingRoutes, ...invoiceRoutes], { ...plain, outside: { invoiceCarrier: carrier } });

async function setting(on = api) {
  const books = await openBooks({ organizationNumber: '991825827', name: 'Fjellheim Verksted AS' });
  const partner = await addPartner(books);
  const bank = await addHouseAccount(books);
  const write = <T>(work: Parameters<typeof books.platform.database.transaction<T>>[1]) =>
    books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, work);
  const partnerIs = (organizationNumber: string | null, email: string | null) =>
    write((tx) =>
      tx.execute(sql`
        update business_partners set organization_number = ${organizationNumber}, email = ${email}
        where client_account_id = ${books.clientAccountId} and id = ${partner}`),
    );
  const call = (method: string, path: string, body?: object) => on(method, path, books.token, body);
  await call('PUT', `/invoice-settings?client_account_id=${books.clientAccountId}`, {
    bank_account_id: bank,
    is_vat_registered: true,
    reply_to: 'post@fjellheim.example',
  });
  const invoice = async (more: object = {}) =>
    (
      await call('POST', '/documents', {
        client_account_id: books.clientAccountId,
        document_type: 'ARINV',
        document_date: '2026-03-01',
        business_partner_id: partner,
        buyer_reference: 'PO-42',
        lines: [{ account_code: '3000', description: 'Service', quantity: 1, unit_price: 100, tax_code: '3' }],
        ...more,
      })
    ).body;
  const send = (id: number, body: object = {}) => call('POST', `/documents/${id}/send`, body);
  return { books, write, partnerIs, call, invoice, send };
}

test('by e-mail, once, with the PDF; what becomes of the mail becomes of the delivery', async () => {
  const { write, partnerIs, call, invoice, send } = await setting();
  await partnerIs(null, 'kunde@example.no');
  const { id, document_number: number } = await invoice();
  const answers = await Promise.all([send(id), send(id), send(id)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers[0].body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED', recipient: 'kunde@example.no' });
  const mails = await write((tx) =>
    tx.rows<{ id: number; subject: string; text_body: string; reply_to: string; file_name: string; head: string }>(sql`
      select m.id, m.subject, m.text_body, m.reply_to, a.file_name, encode(substring(a.content for 5), 'escape') as head
      from mail_outbox m join mail_attachments a on a.mail_id = m.id
      join document_deliveries d on d.mail_id = m.id where d.document_id = ${id}`),
  );
  expect(mails).toMatchObject([
    {
      subject: `Faktura ${number} fra Fjellheim Verksted AS`,
      reply_to: 'post@fjellheim.example',
      file_name: `Faktura ${number}.pdf`,
      head: '%PDF-',
    },
  ]);
  expect(mails[0]!.text_body).toContain('125,00');
  await write((tx) =>
    tx.execute(sql`update mail_outbox set last_error = 'full', attempts = 1 where id = ${mails[0]!.id}`),
  );
  expect((await call('GET', `/documents/${id}/deliveries`)).body.data).toMatchObject([
    { status: 'QUEUED', attempts: 1, reason: 'full' },
  ]);
  await write((tx) =>
    tx.execute(sql`update mail_outbox set sent_at = now(), last_error = null where id = ${mails[0]!.id}`),
  );
  expect((await call('GET', `/documents/${id}/deliveries`)).body.data).toMatchObject([{ status: 'SENT' }]);
  const left = await write((tx) => tx.rows(sql`select 1 from mail_attachments where mail_id = ${mails[0]!.id}`));
  expect(left).toEqual([]);
  expect((await send(id)).body).toMatchObject({ status: 'SENT' });
});

test('a mail that is given up lets the document be sent anew', async () => {
  const { write, partnerIs, invoice, send } = await setting();
  await partnerIs(null, 'feil@example.no');
  const { id } = await invoice();
  const first = await send(id);
  await write((tx) =>
    tx.execute(sql`
      update mail_outbox set last_error = 'no such mailbox', attempts = 7
      where id = (select mail_id from document_deliveries where id = ${first.body.id})`),
  );
  const second = await send(id, { email: 'riktig@example.no' });
  expect(second.body).toMatchObject({ status: 'QUEUED', recipient: 'riktig@example.no' });
  expect(second.body.id).not.toBe(first.body.id);
});

test('print, drafts, and what cannot be sent', async () => {
  const { invoice, send } = await setting();
  const draft = await invoice({ document_status: 'DRAFT' });
  expect((await send(draft.id)).body.details).toMatchObject({ code: 'invoices.not_final' });
  const { id } = await invoice();
  expect((await send(id, { channel: 'EMAIL' })).body.details).toMatchObject({ code: 'invoices.no_recipient' });
  expect((await send(id, { channel: 'PEPPOL' })).body.details).toMatchObject({ code: 'invoices.no_carrier' });
  expect((await send(id)).body).toMatchObject({ channel: 'PRINT', status: 'SENT' });
});

test('over the network: taken once, also when the answer is lost', async () => {
  const { partnerIs, invoice, send } = await setting(network);
  await partnerIs('123456785', 'kunde@example.no');
  carrier.receivers.add('0192:123456785');
  const { id } = await invoice();
  carrier.answers = ['nothing', 'yes, unheard', 'yes'];
  const before = carrier.taken.size;
  expect((await send(id)).body).toMatchObject({
    channel: 'PEPPOL',
    status: 'QUEUED',
    attempts: 1,
    reason: 'timed out',
  });
  expect((await send(id)).body).toMatchObject({ status: 'QUEUED', attempts: 2 });
  const done = await send(id);
  expect(done.body).toMatchObject({ status: 'SENT', attempts: 3, reason: null });
  expect(await send(id)).toMatchObject({ body: { id: done.body.id, status: 'SENT', attempts: 3 } });
  expect(carrier.taken.size).toBe(before + 1);
  const [sent] = [...carrier.taken.values()].slice(-1);
  expect(validate(readInvoice(Buffer.from(sent!.document))).filter(({ severity }) => severity === 'fatal')).toEqual([]);
});

test('refused by the network, unknown to it, or against the rules', async () => {
  const { partnerIs, invoice, send } = await setting(network);
  await partnerIs('123456785', 'kunde@example.no');
  carrier.receivers.add('0192:123456785');
  carrier.answers = ['no'];
  const refused = await invoice();
  expect((await send(refused.id)).body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED', reason: 'Peppol: R-010' });
  carrier.answers = ['no'];
  const asked = await invoice();
  expect((await send(asked.id, { channel: 'PEPPOL' })).body).toMatchObject({ status: 'FAILED', reason: 'R-010' });
  expect((await send(asked.id, { channel: 'EMAIL' })).body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED' });
  const bare = await invoice({ buyer_reference: null });
  expect((await send(bare.id)).body.details).toMatchObject({
    code: 'invoices.breaks_rules',
    rule: 'PEPPOL-EN16931-R003',
  });
  await partnerIs('987654325', 'kunde@example.no');
  const unknown = await invoice();
  expect((await send(unknown.id)).body).toMatchObject({ channel: 'EMAIL', reason: 'Peppol: not-registered' });
});
