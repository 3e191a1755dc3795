import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { asOwner, People } from '../support/people.ts';
import { wrongErrorBody } from './fuzz/oracle.ts';
import { wellFormed } from './fuzz/request.ts';
import { MALFORMED, portOf, rawExchange } from './fuzz/malformed-http.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';
import { newOwned } from './support/world.ts';

const PASSWORD = 'hemmelig passord nummer sju';

let running: Attacked;
let port: number;
let anybody: HttpCaller;
beforeAll(async () => {
  running = await attacked();
  port = await portOf(running.server);
  anybody = new HttpCaller(running.server);
});

const ready = async () => (await running.server.inject({ url: '/readyz' })).statusCode;

async function userWithPassword(): Promise<string> {
  const people = new People();
  try {
    return (await people.user(undefined, PASSWORD)).email;
  } finally {
    await people.close();
  }
}

describe('what is no HTTP, or hardly', () => {
  test.each(MALFORMED)('%s is refused at once, and the server stays', async (_, bytes) => {
    const text = await rawExchange(port, bytes);
    expect(text === 'closed' || /^HTTP\/1\.[01] [234]\d\d/.test(text), text.slice(0, 200) || 'silence').toBe(true);
    expect(await ready()).toBe(200);
  });

  test.each(['/api/v2/assets/%', '/api/v2/assets/%ff', '/api/v2/organizations/%E0%A4%A', '/%'])(
    'the address %s gets the documented body',
    async (url) => {
      const { status, text, headers } = await sentRaw(url);
      expect(status).toBe(400);
      expect(wrongErrorBody(text, status, headers)).toBeUndefined();
    },
  );
});

