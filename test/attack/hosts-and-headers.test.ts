import { beforeAll, describe, expect, test } from 'vitest';
import { asOwner } from '../support/books/people.ts';
import { wrongErrorBody } from './fuzz/oracle.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';
import { newOwned } from './support/world.ts';

let running: Attacked;
let anonymous: HttpCaller;
beforeAll(async () => {
  running = await attacked();
  anonymous = new HttpCaller(running.server);
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
    const { headers } = await (isSignedIn ? owner : anonymous).send('GET', url);
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
    const answer = await anonymous.send('GET', '/nowhere');
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
    await anonymous.send('POST', '/sessions', { email: 'a@test.example', password: secret });
    expect(running.logged.length).toBeGreaterThan(5);
    expect(running.logged.filter((line) => line.includes(secret))).toEqual([]);
  });
});
