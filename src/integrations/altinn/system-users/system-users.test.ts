import sql from 'sql-template-tag';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../../test/support/books/books.ts';
import { apiOf } from '../../../../test/support/http/domain-api.ts';
import { connect, type Connected, MovingClock, testSandbox } from '../../../../test/support/outside/sandbox.ts';
import type { Platform } from '../../../platform/operation.ts';
import { syncDueSystemUsers } from './system-user-schedule.ts';
import { noteReturn } from './system-user-return.ts';
import { systemUserRoutes } from './system-users.routes.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080' };
const api = apiOf(systemUserRoutes, platform);
const english = { 'accept-language': 'en' };
const PATH = '/integrations/altinn/system-users';
const CUSTOMER = '310049573';
const APPROVER = '28818698897';
const EMPLOYEE = '26899299344';
const RIGHTS = [{ resource: [{ id: 'urn:altinn:resource', value: 'app_skd_formueinntekt-skattemelding-v2' }] }];

let connected: Connected;
beforeEach(async () => {
  sandbox.reset();
  connected = await connect(sandbox, clock);
  platform.outside = connected.outside;
});

const open = (organizationNumber: string | undefined = CUSTOMER) =>
  openBooks({ clock, ...(organizationNumber ? { organizationNumber } : {}) });
const ask = (books: Books, more = {}) =>
  api('POST', PATH, books.token, { client_account_id: books.clientAccountId }, { ...english, ...more });
const get = (books: Books, id: string) => api('GET', `${PATH}/${id}`, books.token, undefined, english);
const list = (books: Books, query = `client_account_id=${books.clientAccountId}`) =>
  api('GET', `${PATH}?${query}`, books.token);
const decide = (id: string, decision: string, person = APPROVER) =>
  sandbox.act('altinn', 'decide', { id, decision, person });
const outcome = ({ status, body }: { status: number; body: any }) => `${status} ${body.details?.code ?? body.status}`;
/** Requests of a client account at Altinn. */
const kept = async ({ clientAccountId }: Books) => {
  const all = (await sandbox.act('altinn', 'requests')) as { externalRef: string; status: string }[];
  return all.filter(({ externalRef }) => `${externalRef}-`.startsWith(`hovedbok-${clientAccountId}-`));
};

async function asked(books: Books): Promise<string> {
  const { status, body } = await ask(books);
  expect([status, body.error]).toEqual([200, undefined]);
  return body.id;
}

