import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import sql from 'sql-template-tag';
import { afterAll, afterEach, expect, it } from 'vitest';
import { testOwnerConnection } from '../../test/support/database/database.ts';
import { Database, type Transaction } from './database/pool.ts';
import { type Mail, MailDelivery, type OutboxMail, queueMail } from './mail.ts';

const database = new Database({ ...testOwnerConnection(), max: 4 });
const silent = { info() {}, warn() {}, error() {} };
const open: { close(done: () => void): void }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>((done) => server.close(done));
});
afterAll(() => database.close());

/** An SMTP server that refuses a number of mails to each recipient. */
async function smtp(refuse = 0) {
  const received: string[] = [];
  let refused = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_, __, done) => (refused++ < refuse ? done(new Error('try later')) : done()),
    onData(stream, _, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        received.push(Buffer.concat(parts).toString());
        done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  open.push(server);
  const { port } = server.server.address() as AddressInfo;
  const delivery = new MailDelivery(database, silent, {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    from: 'Hovedbok <regnskap@example.test>',
  });
  return { received, delivery };
}

const mail = (more: Partial<Mail> = {}): Mail => ({
  recipient: `${randomBytes(6).toString('hex')}@example.test`,
  subject: 'Invitasjon til Ærlig Økonomi',
  text: 'Blåbær på norsk',
  html: '<p>Blåbær på norsk</p>',
  ...more,
});

/** Clears the mails of other tests, so that a test counts only its own. */
const write = <T>(work: Parameters<typeof database.transaction<T>>[1]) =>
  database.transaction({ clientAccounts: [], mode: 'write' }, work);
/** The latest mails, newest first. */
const outboxMails = (tx: Transaction) =>
  tx.rows<OutboxMail>(sql`
    select id, recipient, subject, text_body, created_at, sent_at, attempts, last_error
    from mail_outbox order by id desc limit 50`);
const emptied = () => write((tx) => tx.execute(sql`update mail_outbox set sent_at = now() where sent_at is null`));

it('delivers text and HTML once, to the one recipient', async () => {
  await emptied();
  const { received, delivery } = await smtp();
  const letter = mail();
  await write((tx) => queueMail(tx, letter));
  expect([await delivery.deliver(), await delivery.deliver()]).toEqual([1, 0]);
  const parsed = await PostalMime.parse(received[0]!);
  expect(parsed).toMatchObject({
    subject: letter.subject,
    from: { address: 'regnskap@example.test' },
    to: [{ address: letter.recipient }],
  });
  expect([parsed.text?.trim(), parsed.html]).toEqual([letter.text, expect.stringContaining('Blåbær')]);
  const kept = await write((tx) =>
    tx.one(sql`select text_body, html_body from mail_outbox where recipient = ${letter.recipient}`),
  );
  expect(kept).toEqual({ text_body: '', html_body: null });
  delivery.close();
});

it('a mail of a transaction that failed is not sent', async () => {
  await emptied();
  const { received, delivery } = await smtp();
  const failing = write(async (tx) => {
    await queueMail(tx, mail());
    throw new Error('the cause did not happen');
  });
  await expect(failing).rejects.toThrow('did not happen');
  expect([await delivery.deliver(), received]).toEqual([0, []]);
  delivery.close();
});

it('tries again after a minute, then after five, and says why it failed', async () => {
  await emptied();
  const { received, delivery } = await smtp(2);
  const letter = mail();
  await write((tx) => queueMail(tx, letter));
  const start = Date.now() + 1000;
  const at = (minutes: number) => delivery.deliver(new Date(start + minutes * 60_000));
  expect([await at(0), await at(0.9), await at(1.1), await at(5), await at(6.2)]).toEqual([0, 0, 0, 0, 1]);
  expect(received).toHaveLength(1);
  delivery.close();
});

it('gives up after a day and keeps the reason', async () => {
  await emptied();
  const { delivery } = await smtp(1000);
  const letter = mail();
  await write((tx) => queueMail(tx, letter));
  for (let hour = 0; hour < 60; hour++) await delivery.deliver(new Date(Date.now() + 1000 + hour * 3_600_000));
  const shown = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) => outboxMails(tx));
  expect(shown.find(({ recipient }) => recipient === letter.recipient)).toMatchObject({
    sent_at: null,
    attempts: 7,
    last_error: expect.stringContaining('try later'),
  });
  delivery.close();
});

it('two nodes at once send each mail once', async () => {
  await emptied();
  const { received, delivery } = await smtp();
  await write(async (tx) => {
    for (let i = 0; i < 8; i++) await queueMail(tx, mail());
  });
  const sent = await Promise.all([delivery.deliver(), delivery.deliver()]);
  expect(sent[0] + sent[1]).toBe(8);
  expect(received).toHaveLength(8);
  delivery.close();
});

it('without an SMTP server mails stay in the outbox, newest first', async () => {
  const letter = mail();
  await write((tx) => queueMail(tx, letter));
  expect(await new MailDelivery(database, silent, {}).deliver()).toBe(0);
  const shown = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) => outboxMails(tx));
  expect(shown[0]).toMatchObject({ recipient: letter.recipient, text_body: letter.text, sent_at: null });
});

it('a recipient cannot bring headers along', async () => {
  await emptied();
  const { received, delivery } = await smtp();
  await write((tx) => queueMail(tx, mail({ subject: 'Hei\r\nBcc: andre@example.test' })));
  await delivery.deliver();
  expect((await PostalMime.parse(received[0]!)).bcc ?? []).toEqual([]);
  delivery.close();
});
