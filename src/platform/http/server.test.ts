import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import type { Caller } from '../caller.ts';
import { handedOnOperation, type Platform } from '../operation.ts';
import type { TrustedProxies } from '../setting.ts';
import { type Route, route } from './route.ts';
import { Id, strict, Type } from './schema.ts';
import { createHttpServer, type HttpOptions } from './server.ts';

const CALLER: Caller = {
  userId: 1,
  language: 'en',
  scopes: new Set(['read:accounting']),
  roles: new Map([[1, new Set(['CA'] as const)]]),
};
const platform = {
  log: { info: () => {}, warn: () => {}, error: () => {} },
  clock: { now: () => new Date(0) },
} as unknown as Platform;

const failures: Record<string, unknown> = {};
const things = handedOnOperation({
  name: 'test.things',
  access: { kind: 'client', scope: 'read:accounting', roles: ['CA'] },
  run: async (_, input: { fail?: string | undefined; size?: number }) => {
    if (input.fail) throw failures[input.fail];
    return { size: input.size ?? 0 };
  },
});
const Base = { tag: 'Test', summary: 'Test', operation: things } as const;
const routes: Route[] = [
  route({
    ...Base,
    method: 'GET',
    path: '/things',
    client: 'query',
    query: strict({ client_account_id: Id, fail: Type.Optional(Type.String()) }),
    input: ({ query }) => ({ fail: query.fail }),
  }),
  route({
    ...Base,
    method: 'POST',
    path: '/things',
    client: 'body',
    body: strict({ client_account_id: Id, text: Type.Optional(Type.String()) }),
    input: ({ body }) => ({ size: body.text?.length ?? 0 }),
  }),
  route({
    ...Base,
    method: 'POST',
    path: '/accounts/{client_account_id}/things',
    client: 'path',
    params: strict({ client_account_id: Id }),
    body: strict({ text: Type.Optional(Type.String()) }),
    input: ({ body }) => ({ size: body.text?.length ?? 0 }),
  }),
];

const servers: ReturnType<typeof createHttpServer>[] = [];
function serve(more: Partial<HttpOptions> = {}) {
  const server = createHttpServer({
    platform,
    routes,
    authenticate: async (request) => (request.headers.authorization ? CALLER : null),
    ...more,
  });
  server.get('/who', ({ ip, host, protocol }, reply) => reply.send({ ip, host, protocol }));
  servers.push(server);
  return server;
}
afterAll(() => Promise.all(servers.map((server) => server.close())));

const server = serve();
const headers = { authorization: 'x', 'accept-language': 'en' };
const THINGS = '/api/v2/things?client_account_id=1';

describe('an address', () => {
  test.each([
    ['/api/v2/things/?client_account_id=1', 200, ''],
    [`${THINGS}&fail=%zz`, 400, 'query'],
    [`${THINGS}&fail=%ff`, 400, 'query'],
    ['/api/v2/accounts/%zz/things', 400, 'path'],
    [`${THINGS}&${'a=1&'.repeat(300)}`, 400, 'query'],
    ['/api/v2/things?client_account_id=1&client_account_id=2', 400, 'client_account_id'],
    ['/api/v2/things?client_account_id=01', 400, 'client_account_id'],
    [`${THINGS}&fail=a%00`, 400, 'fail'],
    ['/api/v2/things?client_account_id=1&constructor=1', 400, 'constructor'],
  ])('%s', async (url, status, path) => {
    const answer = await server.inject({ url, headers });
    expect(answer.statusCode).toBe(status);
    if (path) expect(answer.json()).toMatchObject({ status, details: { code: 'request.invalid', fields: [{ path }] } });
  });
});