describe('asking for a system user', () => {
  test('has the shape of the specification, alone and in the list', async () => {
    const books = await open();
    const { status, body } = await ask(books);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      external_ref: `hovedbok-${books.clientAccountId}`,
      system_id: '313367002_hovedbok',
      org_number: CUSTOMER,
      client_account_id: books.clientAccountId,
      status: 'New',
      confirm_url: `${sandbox.addressOf('altinn_access')}/accessmanagement/ui/systemuser/request?id=${body.id}&DONTCHOOSEREPORTEE=true`,
      redirect_url: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:8080\/integrations\/altinn\/return\?key=[0-9a-f-]{36}$/,
      ),
      rights: RIGHTS,
      created_at: '2026-03-15T10:00:00Z',
      updated_at: '2026-03-15T10:00:00Z',
    });
    expect((await get(books, body.id)).body).toEqual(body);
    expect((await list(books)).body).toEqual({ items: [body], page: 1, per_page: 100, total: 1 });
    expect((await list(books, 'page=2&per_page=1')).body).toEqual({ items: [], page: 2, per_page: 1, total: 1 });
  });

  test('a vendor’s token, exchanged for Altinn’s, as bare text and quoted', async () => {
    for (const quoted of [false, true]) {
      await sandbox.act('altinn', 'quote', { quoted });
      platform.outside = (await connect(sandbox, clock)).outside;
      expect(outcome(await ask(await open()))).toBe('200 New');
    }
    await sandbox.act('altinn', 'quote', { quoted: false });
    const notes = sandbox.journal.entries.map(({ note }) => note);
    expect(notes).toContain('token exchanged for the vendor');
    expect(notes).not.toContain('token exchanged for a system user');
  });

  test('with Maskinporten’s own token where that is configured', async () => {
    const direct = await connect(sandbox, clock, { environment: { ALTINN_TOKEN_EXCHANGE: '0' } });
    platform.outside = direct.outside;
    expect(outcome(await ask(await open()))).toBe('200 New');
    expect(direct.calls.map(({ call }) => call)).not.toContain('exchange.maskinporten');
  });

  test('keys that change at both issuers are noticed, and new tokens fetched', async () => {
    expect(outcome(await ask(await open()))).toBe('200 New');
    await sandbox.act('altinn', 'rotate');
    await sandbox.act('maskinporten', 'rotate');
    expect(outcome(await ask(await open()))).toBe('200 New');
  });

  test.each<[string, (books: Books) => Promise<{ status: number; body: any }>, string]>([
    ['nothing named', (books) => api('POST', PATH, books.token, {}), '400 request.invalid'],
    [
      'a client account that is nowhere',
      (books) => api('POST', PATH, books.token, { client_account_id: 2 ** 21 }),
      '404 request.not_found',
    ],
    [
      'somebody else’s client account',
      async (books) => api('POST', PATH, books.token, { client_account_id: (await open()).clientAccountId }),
      '403 request.no_access',
    ],
    ['an id that is none', (books) => get(books, 'abc'), '404 request.not_found'],
    ['an id of nobody', (books) => get(books, '00000000-0000-4000-8000-000000000000'), '404 request.not_found'],
    ['somebody else’s', async (books) => get(books, await asked(await open())), '403 request.no_access'],
    [
      'somebody else’s in capitals',
      async (books) => get(books, (await asked(await open())).toUpperCase()),
      '403 request.no_access',
    ],
    [
      'a list of somebody else',
      async (books) => list(books, `client_account_id=${(await open()).clientAccountId}`),
      '403 request.no_access',
    ],
    ['a list of nobody', (books) => list(books, `client_account_id=${2 ** 21}`), '404 request.not_found'],
    ['a page that is none', (books) => list(books, 'page=0'), '400 request.invalid'],
  ])('%s', async (_, send, expected) => {
    expect(outcome(await send(await open()))).toBe(expected);
  });

  test('without an organisation number there is nobody to ask for', async () => {
    expect(outcome(await ask(await openBooks({ clock })))).toBe('400 integrations.no_organization_number');
  });

  test('others’ requests are not in my list', async () => {
    const mine = await open();
    await asked(await open());
    expect((await list(mine, '')).body).toMatchObject({ items: [], total: 0 });
  });

  test('an employee may not ask, and whoever may only read may not either', async () => {
    const books = await open();
    for (const role of ['EM', 'US']) {
      const caller = { ...books.caller, roles: new Map([[books.clientAccountId, new Set([role as 'EM'])]]) };
      const { requestSystemUser } = await import('./system-user-request.ts');
      await expect(requestSystemUser.call(platform, books.call({ caller }), undefined)).rejects.toMatchObject({
        code: 'request.role_missing',
      });
    }
  });

  test('no connection is 503, and a system that Altinn does not know says its code', async () => {
    platform.outside = { outbound: connected.outside.outbound };
    expect(outcome(await ask(await open()))).toBe('503 outbound.not_configured');
    const other = await connect(sandbox, clock, { environment: { ALTINN_SYSTEM_ID: '313367002_other' } });
    platform.outside = other.outside;
    const { body } = await ask(await open());
    expect([body.status, body.details.code, body.message]).toEqual([
      400,
      'system_users.request_failed',
      expect.stringContaining('AUTH-00011'),
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['rights that are not registered', { ALTINN_RIGHTS: 'app_skd_mva-melding-v1' }, 'AUTH-00001'],
    ['packages that are not registered', { ALTINN_ACCESS_PACKAGES: 'skattegrunnlag' }, 'AUTH-00027'],
  ])('%s: Altinn’s code is in the message', async (_, environment, code) => {
    platform.outside = (await connect(sandbox, clock, { environment })).outside;
    const { body } = await ask(await open());
    expect([body.details.code, body.message]).toEqual(['system_users.request_failed', expect.stringContaining(code)]);
  });

  test('a return address that is not registered', async () => {
    platform.publicUrl = 'https://elsewhere.example';
    try {
      expect((await ask(await open())).body.message).toContain('AUTH-00021');
    } finally {
      platform.publicUrl = 'http://127.0.0.1:8080';
    }
  });

  test('a scope that the client lacks', async () => {
    const poor = await connect(sandbox, clock, { client: { scopes: ['digdir:dialogporten'] } });
    platform.outside = poor.outside;
    const { body } = await ask(await open());
    expect([body.status, body.details]).toMatchObject([
      400,
      { service: 'Maskinporten', cause: 'maskinporten.refused' },
    ]);
  });
});

