import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { type Books, openBooks, testDatabase } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { asOwner } from '../../../test/support/books/people.ts';
import { MovingClock } from '../../../test/support/outside/sandbox.ts';
import { openIntegrations } from '../../integrations/index.ts';
import { readConfig } from '../../platform/config.ts';
import { ColumnKeys } from '../../platform/encryption/column-keys.ts';
import { guardedAttempt } from '../../platform/outbound/guarded-attempt.ts';
import { isPublicAddress } from '../../platform/outbound/public-address.ts';
import type { Platform } from '../../platform/operation.ts';
import { orderEvents } from '../event-order.ts';
import { eventRoutes, resealWebhooks } from '../index.ts';
import { deliverWebhook } from './deliver.ts';

const clock = new MovingClock();
const keys = [{ id: 'k1', key: randomBytes(32) }] as const;
const world = (environment: Record<string, string>): Platform => {
  const log = { info() {}, warn() {}, error() {} };
  return {
    database: testDatabase(),
    clock,
    log,
    outside: openIntegrations(readConfig(environment), { clock, log, timeoutMs: 5_000 }),
    columnKeys: new ColumnKeys([keys[0]]),
    publicUrl: 'https://regnskap.example.test',
  };
};
const platform = world({ WEBHOOK_PRIVATE_ADDRESSES: '1' });
const api = apiOf(eventRoutes, platform);

interface Received {
  headers: IncomingMessage['headers'];
  text: string;
  body: any;
}

/** A receiver that follows the given script; the last step repeats. */
async function receiver(...answers: (number | ((response: ServerResponse) => void))[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, text, body: JSON.parse(text) });
      const answer = answers[Math.min(received.length, answers.length) - 1] ?? 204;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

async function hooked(url: string, kinds = ['*']) {
  const books = await openBooks({ clock });
  const made = await api('POST', '/webhooks', books.token, { client_account_id: books.clientAccountId, url, kinds });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id, secret } = made.body as { id: number; secret: string };
  const of = { clientAccountId: books.clientAccountId, id };
  return {
    books,
    id,
    secret,
    happen: (...kinds: string[]) => happen(books, kinds),
    deliver: () => deliverWebhook(platform, of),
    get: async () => (await api('GET', `/webhooks/${id}`, books.token)).body,
    log: async () =>
      (await api('GET', `/webhooks/${id}/deliveries`, books.token)).body.data.map((one: any) => [
        one.position,
        one.state,
        one.attempts,
        one.answer_status ?? one.problem,
      ]),
  };
}

async function happen({ clientAccountId }: Books, kinds: string[]): Promise<void> {
  await testDatabase().transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    for (const kind of kinds)
      await tx.execute(sql`
        insert into new_events (client_account_id, kind, resource_id) values (${clientAccountId}, ${kind}, '7')`);
  });
  await orderEvents(testDatabase(), clientAccountId);
}