test('every answer says that it is nobody else’s and what it is', async () => {
  for (const url of [THINGS, '/api/v2/nothing', '/api/v2/%zz'])
    expect((await server.inject({ url, headers })).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
});

describe('what the database refuses', () => {
  const fault = (code: string, more: object = {}) => Object.assign(new Error('database'), { code, ...more });
  Object.assign(failures, {
    closing: fault('57P01'),
    cancelled: fault('57014'),
    full: fault('53300'),
    locked: fault('55P03'),
    broken: fault('08006'),
    gone: fault('ECONNREFUSED', { syscall: 'connect' }),
    terminated: new Error('Connection terminated unexpectedly'),
    reference: fault('23503', {
      detail: 'Key (client_account_id, role_id)=(1, 99) is not present in table "roles".',
    }),
    referenced: fault('23503', { detail: 'Key (id)=(1) is still referenced from table "things".' }),
    other: fault('22012'),
  });
  test.each([
    ['closing', 503, 'request.unavailable'],
    ['cancelled', 503, 'request.unavailable'],
    ['full', 503, 'request.unavailable'],
    ['locked', 503, 'request.unavailable'],
    ['broken', 503, 'request.unavailable'],
    ['gone', 503, 'request.unavailable'],
    ['terminated', 503, 'request.unavailable'],
    ['reference', 400, 'request.unknown_reference'],
    ['referenced', 409, 'request.still_referenced'],
    ['other', 500, 'request.internal'],
  ])('%s', async (fail, status, code) => {
    const answer = await server.inject({ url: `${THINGS}&fail=${fail}`, headers });
    expect([answer.statusCode, answer.json().details.code]).toEqual([status, code]);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    if (fail === 'reference') expect(answer.json().details.fields[0].path).toBe('role_id');
  });
});

describe('a body', () => {
  const post = (payload: string | Buffer, more: object = {}, url = '/api/v2/things') =>
    server.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/json', ...more },
      payload,
    });

  test.each<[string, string | Buffer, number, string]>([
    ['that is right', '{"client_account_id":1}', 200, ''],
    ['that is no JSON', '{', 400, 'request.invalid'],
    ['that is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'request.invalid'],
    ['with a prototype', '{"client_account_id":1,"__proto__":{}}', 400, 'request.invalid'],
    ['that is too large', `{"client_account_id":1,"text":"${'x'.repeat(1_100_000)}"}`, 413, 'request.too_large'],
  ])('%s', async (_, payload, status, code) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    if (code) expect(answer.json().details.code).toBe(code);
  });

  test('of who may not call is not read', async () => {
    const large = 'x'.repeat(2_000_000);
    expect((await post(large, { authorization: '' })).statusCode).toBe(401);
    const client = serve({ authenticate: async () => ({ ...CALLER, scopes: new Set() }) });
    const request = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: '{',
    } as const;
    expect((await client.inject({ ...request, url: '/api/v2/things' })).json().details.code).toBe(
      'request.scope_missing',
    );
    const reader = serve({
      authenticate: async () => ({ ...CALLER, roles: new Map([[1, new Set(['EM'] as const)]]) }),
    });
    expect((await reader.inject({ ...request, url: '/api/v2/accounts/1/things' })).json().details.code).toBe(
      'request.role_missing',
    );
  });

  test('waits for no others than fit; what was held is given back', async () => {
    const small = serve({ bodies: { mostHeld: 100_000 } });
    const body = (length: number) => ({
      method: 'POST' as const,
      url: '/api/v2/things',
      headers,
      payload: { client_account_id: 1, text: 'x'.repeat(length) },
    });
    for (let i = 0; i < 5; i++) expect((await small.inject(body(60_000))).statusCode).toBe(200);
    const refused = await small.inject(body(200_000));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await small.inject(body(60_000))).statusCode).toBe(200);
  });

  test('that stops ends its request; one that goes on does not', async () => {
    const impatient = serve({ bodies: { noProgressMs: 100 } });
    await impatient.listen({ port: 0, host: '127.0.0.1' });
    const { port } = impatient.server.address() as AddressInfo;
    const open = () => connect(port, '127.0.0.1');
    const head = (length: number) =>
      `POST /api/v2/things HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    const stopped = open();
    stopped.write(`${head(100)}{"client`);
    expect(await text(stopped)).toMatch(/^HTTP\/1.1 408 [^]*"code":"request.too_slow"/);

    const body = '{"client_account_id":1}';
    const slow = open();
    slow.write(head(body.length));
    const answered = once(slow, 'data');
    for (const sign of body) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      slow.write(sign);
    }
    expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 200/);
    slow.destroy();
  });

  test('that trickles ends its request', async () => {
    const impatient = serve({ bodies: { slowest: { bytes: 1_000, ms: 200 } } });
    await impatient.listen({ port: 0, host: '127.0.0.1' });
    const slow = connect((impatient.server.address() as AddressInfo).port, '127.0.0.1');
    slow.on('error', () => {});
    const answered = text(slow);
    slow.write('POST /api/v2/things HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Type: application/json\r\n');
    slow.write('Content-Length: 100000\r\n\r\n');
    const trickle = setInterval(() => slow.write(' '), 20);
    expect(await answered).toMatch(/^HTTP\/1.1 408 [^]*"code":"request.too_slow"/);
    clearInterval(trickle);
  });

  test('an Idempotency-Key is text', async () => {
    const answer = await post('{"client_account_id":1}', { 'idempotency-key': 'a\u0085b' });
    expect(answer.json().details.fields[0].path).toBe('Idempotency-Key');
  });
});

test('what is no HTTP gets an answer of the documented form', async () => {
  const plain = serve();
  await plain.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((plain.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('NONSENSE\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1.1 400 [^]*"code":"request.invalid"/);
});

describe('X-Forwarded-* are believed', () => {
  const asked = async (trustProxy: TrustedProxies, remoteAddress: string) =>
    (
      await serve({ trustProxy }).inject({
        url: '/who',
        remoteAddress,
        headers: {
          host: 'inside:8080',
          'x-forwarded-for': '6.6.6.6, 203.0.113.9',
          'x-forwarded-host': 'evil.example, books.example',
          'x-forwarded-proto': 'https',
        },
      })
    ).json();
  const outside = { ip: '203.0.113.9', host: 'books.example', protocol: 'https' };
  test.each<[TrustedProxies, string, object]>([
    [0, '10.0.0.7', { ip: '10.0.0.7', host: 'inside:8080', protocol: 'http' }],
    [1, '10.0.0.7', outside],
    [2, '10.0.0.7', { ...outside, ip: '6.6.6.6' }],
    [['10.0.0.0/8'], '10.0.0.7', outside],
    [['10.0.0.0/8'], '::ffff:10.0.0.7', outside],
    [['10.0.0.8', 'fd00::/8'], '10.0.0.7', { ip: '10.0.0.7', host: 'inside:8080', protocol: 'http' }],
    [['10.0.0.8', 'fd00::/8'], 'fd00::1', outside],
  ])('%j, from %s', async (trustProxy, from, expected) => {
    expect(await asked(trustProxy, from)).toEqual(expected);
  });
});
