import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../test/support/books.ts';
import { apiOf } from '../../../test/support/domain-api.ts';
import { PARTY_EFFECTS } from '../../../test/support/party-effects.ts';
import { connect, MovingClock, testSandbox } from '../../../test/support/sandbox.ts';
import type { Platform } from '../../platform/operation.ts';
import { dialogportenRoutes } from '../dialogporten/dialogporten.routes.ts';
import { systemUserRoutes } from './system-users/system-users.routes.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080' };
const api = apiOf([...systemUserRoutes, ...dialogportenRoutes], platform);
const CUSTOMER = '310049573';
const SYSTEM_USERS = '/integrations/altinn/system-users';

/** An active system user, for calls that need one. */
let active: { books: Books; id: string };
beforeAll(async () => {
  platform.outside = (await connect(sandbox, clock)).outside;
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  const { body } = await ask(books);
  await sandbox.act('altinn', 'decide', { id: body.id, decision: 'approve', person: '28818698897' });
  active = { books, id: body.id };
  expect((await readStatus(active)).body.status).toBe('Active');
}, 30_000);
beforeEach(() => sandbox.reset());

const ask = (books: Books) => api('POST', SYSTEM_USERS, books.token, { client_account_id: books.clientAccountId });
const readStatus = ({ books, id }: typeof active) => api('GET', `${SYSTEM_USERS}/${id}`, books.token);
const list = (books: Books) => api('GET', `${SYSTEM_USERS}?client_account_id=${books.clientAccountId}`, books.token);
const dialogs = (books: Books) =>
  api('GET', `/integrations/dialogporten/dialogs?client_account_id=${books.clientAccountId}`, books.token);

/** Effects that are none: the answer comes, a little later or without a type. */
const HARMLESS = ['late headers', 'slow body', 'without a type'];

interface Call {
  name: string;
  /** Where the effect is. */
  party: string;
  path: string;
  method?: string;
  /** Asks our API, and says in a few words what came. */
  ask(): Promise<string>;
  whole: string;
  /** Of every fault. */
  failed: RegExp;
  /** Effects that this call does not mind beside the harmless ones, and what then comes. */
  fine?: Record<string, string>;
}

const told = ({ status, body }: { status: number; body: any }) => {
  if (body.details) return `${status} ${body.details.code} (${body.details.cause ?? body.details.service})`;
  if (body.error !== undefined) return `${status} [] ${body.error}`;
  return `${status} ${body.status ?? body.items.length}`;
};
const newRequest = async () => {
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  const answer = await ask(books);
  // Made, or nothing: a failure leaves no half of it.
  const { total } = (await list(books)).body;
  return `${told(answer)}, ${total} stored`;
};
const REQUEST_FAILED = /^400 system_users\.request_failed \((outbound|maskinporten|system_users)\.\w+\), 0 stored$/;
const NO_STATUS = /^400 system_users\.status_unavailable \((outbound|maskinporten|system_users)\.\w+\)$/;
const NO_DIALOGS = /^200 \[\] (Dialogporten|Maskinporten|Altinn|No active)/;

