import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { languageOf } from '../../src/platform/http/server.ts';
import { asOwner } from '../support/books/people.ts';
import { wrongErrorBody } from './fuzz/oracle.ts';
import { attacked } from './support/attacked.ts';
import { type Answer, HttpCaller } from './support/caller.ts';
import { PASSWORD, userWithPassword } from './support/password.ts';
import type { Attacked } from './support/server.ts';
import { newOwned, type Owned } from './support/world.ts';

let running: Attacked;
let owned: Owned;
let port: number;
beforeAll(async () => {
  running = await attacked();
  owned = await newOwned(running.server, running.platform.database);
  await running.server.listen({ port: 0, host: '127.0.0.1' });
  port = (running.server.server.address() as AddressInfo).port;
});

const json = { 'content-type': 'application/json' };
const partner = (fields: string) =>
  owned.owner.send('POST', '/business-partners', `{"client_account_id":${owned.clientAccountId},${fields}}`, json);
const isRefused = ({ status, text: body, headers }: Answer) =>
  expect([status, wrongErrorBody(body, status, String(headers['content-type']))]).toEqual([400, undefined]);

describe('JSON that two readers read differently', () => {
  test.each([
    ['a number beyond all numbers', '"name":"A","organization_id":1e400'],
    ['a whole number beyond exact ones', '"name":"A","organization_id":9007199254740993'],
    ['a negative zero as id', '"name":"A","organization_id":-0'],
    ['__proto__', '"name":"A","__proto__":{"is_customer":true}'],
    ['__proto__ in escapes', '"name":"A","\\u005f_proto__":{"is_customer":true}'],
    ['constructor.prototype', '"name":"A","constructor":{"prototype":{"is_customer":true}}'],
    ['a comment', '"name":"A"/* */'],
    ['a comma too many', '"name":"A",'],
    ['NaN', '"name":"A","organization_id":NaN'],
    ['half a character', '"name":"\\ud800"'],
  ])('%s is refused', async (_, fields) => {
    isRefused(await partner(fields));
    expect(({} as Record<string, unknown>).is_customer).toBeUndefined();
  });

  test('a name given twice counts once, and access is decided about what counts', async () => {
    const other = await newOwned(running.server, running.platform.database);
    const body = (first: number, second: number) =>
      `{"client_account_id":${first},"name":"A","client_account_id":${second}}`;
    const send = (text_: string) => owned.owner.send('POST', '/business-partners', text_, json);
    const count = async () =>
      (await asOwner('select id from business_partners where client_account_id = $1', [other.clientAccountId])).rows;
    expect((await send(body(owned.clientAccountId, other.clientAccountId))).status).toBe(403);
    expect((await send(body(other.clientAccountId, owned.clientAccountId))).body.client_account_id).toBe(
      owned.clientAccountId,
    );
    expect(await count()).toEqual([]);
  });
});

/** Sends bytes and returns everything received until the connection ends. */
async function raw(...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(lines.join('\r\n'));
  return text(socket);
}