/** Straight to the socket: a client's library would mend the address. */
async function sentRaw(url: string): Promise<{ status: number; text: string; headers: string }> {
  const answer = await rawExchange(port, `GET ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    text: /transfer-encoding: chunked/i.test(head) ? text.split('\r\n').slice(1, -1).join('') : text,
    headers: /content-type: ([^\r\n]+)/i.exec(head)?.[1] ?? '',
  };
}

describe('bodies', () => {
  const megabytes = Buffer.alloc(8_000_000, 'x');

  test('60 of 8 MB without credentials are not read, and cost nothing', { timeout: 60_000 }, async () => {
    const cpu = process.cpuUsage();
    const held = process.memoryUsage().rss;
    const statuses = await Promise.all(Array.from({ length: 60 }, () => posted('/api/v2/journal-entries', megabytes)));
    const { user, system } = process.cpuUsage(cpu);
    expect(statuses.filter((status) => ![0, 401, 413, 429, 503].includes(status))).toEqual([]);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect((process.memoryUsage().rss - held) / 1e6).toBeLessThan(400);
    expect(await ready()).toBe(200);
  });

  test('a form of hundreds of thousands of names is refused without being taken apart', async () => {
    const form = Array.from({ length: 400_000 }, (_, i) => `a${i}=1`).join('&');
    for (const path of ['/login', '/oauth/token']) {
      const cpu = process.cpuUsage();
      const { status } = await anybody.send('POST', new URL(path, 'http://localhost').pathname, form, {
        'content-type': 'application/x-www-form-urlencoded',
      });
      const { user, system } = process.cpuUsage(cpu);
      expect([path, status]).toEqual([path, expect.toBeOneOf([400, 403, 404, 413, 415])]);
      expect((user + system) / 1e6).toBeLessThan(2);
    }
  });

  test('nobody who sends nothing is waited for without end', { timeout: 30_000 }, async () => {
    expect(running.server.server.requestTimeout).toBeGreaterThan(0);
    expect(running.server.server.requestTimeout).toBeLessThanOrEqual(300_000);
    expect(running.server.server.headersTimeout).toBeGreaterThan(0);
    // A hundred who say they will send a body and do not: the others are served all the same.
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        'POST /api/v2/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
      );
      return socket;
    });
    try {
      expect(await posted('/api/v2/sessions', Buffer.from('{}'))).toBe(400);
      expect(await ready()).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  function posted(path: string, body: Buffer): Promise<number> {
    return new Promise((resolve) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
          request.destroy();
        },
      );
      // A server that hangs up while it is still being sent to has refused.
      request.on('error', () => resolve(0));
      request.end(body);
    });
  }
});

describe('many at once', () => {
  test('sixty times the file of a job that is not theirs leave the server as it was', { timeout: 30_000 }, async () => {
    const { owner } = await newOwned(running.server, running.platform.database);
    const answers = await Promise.all(Array.from({ length: 60 }, () => owner.send('GET', '/jobs/1/file')));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([404]);
    expect(await ready()).toBe(200);
  });
});

describe('where a sign-in leads', () => {
  const ELSEWHERE = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/.//evil.example',
    '/.//localhost//evil.example/x',
    '/..//evil.example',
    '/%2f/evil.example',
    '/%5cevil.example',
    '//',
    '///',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    'https://evil.example',
    'https:evil.example',
    'http:/\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example',
    '//localhost@evil.example',
    '//[evil',
    '/a/../..//evil.example',
    '/\0/evil.example',
    '\ud800',
    '/x?next=//evil.example',
    `/${'a'.repeat(10_000)}`,
    '',
  ];

  test.each(ELSEWHERE)('never out of here: next=%j', async (next) => {
    const email = await userWithPassword();
    const query = new URLSearchParams({ next: wellFormed(next) }).toString();
    const page = await running.server.inject({ url: `/login?${query}`, headers: { host: 'localhost' } });
    expect(page.statusCode).toBeLessThan(500);
    const answer = await running.server.inject({
      method: 'POST',
      url: `/login?${query}`,
      headers: { host: 'localhost', origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ email, password: PASSWORD, next: wellFormed(next) }).toString(),
    });
    expect(answer.statusCode).toBeLessThan(500);
    const { location } = answer.headers;
    if (location === undefined) return;
    // As a browser resolves it.
    const to = new URL(String(location), 'http://localhost/login');
    expect([next, to.host]).toEqual([next, expect.toBeOneOf(['localhost', 'regnskap.example'])]);
  });
});

describe('a host or a proxy that somebody names', () => {
  const named = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  };

  test.each([
    '/login',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource',
    '/docs',
    '/',
  ])('%s does not repeat it', async (url) => {
    const { body, headers } = await running.server.inject({ url, headers: named });
    expect(body).not.toContain('evil.example');
    expect(JSON.stringify(headers)).not.toContain('evil.example');
  });

  test('a refusal does not send a program there for its token', async () => {
    const { headers } = await running.server.inject({ url: '/api/v2/users/me', headers: named });
    expect(String(headers['www-authenticate'])).not.toContain('evil.example');
  });

  test('an invitation’s link does not lead there', async () => {
    const { owner, clientAccountId } = await newOwned(running.server, running.platform.database);
    const email = `vert${clientAccountId}@test.example`;
    const body = { email, client_account_id: clientAccountId, role_id: 1 };
    expect((await owner.send('POST', '/invitations', body, named)).status).toBe(201);
    const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1', [email]);
    expect(rows[0].text_body).not.toContain('evil.example');
  });

  test('an address that is only claimed lifts no limit on attempts', async () => {
    const email = await userWithPassword();
    let statuses: number[] = [];
    for (let i = 0; i < 130; i += 10)
      statuses = statuses.concat(
        await Promise.all(
          Array.from({ length: 10 }, async (_, j) => {
            const headers = { 'x-forwarded-for': `10.0.${i}.${j}` };
            return (await anybody.send('POST', '/sessions', { email, password: 'feil passord nummer en' }, headers))
              .status;
          }),
        ),
      );
    expect(statuses).toContain(429);
  });
});

describe('who guesses passwords', () => {
  test('is stopped, and stops nobody who comes from elsewhere with the right one', { timeout: 60_000 }, async () => {
    const email = await userWithPassword();
    const from = (remoteAddress: string, password: string) =>
      running.server.inject({ method: 'POST', url: '/api/v2/sessions', remoteAddress, payload: { email, password } });
    let last = 0;
    // From a few addresses, as an attacker who has them would.
    for (let i = 0; i < 150; i++) last = (await from(`192.0.2.${i % 5}`, 'feil passord nummer en')).statusCode;
    expect(last).toBe(429);
    expect((await from('198.51.100.7', PASSWORD)).statusCode).toBe(201);
  });
});

describe('what an answer says to caches and browsers', () => {
  test.each([
    ['/api/v2/users/me', true],
    ['/api/v2/client-accounts', true],
    ['/api/v2/users/me', false],
    ['/api/v2/nowhere', true],
    ['/public/v2/invitations/x', false],
  ])('%s is kept by nobody and taken for nothing else (signed in: %s)', async (url, isSignedIn) => {
    const { owner } = await newOwned(running.server, running.platform.database);
    const { headers } = await (isSignedIn ? owner : anybody).send('GET', url);
    expect(headers).toMatchObject({
      'cache-control': expect.stringContaining('no-store'),
      'x-content-type-options': 'nosniff',
    });
  });

  test('a page cannot be framed, and runs no foreign script', async () => {
    const { headers } = await running.server.inject({ url: '/login' });
    expect(String(headers['content-security-policy'])).toMatch(/frame-ancestors 'none'/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('what the server tells of itself', () => {
  test('metrics are closed to whoever is not named', async () => {
    for (const headers of [{}, { authorization: 'Bearer x' }, { 'x-forwarded-for': '127.0.0.1' }]) {
      const { statusCode } = await running.server.inject({ url: '/metrics', remoteAddress: '203.0.113.9', headers });
      expect(statusCode).toBeOneOf([401, 403, 404]);
    }
    expect((await running.server.inject({ url: '/metrics' })).statusCode).toBeOneOf([401, 403, 404]);
  });

  test('whatever discovery names is there', async () => {
    const metadata = (await running.server.inject({ url: '/.well-known/oauth-authorization-server' })).json();
    for (const name of Object.keys(metadata).filter((each) => each.endsWith('_endpoint') || each === 'jwks_uri')) {
      const { pathname } = new URL(metadata[name] as string);
      const answers = await Promise.all(
        (['GET', 'POST'] as const).map(
          async (method) => (await running.server.inject({ method, url: pathname })).statusCode,
        ),
      );
      expect([name, answers.every((status) => status === 404 || status >= 500)]).toEqual([name, false]);
    }
    const { response_types_supported: types, code_challenge_methods_supported: challenges } = metadata;
    expect({ types, challenges }).toEqual({ types: ['code'], challenges: ['S256'] });
  });

  test('an unknown address is a plain 404 with the documented body', async () => {
    const answer = await anybody.send('GET', '/nowhere');
    expect(answer.status).toBe(404);
    expect(wrongErrorBody(answer.text, 404, String(answer.headers['content-type']))).toBeUndefined();
  });
});

describe('secrets', () => {
  test('planted in every part of a request, they stand in no log', async () => {
    const secret = `plantet-${'x'.repeat(20)}-hemmelighet`;
    const headers = { authorization: `Bearer ${secret}`, cookie: `hovedbok=${secret}`, 'x-api-key': secret };
    for (const url of [
      `/api/v2/users/me?access_token=${secret}`,
      `/public/v2/invitations/${secret}`,
      `/invitations/${secret}`,
      `/oauth/token?client_secret=${secret}`,
    ])
      for (const method of ['GET', 'POST'] as const)
        await running.server.inject({
          method,
          url,
          headers,
          ...(method === 'POST' ? { payload: { password: secret, email: `${secret}@test.example` } } : {}),
        });
    await anybody.send('POST', '/sessions', { email: 'a@test.example', password: secret });
    expect(running.logged.length).toBeGreaterThan(5);
    expect(running.logged.filter((line) => line.includes(secret))).toEqual([]);
  });
});