describe('row 7: what becomes of it', () => {
  test('asked again it is the same, also at once; under one idempotency key the stored answer', async () => {
    const books = await open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(books)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await kept(books)).toHaveLength(1);
    expect((await list(books)).body.total).toBe(1);
    const other = await open();
    const keyed = await Promise.all(Array.from({ length: 10 }, () => ask(other, { 'idempotency-key': 'one' })));
    for (const { body } of keyed) expect(body).toEqual(keyed[0]!.body);
    expect(await kept(other)).toHaveLength(1);
  });

  test('approved: Active, whoever looks first', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'approve');
    expect((await list(books, '')).body.items[0].status).toBe('New');
    expect((await list(books)).body.items[0].status).toBe('Active');
    expect((await get(books, id)).body.status).toBe('Active');
    expect((await ask(books)).body).toMatchObject({ id, status: 'Active' });
  });

  test('escalated, and approved by somebody else later', async () => {
    const books = await open();
    const id = await asked(books);
    expect(await decide(id, 'approve', EMPLOYEE)).toMatch(/^AUTH-00066/);
    await decide(id, 'escalate', EMPLOYEE);
    expect((await get(books, id)).body.status).toBe('Pending');
    await decide(id, 'approve');
    expect((await get(books, id)).body.status).toBe('Active');
  });

  test.each<[string, (id: string) => Promise<unknown>, string]>([
    ['rejected', (id) => decide(id, 'reject'), 'Rejected'],
    ['denied', (id) => sandbox.act('altinn', 'deny', { id }), 'Denied'],
    ['timed out', (id) => sandbox.act('altinn', 'timeOut', { id }), 'TimedOut'],
    ['cleaned away', (id) => sandbox.act('altinn', 'vanish', { id }), 'TimedOut'],
  ])('%s; asked for again it is a new one, and the old one is gone from Altinn', async (_, end, status) => {
    const books = await open();
    const id = await asked(books);
    await end(id);
    expect((await get(books, id)).body.status).toBe(status);
    // The state is final, and Altinn is not queried any more.
    sandbox.journal.clear();
    expect((await get(books, id)).body.status).toBe(status);
    expect(sandbox.journal.requests('altinn')).toEqual([]);
    const again = await ask(books);
    expect(again.body).toMatchObject({ status: 'New', external_ref: `hovedbok-${books.clientAccountId}-2` });
    expect(again.body.id).not.toBe(id);
    expect(await kept(books)).toHaveLength(1);
    const items = (await list(books)).body.items.map((one: any) => [one.id, one.status]);
    expect(items).toEqual(
      expect.arrayContaining([
        [again.body.id, 'New'],
        [id, status],
      ]),
    );
  });

  test('rejected unseen: the new request says what became of the old one; ten at once make one', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'reject');
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(books)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await kept(books)).toHaveLength(1);
    expect((await get(books, id)).body.status).toBe('Rejected');
  });

  test('deleted at Altinn after approval, then asked for again', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'approve');
    expect((await get(books, id)).body.status).toBe('Active');
    await sandbox.act('altinn', 'deleteUser', { id });
    expect((await get(books, id)).body.status).toBe('Deleted');
    const again = await ask(books);
    expect(again.body.status).toBe('New');
    await decide(again.body.id, 'approve');
    expect((await get(books, again.body.id)).body.status).toBe('Active');
  });

  test('approved and deleted before anybody looked: a moment’s patience, then Deleted', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'approve');
    await sandbox.act('altinn', 'deleteUser', { id });
    expect((await get(books, id)).body.status).toBe('Pending');
    clock.pass(3601);
    expect((await get(books, id)).body.status).toBe('Deleted');
  });

  test('an active one whose request was cleaned away stays active', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'approve');
    await get(books, id);
    await sandbox.act('altinn', 'vanish', { id });
    expect((await get(books, id)).body.status).toBe('Active');
  });

  test('records that were restored from before: the request that stands at Altinn is found again', async () => {
    const books = await open();
    const id = await asked(books);
    await forget(books);
    expect((await ask(books)).body.id).toBe(id);
    await decide(id, 'reject');
    await forget(books);
    const again = (await ask(books)).body;
    expect([again.status, again.id === id]).toEqual(['New', false]);
  });

  test('another organisation number is another customer', async () => {
    const books = await open();
    const id = await asked(books);
    await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`update client_accounts set organization_number = '312974436' where id = ${books.clientAccountId}`),
    );
    const { body } = await ask(books);
    expect([body.org_number, body.id === id]).toEqual(['312974436', false]);
    expect((await list(books)).body.total).toBe(2);
  });

  /** Deletes these records as if they had never been written. */
  const forget = (books: Books) => asOwnerOf(books);
});

