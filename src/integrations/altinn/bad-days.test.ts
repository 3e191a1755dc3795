import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Effect } from '../../../sandbox/faults.ts';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { connect, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import type { Platform } from '../../platform/operation.ts';
import { dialogportenRoutes } from '../dialogporten/dialogporten.routes.ts';
import { systemUserRoutes } from './system-users/system-users.routes.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080' };
const api = apiOf([...systemUserRoutes, ...dialogportenRoutes], platform);
const SYSTEM_USERS = '/integrations/altinn/system-users';

let books: Books;
let id: string;
beforeAll(async () => {
  platform.outside = (await connect(sandbox, clock)).outside;
  books = await openBooks({ clock, organizationNumber: '310049573' });
  id = (await ask(books)).body.id;
  await sandbox.act('altinn', 'decide', { id, decision: 'approve', person: '28818698897' });
  expect(await status()).toBe('Active');
}, 120_000);
beforeEach(async () => {
  sandbox.reset();
  platform.outside = (await connect(sandbox, clock)).outside;
});

const ask = ({ token, clientAccountId }: Books) =>
  api('POST', SYSTEM_USERS, token, { client_account_id: clientAccountId });
const status = async () => (await api('GET', `${SYSTEM_USERS}/${id}`, books.token)).body.status;
const dialogs = async () => {
  const query = `client_account_id=${books.clientAccountId}`;
  return (await api('GET', `/integrations/dialogporten/dialogs?${query}`, books.token)).body.items.length;
};
const asked = async () => (await ask(await openBooks({ clock, organizationNumber: '310049573' }))).body.status;

const CALLS: [name: string, party: string, path: string, call: () => Promise<unknown>, whole: unknown][] = [
  ['a request', 'altinn', 'request/vendor$', asked, 'New'],
  ['the exchange', 'altinn', 'exchange/maskinporten', asked, 'New'],
  ['the vendor’s token', 'maskinporten', '/token', asked, 'New'],
  ['the status', 'altinn', 'request/vendor/.', status, 'Active'],
  ['the system user', 'altinn', 'vendor/byquery', status, 'Active'],
  ['dialogs', 'dialogporten', 'enduser/dialogs', dialogs, 25],
  ['the customer’s token', 'maskinporten', '/token', dialogs, 25],
];
const ONCE: [string, Effect][] = [
  ['502', { kind: 'status', status: 502 }],
  ['429, again in a second', { kind: 'status', status: 429, retryAfter: 1 }],
  ['503 with a date', { kind: 'status', status: 503, retryAfter: 'date' }],
  ['a lost answer', { kind: 'reset' }],
  ['401', { kind: 'status', status: 401 }],
];
const rows = CALLS.flatMap(([name, party, path, call, whole]) =>
  // Maskinporten's response that we are unknown is not retried.
  ONCE.filter(([effect]) => party !== 'maskinporten' || effect !== '401').map(
    ([effect, what]) => [name, effect, { party, path, call, whole, what }] as const,
  ),
);

describe('what happens once is not noticed', () => {
  test.each(rows)('%s: %s', async (_, _effect, { party, path, call, whole, what }) => {
    sandbox.fault({ party, path, times: 1, effect: what });
    expect(await call()).toBe(whole);
  });
});

describe('row 9: clocks, keys and tokens', () => {
  test.each([3600, -3600])('all of them %i seconds from us', async (seconds) => {
    for (const party of ['maskinporten', 'altinn', 'dialogporten']) sandbox.skew(party, seconds);
    expect([await status(), await dialogs()]).toEqual(['Active', 25]);
  });

  test.each(['maskinporten', 'altinn'])('the key of %s changes, the old one is gone', async (party) => {
    expect([await status(), await dialogs()]).toEqual(['Active', 25]);
    await sandbox.act(party, 'rotate');
    expect([await status(), await dialogs()]).toEqual(['Active', 25]);
  });

  test('tokens that live ten seconds', async () => {
    await sandbox.act('maskinporten', 'life', { seconds: 10 });
    try {
      for (let i = 0; i < 3; i++) {
        expect([await status(), await dialogs()]).toEqual(['Active', 25]);
        clock.pass(9);
      }
    } finally {
      await sandbox.act('maskinporten', 'life', { seconds: 119 });
    }
  });
});
