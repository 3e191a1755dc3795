import { afterAll, describe, expect, it } from 'vitest';
import Fastify from 'fastify';
import { People } from '../../../test/support/books/people.ts';
import { localPath } from './local-path.ts';
import { registerSignIn } from './sign-in.tsx';

const TRICKS = [
  '//evil.example',
  '///evil.example',
  '//',
  '/\\evil.example',
  '/\\/evil.example',
  '\\\\evil.example',
  '/.//evil.example/x',
  '/.//HOST//evil.example/x',
  '/..//evil.example',
  '/%2e//evil.example',
  '/a/..//evil.example',
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/.%2f/%2fevil.example/..//x/../..//y',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\nLocation: //evil.example',
  '/\u0000/evil.example',
  '/\u00a0/evil.example',
  '/\u2028x',
  ' /x',
  'https://evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '@evil.example',
  '//user:pass@evil.example',
  '//[::1',
  '//%zz',
  '',
  'x',
  '?x',
  '#x',
  `/${'a'.repeat(2_000)}`,
];

describe('where to go next', () => {
  it.each(TRICKS)('%j is not of this site', (next) => {
    expect(localPath(next)).toBeUndefined();
  });

  it.each([undefined, null, 5, ['/x'], { startsWith: 1 }])('%j is no path', (next) => {
    expect(localPath(next)).toBeUndefined();
  });

  it.each([
    ['/', '/'],
    ['/client-accounts/2/trial-balance?date_from=2025-01-01', '/client-accounts/2/trial-balance?date_from=2025-01-01'],
    ['/oauth/interaction/x_1?a=%2F%2Fb', '/oauth/interaction/x_1?a=%2F%2Fb'],
    ['/a/../b#c', '/b'],
    ['/x?next=//evil.example', '/x?next=//evil.example'],
    ['/a/%2f/b', '/a/%2f/b'],
  ])('%s is %s', (next, path) => {
    expect(localPath(next)).toBe(path);
    expect(new URL(localPath(next)!, 'https://books.example').origin).toBe('https://books.example');
  });
});

describe('the sign-in page', async () => {
  const people = new People();
  const server = Fastify();
  server.decorateRequest('caller', null);
  server.decorateRequest('language', 'en');
  await registerSignIn(server, people.platform);
  afterAll(async () => {
    await server.close();
    await people.close();
  });
  const password = 'riktig hest batteri';

  it('neither shows nor follows a trick, and never fails', async () => {
    const { email } = await people.user(undefined, password);
    for (const next of TRICKS) {
      const page = await server.inject({ url: '/login', query: { next } });
      expect([next, page.statusCode, page.body.includes('name="next"')]).toEqual([next, 200, false]);
      const answer = await server.inject({
        method: 'POST',
        remoteAddress: '198.51.100.61',
        url: '/login',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        payload: new URLSearchParams({ email, password, next }).toString(),
      });
      // Input that is not valid text is refused with the whole form.
      const expected = /\p{Cc}/u.test(next.replace(/[\t\r\n]/g, '')) ? [400, undefined] : [303, '/'];
      expect([next, answer.statusCode, answer.headers.location]).toEqual([next, ...expected]);
    }
  });
});