const CALLS: Call[] = [
  {
    name: 'system user: ask',
    party: 'altinn',
    path: 'request/vendor$',
    method: 'POST',
    ask: newRequest,
    whole: '200 New, 1 stored',
    failed: REQUEST_FAILED,
  },
  {
    name: 'system user: ask, token exchange',
    party: 'altinn',
    path: 'exchange/maskinporten',
    ask: newRequest,
    whole: '200 New, 1 stored',
    failed: REQUEST_FAILED,
    // A token is text, whatever its label.
    fine: { 'as plain text': '200 New, 1 stored', 'as a page': '200 New, 1 stored' },
  },
  {
    name: 'system user: ask, Maskinporten',
    party: 'maskinporten',
    path: '/token',
    ask: newRequest,
    whole: '200 New, 1 stored',
    failed: REQUEST_FAILED,
  },
  {
    name: 'system user: status',
    party: 'altinn',
    path: 'request/vendor/.',
    ask: async () => told(await readStatus(active)),
    whole: '200 Active',
    failed: NO_STATUS,
  },
  {
    name: 'system user: status, the user itself',
    party: 'altinn',
    path: 'vendor/byquery',
    ask: async () => told(await readStatus(active)),
    whole: '200 Active',
    failed: NO_STATUS,
  },
  {
    name: 'system user: list',
    party: 'altinn',
    path: 'systemuser',
    ask: async () => told(await list(active.books)),
    whole: '200 1',
    // What is stored, whatever Altinn does.
    failed: /^200 1$/,
  },
  {
    name: 'dialogs',
    party: 'dialogporten',
    path: 'enduser/dialogs',
    ask: async () => told(await dialogs(active.books)),
    whole: '200 25',
    failed: NO_DIALOGS,
  },
  {
    name: 'dialogs, Maskinporten',
    party: 'maskinporten',
    path: '/token',
    ask: async () => told(await dialogs(active.books)),
    whole: '200 25',
    failed: NO_DIALOGS,
  },
];

describe.each(CALLS)('$name', ({ party, path, method, ask: send, whole, failed, fine = {} }) => {
  test.each(Object.entries(PARTY_EFFECTS))('%s', async (name, { effect, timeoutMs }) => {
    const connected = await connect(sandbox, clock, timeoutMs === undefined ? {} : { timeoutMs });
    platform.outside = connected.outside;
    sandbox.fault({ party, path, ...(method ? { method } : {}), effect });
    const answer = await send();
    if (HARMLESS.includes(name)) expect(answer).toBe(whole);
    else if (name in fine) expect(answer).toBe(fine[name]);
    else expect(answer).toMatch(failed);
    expect(connected.logged.join()).not.toMatch(/eyJ|Bearer/);
    // Others are not touched, and the next good answer heals it.
    sandbox.reset();
    clock.pass(31);
    platform.outside = (await connect(sandbox, clock)).outside;
    expect(await send()).toBe(whole);
  });
});

describe('what happens once is not noticed', () => {
  const ONCE = ['status 502', '429, again in a second', '503 with a date', 'closed before the answer', 'status 401'];
  test.each(CALLS.flatMap((call) => ONCE.map((name) => [call.name, name, call] as const)))(
    '%s: %s',
    async (_, name, call) => {
      platform.outside = (await connect(sandbox, clock)).outside;
      const { party, path, method } = call;
      // Maskinporten’s word that it does not know us is not asked for again.
      if (party === 'maskinporten' && name === 'status 401') return;
      sandbox.fault({ party, path, ...(method ? { method } : {}), times: 1, effect: PARTY_EFFECTS[name]!.effect });
      expect(await call.ask()).toBe(call.whole);
    },
  );
});

describe('clocks, keys and tokens', () => {
  test.each<[string, () => unknown]>([
    ['Maskinporten is an hour ahead', () => sandbox.skew('maskinporten', 3600)],
    ['Maskinporten is an hour behind', () => sandbox.skew('maskinporten', -3600)],
    ['Maskinporten’s key changes, the old one is gone', () => sandbox.act('maskinporten', 'rotate')],
    ['Altinn’s key changes, the old one is gone', () => sandbox.act('altinn', 'rotate')],
    ['tokens live ten seconds', () => sandbox.act('maskinporten', 'life', { seconds: 10 })],
  ])('%s', async (name, happen) => {
    platform.outside = (await connect(sandbox, clock)).outside;
    expect(told(await readStatus(active))).toBe('200 Active');
    await happen();
    // The others verify by their own clock, as in the world outside.
    if (name.includes('hour'))
      for (const party of ['altinn', 'dialogporten']) sandbox.skew(party, name.includes('ahead') ? 3600 : -3600);
    if (name.includes('hour')) clock.pass(2000);
    try {
      expect([told(await readStatus(active)), told(await dialogs(active.books))]).toEqual(['200 Active', '200 25']);
    } finally {
      await sandbox.act('maskinporten', 'life', { seconds: 119 });
    }
  });
});