const signatureOf = (secret: string, { headers, text }: Received) =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update([headers['webhook-id'], headers['webhook-timestamp'], text].join('.'))
    .digest('base64')}`;

describe('a delivery', () => {
  test('is the event, signed as Standard Webhooks say, of the kinds that were asked for, in order', async () => {
    const { url, received } = await receiver(204);
    const hook = await hooked(url, ['document.*', 'job.failed']);
    await hook.happen('document.created', 'payment_order.sent', 'job.failed', 'document.final');
    expect(await hook.deliver()).toBe(3);
    expect(received.map(({ body }) => [body.type, body.data.position])).toEqual([
      ['document.created', 1],
      ['job.failed', 3],
      ['document.final', 4],
    ]);
    const [first] = received;
    expect(first!.headers['webhook-id']).toBe(`evt_${hook.books.clientAccountId}_1`);
    expect(first!.headers['webhook-signature']).toBe(signatureOf(hook.secret, first!));
    expect(Object.keys(first!.body.data).toSorted()).toEqual([
      'client_account_id',
      'id',
      'kind',
      'position',
      'resource',
      'time',
    ]);
    expect([await hook.deliver(), (await hook.get()).position]).toEqual([0, 4]);
  });

  test('is made once, however many nodes deliver at once', async () => {
    const { url, received } = await receiver(204);
    const hook = await hooked(url);
    await hook.happen(...Array<string>(12).fill('document.created'));
    await Promise.all([hook.deliver(), hook.deliver(), hook.deliver(), hook.deliver()]);
    expect(received.map(({ body }) => body.data.position).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
  });

  test('that fails is tried again after pauses, the next ones go on meanwhile; ten attempts, then it has failed', async () => {
    const { url, received } = await receiver(500, 204, 302, (response) => response.socket!.destroy(), 500);
    const hook = await hooked(url);
    await hook.happen('document.created', 'document.final');
    await hook.deliver();
    expect(await hook.log()).toEqual([
      [2, 'DELIVERED', 1, 204],
      [1, 'WAITING', 1, 500],
    ]);
    expect(await hook.deliver()).toBe(0);
    clock.pass(61);
    await hook.deliver();
    // A redirect is not followed.
    expect(await hook.log()).toContainEqual([1, 'WAITING', 2, 302]);
    for (let i = 0; i < 12; i++) {
      clock.pass((24 * 3600) / 4);
      await hook.deliver();
    }
    clock.pass(48 * 3600);
    await hook.deliver();
    clock.pass(24 * 3600);
    await hook.deliver();
    expect((await hook.log()).at(-1)[2]).toBe(received.length - 1);
  });

  test('rests for a receiver that is down, is disabled after five days, and its maker is told', async () => {
    const { url, received } = await receiver(503);
    const hook = await hooked(url);
    await hook.happen(...Array<string>(50).fill('document.created'));
    await hook.deliver();
    expect([received.length, (await hook.get()).failures]).toEqual([3, 3]);
    for (let days = 0; days < 6 && (await hook.get()).state === 'ACTIVE'; days++) {
      clock.pass(24 * 3600);
      await hook.deliver();
    }
    expect(await hook.get()).toMatchObject({ state: 'DISABLED', disabled_reason: 'FAILING' });
    const mail = await asOwner(
      `select m.subject from mail_outbox m join users u on u.email = m.recipient where u.id = $1`,
      [hook.books.userId],
    );
    expect(mail.rows).toEqual([{ subject: `Webhooken til ${new URL(url).host} er slått av` }]);
    expect(await hook.deliver()).toBe(0);
    const again = await api('PATCH', `/webhooks/${hook.id}`, hook.books.token, { state: 'ACTIVE' });
    expect(again.body).toMatchObject({ state: 'ACTIVE', disabled_reason: null, failures: 0 });
    expect(await hook.deliver()).toBeGreaterThan(0);
  });

  test('ends at once where the receiver says that it is gone', async () => {
    const { url } = await receiver(410);
    const hook = await hooked(url);
    await hook.happen('document.created', 'document.created');
    expect(await hook.deliver()).toBe(1);
    expect(await hook.get()).toMatchObject({ state: 'DISABLED', disabled_reason: 'GONE' });
  });
});

test('replay delivers again under the same ids; a pause keeps what comes', async () => {
  const { url, received } = await receiver(204);
  const hook = await hooked(url);
  const { token } = hook.books;
  await hook.happen('document.created', 'document.final');
  await hook.deliver();
  await api('PATCH', `/webhooks/${hook.id}`, token, { state: 'PAUSED' });
  await hook.happen('document.sent');
  expect(await hook.deliver()).toBe(0);
  await api('PATCH', `/webhooks/${hook.id}`, token, { state: 'ACTIVE' });
  const replayed = await api('POST', `/webhooks/${hook.id}/replay`, token, { after: 1 });
  expect(replayed.body.position).toBe(1);
  await hook.deliver();
  expect(received.map(({ body }) => body.data.position)).toEqual([1, 2, 2, 3]);
  expect(received[1]!.headers['webhook-id']).toBe(received[2]!.headers['webhook-id']);
});

test('after a new secret both sign for a day, then the new one alone; and a new column key seals them anew', async () => {
  const { url, received } = await receiver(204);
  const hook = await hooked(url);
  const { body } = await api('POST', `/webhooks/${hook.id}/rotate-secret`, hook.books.token);
  await hook.happen('document.created');
  await hook.deliver();
  expect(received[0]!.headers['webhook-signature']).toBe(
    [signatureOf(body.secret, received[0]!), signatureOf(hook.secret, received[0]!)].join(' '),
  );
  const next = { ...platform, columnKeys: new ColumnKeys([{ id: 'k2', key: randomBytes(32) }, keys[0]]) };
  expect(await resealWebhooks(next)).toBeGreaterThan(0);
  clock.pass(25 * 3600);
  await hook.happen('document.final');
  await deliverWebhook(next, { clientAccountId: hook.books.clientAccountId, id: hook.id });
  expect(received[1]!.headers['webhook-signature']).toBe(signatureOf(body.secret, received[1]!));
  const { rows } = await asOwner('select sealed, key_id from webhooks where id = $1', [hook.id]);
  expect(rows[0].key_id).toBe('k2');
  expect((rows[0].sealed as Buffer).includes(Buffer.from(body.secret.slice(6), 'base64'))).toBe(false);
});

test('the test button tells how it ended', async () => {
  const { url, received } = await receiver(200, 404, (response) => response.socket!.destroy());
  const hook = await hooked(url);
  const trial = async () => {
    const { delivered, answer_status, problem } = (await api('POST', `/webhooks/${hook.id}/test`, hook.books.token))
      .body;
    return [delivered, answer_status, problem];
  };
  expect([await trial(), await trial(), await trial()]).toEqual([
    [true, 200, null],
    [false, 404, null],
    [false, null, 'unavailable'],
  ]);
  expect(received[0]!.body).toMatchObject({ type: 'webhook.test' });
  expect(received[0]!.headers['webhook-signature']).toBe(signatureOf(hook.secret, received[0]!));
});

describe('who and what is refused', () => {
  const strictApi = apiOf(eventRoutes, world({}));

  test.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://10.1.2.3/x',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://localhost/',
    'https://user:pass@example.com/',
    'ftp://example.com/',
    'not an address',
  ])('%s', async (url) => {
    const books = await openBooks({ clock });
    const body = { client_account_id: books.clientAccountId, url, kinds: ['document.eaten'] };
    const { status, body: answer } = await strictApi('POST', '/webhooks', books.token, body);
    expect([status, answer.details.fields.map(({ path }: any) => path)]).toEqual([400, ['url', 'kinds[0]']]);
  });

  test('a name that leads to a private address, when it is sent to', async () => {
    const sent = guardedAttempt({ toPrivate: false })(
      { method: 'POST', url: 'https://localhost:1/', body: '{}' },
      { timeoutMs: 5_000, maxBytes: 1, alone: true },
    );
    await expect(sent).rejects.toMatchObject({ failure: 'address_refused' });
  });

  test('others than administrators of the client account; and the secret is never shown again', async () => {
    const { url } = await receiver(204);
    const hook = await hooked(url);
    const other = await openBooks({ clock });
    for (const [method, path] of [
      ['GET', `/webhooks/${hook.id}`],
      ['DELETE', `/webhooks/${hook.id}`],
      ['POST', `/webhooks/${hook.id}/test`],
      ['GET', `/webhooks/${hook.id}/deliveries`],
    ] as const)
      expect((await api(method, path, other.token)).status).toBe(403);
    const list = await api('GET', `/webhooks?client_account_id=${hook.books.clientAccountId}`, hook.books.token);
    expect(JSON.stringify([list.body, await hook.get()])).not.toMatch(/whsec_|"secret/);
    const { rows } = await asOwner('select after from audit_log where client_account_id = $1', [
      hook.books.clientAccountId,
    ]);
    expect(JSON.stringify(rows)).not.toContain('whsec_');
    expect((await api('DELETE', `/webhooks/${hook.id}`, hook.books.token)).status).toBe(200);
    expect((await api('GET', `/webhooks/${hook.id}`, hook.books.token)).status).toBe(404);
    expect(await hook.deliver()).toBe(0);
  });

  test('the twenty-first', async () => {
    const books = await openBooks({ clock });
    const body = { client_account_id: books.clientAccountId, url: 'https://example.com/', kinds: ['*'] };
    for (let n = 0; n < 20; n++) expect((await api('POST', '/webhooks', books.token, body)).status).toBe(201);
    const { status, body: refused } = await api('POST', '/webhooks', books.token, body);
    expect([status, refused.details.code]).toEqual([400, 'events.too_many_webhooks']);
  });
});

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1::1', true],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:93.184.216.34', false],
  ['64:ff9b::a00:1', false],
  ['2002:a00:1::', false],
  ['no address', false],
])('%s is public: %s', (address, expected) => expect(isPublicAddress(address)).toBe(expected));