async function asOwnerOf({ clientAccountId }: Books): Promise<void> {
  const { asOwner } = await import('../../../../test/support/books/people.ts');
  await asOwner('delete from altinn_system_users where client_account_id = $1', [clientAccountId]);
}

describe('row 8: a lost answer', () => {
  test.each([
    { kind: 'reset' },
    { kind: 'reset', inBody: true },
    { kind: 'truncate' },
    { kind: 'status', status: 503 },
  ] as const)('%o and the next try: one request only', async (effect) => {
    const books = await open();
    sandbox.fault({ party: 'altinn', method: 'POST', path: 'request/vendor$', times: 1, effect });
    expect(outcome(await ask(books))).toMatch(/^(200 New|400 system_users.request_failed)$/);
    expect(outcome(await ask(books))).toBe('200 New');
    expect(await kept(books)).toHaveLength(1);
  });

  test('every try of one call lost: nothing stored, one request after the next call', async () => {
    const books = await open();
    sandbox.fault({
      party: 'altinn',
      method: 'POST',
      path: 'request/vendor$',
      times: 3,
      effect: { kind: 'reset', inBody: true },
    });
    expect(outcome(await ask(books))).toBe('400 system_users.request_failed');
    expect((await list(books)).body.total).toBe(0);
    expect(outcome(await ask(books))).toBe('200 New');
    expect(await kept(books)).toHaveLength(1);
  });
});

