import { beforeAll, describe, expect, test } from 'vitest';
import { wellFormed } from './fuzz/request.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import { PASSWORD, userWithPassword } from './support/password.ts';
import type { Attacked } from './support/server.ts';

let running: Attacked;
let anonymous: HttpCaller;
beforeAll(async () => {
  running = await attacked();
  anonymous = new HttpCaller(running.server);
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
    const to = new URL(location, 'http://localhost/login');
    expect([next, to.host]).toEqual([next, expect.toBeOneOf(['localhost', 'regnskap.example'])]);
  });
});

describe('who guesses passwords', () => {
  test('is stopped, and stops nobody who comes from elsewhere with the right one', { timeout: 240_000 }, async () => {
    const email = await userWithPassword();
    const from = (remoteAddress: string, password: string) =>
      running.server.inject({ method: 'POST', url: '/api/v2/sessions', remoteAddress, payload: { email, password } });
    let last = 0;
    // From several addresses, as an attacker would who has them.
    for (let i = 0; i < 150; i++) last = (await from(`192.0.2.${i % 5}`, 'feil passord nummer en')).statusCode;
    expect(last).toBe(429);
    expect((await from('198.51.100.7', PASSWORD)).statusCode).toBe(201);
  });

  test('an address that is only claimed lifts no limit on attempts', async () => {
    const email = await userWithPassword();
    let statuses: number[] = [];
    for (let i = 0; i < 130; i += 10)
      statuses = statuses.concat(
        await Promise.all(
          Array.from({ length: 10 }, async (_, j) => {
            const headers = { 'x-forwarded-for': `10.0.${i}.${j}` };
            return (await anonymous.send('POST', '/sessions', { email, password: 'feil passord nummer en' }, headers))
              .status;
          }),
        ),
      );
    expect(statuses).toContain(429);
  });
});