describe('one request that a proxy may read as two', () => {
  const body = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  test.each<[string, string[]]>([
    ['both lengths', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${body.length}`]],
    ['a length with a sign', [`Content-Length: +${body.length}`]],
    ['a length in hex', ['Content-Length: 0x3a']],
    ['two lengths in one', [`Content-Length: 0, ${body.length}`]],
    ['an unknown coding', ['Transfer-Encoding: xchunked']],
    ['chunked before another', ['Transfer-Encoding: chunked, identity']],
    ['a name with a space', ['Transfer-Encoding : chunked']],
    ['a folded line', ['X-A: b', ' Transfer-Encoding: chunked']],
  ])('%s: refused, and the connection ends', async (_, headers) => {
    const answer = await raw(
      'POST /api/v2/sessions HTTP/1.1',
      'Host: x',
      'Content-Type: application/json',
      ...headers,
      '',
      body,
    );
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('a page’s form sent from elsewhere', () => {
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
  ])('%s: nobody is signed in', async (_, headers) => {
    const email = await userWithPassword();
    for (const url of ['/login', '/logout', '/invitations/abc']) {
      const answer = await running.server.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ email, password: PASSWORD }).toString(),
      });
      expect([url, answer.statusCode]).toEqual([url, 403]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('the cookie is for this host alone, and for no script', async () => {
    const email = await userWithPassword();
    const answer = await running.server.inject({
      method: 'POST',
      url: '/login',
      headers: { origin: 'http://localhost', host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ email, password: PASSWORD }).toString(),
    });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/; Path=\//i);
    expect(cookie).toMatch(/; HttpOnly/i);
    expect(cookie).toMatch(/; SameSite=(Lax|Strict)/i);
    expect(cookie).not.toMatch(/; Domain=/i);
  });
});

describe('what somebody is called', () => {
  const NAMES = ['Ola\r\nBcc: alle@evil.example', 'Ola\nX: y', 'Ola\u2028Bcc: x', 'Ola\u0000'];

  test.each(NAMES)('%j makes no line of a mail', async (display_name) => {
    const made = await owned.owner.send('POST', '/client-accounts', { display_name });
    if (made.status === 400) return;
    expect(made.status).toBe(201);
    const email = `navn-${made.body.id}@test.example`;
    await owned.owner.must('POST', '/invitations', { client_account_id: made.body.id, email, role_id: 1 });
    const { rows } = await asOwner('select subject, recipient from mail_outbox where recipient = $1', [email]);
    expect(rows[0].subject).not.toMatch(/[\r\n\0]/);
  });

  test.each(['a@x.example\r\nBcc: b@x.example', 'a@x.example,b@x.example', '"a b"@x.example>', '<a@x.example>'])(
    '%j is no address to send to',
    async (email) => {
      const answer = await owned.owner.send('POST', '/invitations', {
        client_account_id: owned.clientAccountId,
        email,
        role_id: 1,
      });
      expect(answer.status).toBe(400);
    },
  );

  test('markup in a name is shown, not followed', async () => {
    const display_name = '<img src=x onerror=alert(1)>"\'&';
    const { id } = await owned.owner.must('POST', '/client-accounts', { display_name });
    const query = `client_account_id=${id}&date_from=2026-01-01&date_to=2026-01-31&format=html`;
    const page = await owned.owner.send('GET', `/reports/trial-balance?${query}`);
    expect(page.text).not.toContain('<img src=x');
  });
});

describe('headers that cost', () => {
  test.each(['en;q='.repeat(3_000), 'a-'.repeat(8_000), ','.repeat(15_000), ';q=0.'.repeat(2_500), ' '.repeat(15_000)])(
    'Accept-Language %#',
    (header) => {
      const start = performance.now();
      expect(languageOf(header)).toBeOneOf(['nb', 'en']);
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});

describe('guessing', () => {
  test('an invitation’s token: too long to guess', async () => {
    const anonymous = new HttpCaller(running.server);
    const answers = await Promise.all(
      ['x', 'A'.repeat(43), 'A'.repeat(500), '%00', '..'].map((token) =>
        anonymous.send('GET', `/public/v2/invitations/${token}`),
      ),
    );
    for (const { status } of answers) expect(status).toBeOneOf([400, 404]);
    const email = 'gjett@test.example';
    await owned.owner.must('POST', '/invitations', { client_account_id: owned.clientAccountId, email, role_id: 1 });
    const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1', [email]);
    const token = /\/invitations\/(\S+)/.exec(rows[0].text_body as string)![1]!;
    expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(32);
  });

  test('who is no user takes as long as a wrong password', async () => {
    const known = await userWithPassword();
    const seconds = async (email: string) => {
      const start = process.cpuUsage();
      for (let n = 0; n < 3; n++)
        await running.server.inject({
          method: 'POST',
          url: '/api/v2/sessions',
          headers: { host: 'localhost', origin: 'http://localhost' },
          payload: { email, password: 'feil passord helt sikkert' },
        });
      const { user } = process.cpuUsage(start);
      return user;
    };
    await seconds('varm@test.example');
    const [there, unknown] = [await seconds(known), await seconds('ingen@test.example')];
    expect(unknown / there).toBeGreaterThan(0.4);
    expect(unknown / there).toBeLessThan(2.5);
  });
});