describe('coming back from the approval', () => {
  const keyOf = (url: string) => new URL(url).searchParams.get('key');

  test('is noted once, proves nothing, and Altinn is asked next', async () => {
    const books = await open();
    const { body } = await ask(books);
    const key = keyOf(body.redirect_url);
    expect(await noteReturn(platform, key)).toEqual({ clientAccountId: books.clientAccountId });
    expect((await list(books, '')).body.items[0].status).toBe('Pending');
    expect(await noteReturn(platform, key)).toEqual({ clientAccountId: books.clientAccountId });
    await decide(body.id, 'approve');
    await syncDueSystemUsers(platform, new AbortController().signal);
    expect((await list(books, '')).body.items[0].status).toBe('Active');
    expect(await noteReturn(platform, key)).toEqual({ clientAccountId: books.clientAccountId });
    expect((await list(books, '')).body.items[0].status).toBe('Active');
  });

  test('with a key that nobody gave out is nothing', async () => {
    for (const key of [null, 'x', '00000000-0000-4000-8000-000000000000', ['a']])
      expect(await noteReturn(platform, key)).toBeNull();
  });
});

describe('the schedule', () => {
  const round = () => syncDueSystemUsers(platform, new AbortController().signal);
  const dueOf = async (books: Books) => {
    const { next } = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one<{ next: Date | null }>(sql`
        select next_sync_at as next from altinn_system_users
        where client_account_id = ${books.clientAccountId} and replaced_at is null`),
    );
    return next && (next.getTime() - clock.now().getTime()) / 1000;
  };

  test('hears of an approval that nobody came back from, and asks ever more seldom', async () => {
    const books = await open();
    const id = await asked(books);
    const waits: unknown[] = [await dueOf(books)];
    clock.pass(61);
    await round();
    waits.push(await dueOf(books));
    clock.pass(3600);
    await round();
    waits.push(await dueOf(books));
    await decide(id, 'approve');
    clock.pass(3601);
    await round();
    waits.push(await dueOf(books));
    expect((await list(books, '')).body.items[0].status).toBe('Active');
    await sandbox.act('altinn', 'deleteUser', { id });
    clock.pass(86_401);
    await round();
    waits.push(await dueOf(books));
    expect((await list(books, '')).body.items[0].status).toBe('Deleted');
    expect(waits).toEqual([60, 60, 3600, 86_400, null]);
  });

  test('expiry: Altinn lets it time out after ten days; cleaned away it is the same', async () => {
    const books = await open();
    await asked(books);
    clock.pass(11 * 86_400);
    await round();
    expect((await list(books, '')).body.items[0].status).toBe('TimedOut');
    const other = await open();
    await asked(other);
    clock.pass(40 * 86_400);
    await round();
    expect((await list(other, '')).body.items[0].status).toBe('TimedOut');
  });

  test('a party that is down moves nothing, and is asked again after a while that grows', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'approve');
    sandbox.fault({ party: 'altinn', effect: { kind: 'status', status: 500 } });
    const waits = [];
    for (let i = 0; i < 3; i++) {
      clock.pass(600);
      await round();
      waits.push(await dueOf(books));
    }
    expect(waits).toEqual([60, 120, 240]);
    expect((await list(books, '')).body.items[0].status).toBe('New');
    sandbox.reset();
    clock.pass(600);
    await round();
    expect((await list(books, '')).body.items[0].status).toBe('Active');
  });

  test('two nodes at once change a status once', async () => {
    const books = await open();
    const id = await asked(books);
    await decide(id, 'reject');
    clock.pass(61);
    await Promise.all([round(), round(), round()]);
    const { records } = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one<{ records: number }>(sql`
        select count(*) as records from audit_log
        where client_account_id = ${books.clientAccountId} and operation = 'altinn.system-user-sync'`),
    );
    expect(records).toBe(1);
  });
});

test('row 14: no token, assertion or personal number in the log', async () => {
  const books = await open();
  const id = await asked(books);
  await decide(id, 'approve');
  await get(books, id);
  expect(connected.logged.join()).not.toMatch(/eyJ|Bearer|\b\d{11}\b/);
  expect(sandbox.journal.entries.map((one) => JSON.stringify(one)).join()).not.toMatch(/eyJ|Bearer (?!…)/);
});
