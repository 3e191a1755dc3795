import { randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import { beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNTANT, atLogin, type Browsing, idPortenWorld, rowsOf } from '../../../test/support/outside/id-porten.ts';
import { asOwner } from '../../../test/support/books/people.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { type ColumnKey, ColumnKeys } from '../../platform/encryption/column-keys.ts';
import { removeOld } from '../../background/retention.ts';
import { altinnUserToken, resealTokens, revokeDue, userToken } from '../index.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const world = await idPortenWorld(sandbox, clock);
const { api, people, platform, user } = world;
beforeEach(() => {
  sandbox.reset();
  world.calls.length = 0;
});

const grantCalls = () =>
  world.calls
    .filter(({ call }) => ['code', 'refresh', 'revoke'].includes(call))
    .map(({ call, outcome }) => `${call} ${outcome}`);

describe('row 1: a login', () => {
  test('goes to the login host with nothing but client and pushed request, and comes back connected', async () => {
    const one = await user();
    expect(await one.status('id-porten')).toEqual({ connected: false, end_session_url: null });
    const url = new URL(await one.begin({ purpose: 'id-porten' }));
    expect(url.origin).toBe(sandbox.addressOf('idporten_login'));
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(JSON.stringify(sandbox.journal.entries)).toContain(
      'with acr_values code_challenge code_challenge_method nonce redirect_uri response_type scope state ui_locales',
    );
    const back = await one.comeBack(await atLogin(url.href));
    expect([back.status, back.headers.location]).toEqual([303, '/integrations?news=came']);
    expect(await one.status('id-porten')).toMatchObject({ connected: true });
    // A plain login does not connect to Altinn.
    expect(await one.status('altinn')).toEqual({ connected: false, end_session_url: null });
    expect(await rowsOf(one.id)).toEqual({ logins: 0, sessions: 1, revocations: 0 });
  });

  test('its end_session_url ends the session there, and the way back ends it here', async () => {
    const one = await user();
    await one.logIn();
    const { end_session_url: end } = await one.status();
    const url = new URL(end!);
    expect(url.origin).toBe(sandbox.addressOf('idporten_login'));
    expect([...url.searchParams.keys()].sort()).toEqual([
      'client_id',
      'id_token_hint',
      'post_logout_redirect_uri',
      'state',
    ]);
    const page = await (await fetch(end!)).text();
    const next = /<a href="([^"]+)"/
      .exec(page)![1]!
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const path = next.slice(next.indexOf('/integrations'));
    const stranger = await user();
    expect((await stranger.comeBack(path)).status).toBe(303);
    expect(await one.status()).toMatchObject({ connected: true });
    const back = await one.comeBack(path);
    expect(back.headers.location).toBe('/integrations?news=left');
    expect(await one.status()).toEqual({ connected: false, end_session_url: null });
    // A logout leaves tokens for Altinn valid: they are revoked.
    expect(JSON.stringify(sandbox.journal.entries)).toContain('revoked openid');
    expect(await rowsOf(one.id)).toEqual({ logins: 0, sessions: 0, revocations: 0 });
  });

  test.each([
    ['a pushed request that is answered with 200', {}, 200],
    ['without pushing', { ID_PORTEN_PUSHED: '0' }, 201],
  ])('%s', async (_, environment, status) => {
    const other = await idPortenWorld(sandbox, clock, { environment });
    await sandbox.act('idporten', 'pushed', { status });
    const one = await other.user();
    const url = new URL(await one.begin());
    expect(url.searchParams.has('code_challenge')).toBe('ID_PORTEN_PUSHED' in environment);
    expect((await one.comeBack(await atLogin(url.href))).status).toBe(303);
    await sandbox.act('idporten', 'pushed', { status: 201 });
  });

  test('one connection does not take the scopes of the other away', async () => {
    const one = await user();
    await one.logIn({ purpose: 'altinn' });
    await one.logIn({ purpose: 'id-porten' });
    expect(await one.status('altinn')).toMatchObject({ connected: true });
  });

  test('is asked for once under one idempotency key', async () => {
    const one = await user();
    const ask = () => one.me.post('/integrations/id-porten/authorize', undefined, { 'idempotency-key': 'en' });
    const [first, second] = [await ask(), await ask()];
    expect(second.body).toEqual(first.body);
    expect(await rowsOf(one.id)).toMatchObject({ logins: 1 });
  });
});

const LOW = 'idporten-loa-low';
const refusals: [name: string, browsing: Browsing, wrong: object | null, status: number, sentence: string][] = [
  ['cancelled', { action: 'cancel' }, null, 400, 'avbrutt'],
  ['ended by an error there', { action: 'error' }, null, 400, 'server_error'],
  ['at a lower level than asked for', { level: LOW }, null, 403, LOW],
  ['at an unknown level', {}, { claims: { acr: 'idporten-loa-x' } }, 403, 'lavere'],
  ['without a level', {}, { claims: { acr: null } }, 403, 'lavere'],
  ['without a national number', { action: 'foreign' }, null, 403, 'fødselsnummer'],
  ['an answer of another issuer', {}, { iss: 'https://evil.example' }, 502, 'ID-porten'],
  ['an answer without an issuer', {}, { iss: null }, 502, 'ID-porten'],
  ['another nonce', {}, { claims: { nonce: 'x' } }, 502, 'ID-porten'],
  ['no nonce', {}, { claims: { nonce: null } }, 502, 'ID-porten'],
  ['a token of another issuer', {}, { claims: { iss: 'https://evil.example' } }, 502, 'ID-porten'],
  ['a token for another client', {}, { claims: { aud: 'x' } }, 502, 'ID-porten'],
  ['an expired token', {}, { claims: { exp: 1_000 } }, 502, 'ID-porten'],
  ['a token without a subject', {}, { claims: { sub: null } }, 502, 'ID-porten'],
  ['another signature', {}, { signature: true }, 502, 'ID-porten'],
];

describe('row 2: a login that is refused leaves nothing', () => {
  test.each(refusals)('%s', async (_, browsing, wrong, status, sentence) => {
    const one = await user();
    await sandbox.act('idporten', 'wrong', (wrong ?? {}) as Record<string, unknown>);
    const back = await one.logIn(browsing);
    await sandbox.act('idporten', 'wrong', {});
    expect([back.status, back.body.includes(sentence)]).toEqual([status, true]);
    expect(await one.status('id-porten')).toEqual({ connected: false, end_session_url: null });
    expect(await rowsOf(one.id)).toMatchObject({ logins: 0, sessions: 0 });
    // The next valid login replaces it.
    expect((await one.logIn()).status).toBe(303);
  });

  test('a token endpoint that is down', async () => {
    const one = await user();
    const path = await atLogin(await one.begin());
    sandbox.fault({ party: 'idporten', path: '^/token$', effect: { kind: 'status', status: 503 } });
    const back = await one.comeBack(path);
    expect([back.status, back.body.includes('ID-porten er ikke tilgjengelig')]).toEqual([503, true]);
    expect(await rowsOf(one.id)).toMatchObject({ logins: 0, sessions: 0 });
  });

  test('amr as a text or a list, and a login without consent to Altinn', async () => {
    const one = await user();
    await sandbox.act('idporten', 'wrong', { claims: { amr: 'BankID' } });
    expect((await one.logIn()).status).toBe(303);
    const two = await user();
    const back = await two.logIn({ action: 'refuse' });
    expect(back.headers.location).toBe('/integrations?news=noConsent');
    expect([(await two.status('id-porten')).connected, (await two.status('altinn')).connected]).toEqual([true, false]);
  });
});

describe('row 2: the way back', () => {
  test('is that of the user who left, once, and for a while', async () => {
    const [one, two] = [await user(), await user()];
    const path = await atLogin(await one.begin());
    // Another user's browser: refused, and the login is not used up.
    const foreign = await two.comeBack(path);
    expect([foreign.status, foreign.body.includes('en annen bruker')]).toEqual([403, true]);
    // Not signed in: redirected to the sign-in page and back.
    const anonymous = await api.call('GET', path);
    expect([anonymous.status, anonymous.headers.location]).toEqual([303, `/login?next=${encodeURIComponent(path)}`]);
    expect((await one.comeBack(path)).status).toBe(303);
    const replayed = await one.comeBack(path);
    expect([replayed.status, replayed.body.includes('allerede brukt')]).toEqual([400, true]);
    expect(await one.status()).toMatchObject({ connected: true });
    const late = await atLogin(await two.begin());
    clock.pass(16 * 60);
    expect((await two.comeBack(late)).status).toBe(400);
    expect((await two.status()).connected).toBe(false);
  });

  test.each([
    ['no state', ''],
    ['a made-up state', '?state=x&code=y&iss=z'],
    ['two states', '?state=x&state=y&code=z'],
    ['a very long state', `?state=${'x'.repeat(10_000)}`],
  ])('forged: %s', async (_, query) => {
    const one = await user();
    await one.begin();
    const back = await one.comeBack(`/integrations/id-porten/callback${query}`);
    expect(back.status).toBe(400);
    expect(await rowsOf(one.id)).toEqual({ logins: 1, sessions: 0, revocations: 0 });
    expect(grantCalls()).toEqual([]);
  });

  test('a code of another login of the same user is refused there', async () => {
    const one = await user();
    const [first, second] = [
      new URL(await atLogin(await one.begin()), 'http://x'),
      new URL(await atLogin(await one.begin()), 'http://x'),
    ];
    first.searchParams.set('code', second.searchParams.get('code')!);
    const back = await one.comeBack(first.pathname + first.search);
    expect([back.status, back.body.includes('godtar ikke koden')]).toEqual([400, true]);
    expect((await one.status()).connected).toBe(false);
  });

  test('several tabs and client accounts at once come back right', async () => {
    const one = await user();
    const accounts = [await people.clientAccount(one.id), await people.clientAccount(one.id)];
    for (const id of accounts) await people.role(id, one.id, 'CA');
    const urls = await Promise.all(accounts.map((clientAccountId) => one.begin({ clientAccountId })));
    const paths = await Promise.all(urls.map((url) => atLogin(url)));
    const [second, first] = [await one.comeBack(paths[1]!), await one.comeBack(paths[0]!)];
    expect([first.headers.location, second.headers.location]).toEqual(
      accounts.map((id) => `/integrations?client_account_id=${id}&news=came`),
    );
  });

  test('only from a client account that the user can reach', async () => {
    const [one, two] = [await user(), await user()];
    const theirs = await people.clientAccount(two.id);
    await people.role(theirs, two.id, 'CA');
    const ask = (query: string) => one.me.post(`/integrations/altinn/authorize${query}`);
    expect((await ask(`?client_account_id=${theirs}`)).status).toBe(403);
    expect((await ask('?client_account_id=999999999')).status).toBe(404);
    expect((await ask('?client_account_id=x')).status).toBe(400);
    expect((await ask('?return_to=/x')).status).toBe(400);
    expect(await rowsOf(one.id)).toMatchObject({ logins: 0 });
  });

  test('a login that is never finished leaves nothing, and of many open ones the newest stay', async () => {
    const one = await user();
    for (let i = 0; i < 22; i++) await one.begin();
    expect(await rowsOf(one.id)).toMatchObject({ logins: 20 });
    clock.pass(16 * 60);
    await removeOld(platform);
    expect(await rowsOf(one.id)).toMatchObject({ logins: 0 });
  });
});

describe('who it is', () => {
  test('another person under the same user is refused until the user says so', async () => {
    const one = await user();
    await one.logIn({ person: ACCOUNTANT });
    const other = await one.logIn({ person: '21865898093' });
    expect([other.status, other.body.includes('name="another_person"')]).toEqual([409, true]);
    expect(JSON.stringify(sandbox.journal.entries)).toContain('revoked openid');
    expect((await one.me.get('/integrations/altinn/parties')).body[0]).toMatchObject({ personId: ACCOUNTANT });
    expect((await one.logIn({ person: '21865898093', anotherPerson: true })).status).toBe(303);
    expect((await one.me.get('/integrations/altinn/parties')).body[0]).toMatchObject({ personId: '21865898093' });
  });

  test('a user’s session is nobody else’s', async () => {
    const [one, two] = [await user(), await user()];
    await one.logIn();
    expect(await two.status()).toEqual({ connected: false, end_session_url: null });
    expect((await two.me.get('/integrations/altinn/parties')).status).toBe(403);
    expect(await userToken(platform, two.id)).toBeNull();
    expect((await userToken(platform, one.id))!.scopes).toContain('altinn:reportees');
    expect(await userToken(platform, one.id, { scopes: ['skatteetaten:x'] })).toBeNull();
  });

  test('its rows are read by the user’s own transactions alone', async () => {
    const [one, two] = [await user(), await user()];
    await one.begin();
    await one.logIn();
    const seen = (userId?: number) =>
      platform.database.transaction({ clientAccounts: [], mode: 'read', userId }, async (tx) => {
        const found = await tx.rows<{ user_id: number }>(sql`
          select user_id from id_porten_sessions union all select user_id from id_porten_logins
          union all select user_id from id_porten_persons`);
        return found.map(({ user_id: id }) => id);
      });
    expect(await seen()).toEqual([]);
    expect(await seen(two.id)).toEqual([]);
    expect(await seen(one.id)).toEqual([one.id, one.id, one.id]);
  });

  test('credentials and scopes', async () => {
    const one = await user();
    const reader = await people.token(one.id, ['read:accounting']);
    expect((await api.call('GET', '/api/v2/integrations/id-porten/status')).status).toBe(401);
    expect((await api.as(reader).get('/integrations/id-porten/status')).status).toBe(403);
    expect((await api.as(reader).post('/integrations/id-porten/authorize')).status).toBe(403);
  });
});

describe('row 3: tokens', () => {
  test('are renewed when they near their end, once for all who ask, and only then', async () => {
    const one = await user();
    await one.logIn();
    const first = (await userToken(platform, one.id))!.accessToken;
    expect((await userToken(platform, one.id))!.accessToken).toBe(first);
    clock.pass(101);
    world.calls.length = 0;
    const all = await Promise.all([1, 2, 3, 4].map(() => userToken(platform, one.id)));
    expect(new Set(all.map((found) => found!.accessToken)).size).toBe(1);
    expect(all[0]!.accessToken).not.toBe(first);
    expect(grantCalls()).toEqual(['refresh 200']);
    expect(await one.status()).toMatchObject({ connected: true });
  });

  test('end when the refresh token is dead: 403, and not connected', async () => {
    const one = await user();
    await one.logIn();
    await sandbox.act('idporten', 'revoke');
    clock.pass(130);
    expect((await one.me.get('/integrations/altinn/reportees')).status).toBe(403);
    expect(await one.status()).toEqual({ connected: false, end_session_url: null });
    expect(await rowsOf(one.id)).toMatchObject({ sessions: 0 });
  });

  test('end by themselves after their time, and leave nothing', async () => {
    const one = await user();
    await one.logIn();
    clock.pass(601);
    expect(await one.status()).toEqual({ connected: false, end_session_url: null });
    expect(grantCalls()).toEqual(['code 200']);
    await removeOld(platform);
    expect(await rowsOf(one.id)).toMatchObject({ sessions: 0 });
  });

  test('stay while ID-porten is down, and work again afterwards', async () => {
    const one = await user();
    await one.logIn();
    clock.pass(130);
    sandbox.fault({ party: 'idporten', path: '^/token$', effect: { kind: 'status', status: 500 } });
    expect((await one.me.get('/integrations/altinn/reportees')).status).toBe(502);
    expect(await one.status()).toMatchObject({ connected: true });
    sandbox.reset();
    expect((await one.me.get('/integrations/altinn/reportees')).status).toBe(200);
  });

  test('a refresh token that is not replaced stays', async () => {
    const one = await user();
    await one.logIn();
    await sandbox.act('idporten', 'rotateRefreshTokens', { rotates: false });
    for (let i = 0; i < 3; i++) {
      clock.pass(110);
      expect(await userToken(platform, one.id)).not.toBeNull();
    }
    await sandbox.act('idporten', 'rotateRefreshTokens', { rotates: true });
  });

  test('one that was refused is replaced', async () => {
    const one = await user();
    await one.logIn();
    const { accessToken } = (await userToken(platform, one.id))!;
    const next = await userToken(platform, one.id, { refused: accessToken });
    expect(next!.accessToken).not.toBe(accessToken);
    const { token } = (await altinnUserToken(platform, one.id))!;
    expect((await altinnUserToken(platform, one.id, { refused: token }))!.token).not.toBe(token);
  });
});

describe('row 4: logout by ID-porten', () => {
  test('by sid, without a cookie, in its frame and in no other, again and again', async () => {
    const [one, two] = [await user(), await user()];
    await one.logIn();
    await two.logIn({ person: '21865898093' });
    const page = await (await fetch((await one.status()).end_session_url!)).text();
    const frame = /<iframe hidden src="([^"]+)"/
      .exec(page)![1]!
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const path = frame.slice(frame.indexOf('/integrations'));
    const wrongIssuer = path.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example');
    expect((await api.call('GET', wrongIssuer)).status).toBe(200);
    expect((await one.status()).connected).toBe(true);
    for (let i = 0; i < 2; i++) {
      const answer = await api.call('GET', path);
      expect([answer.status, answer.headers['content-security-policy'], answer.headers['cache-control']]).toEqual([
        200,
        `default-src 'none'; frame-ancestors ${sandbox.addressOf('idporten_login')}`,
        'no-cache, no-store',
      ]);
      expect(await one.status()).toEqual({ connected: false, end_session_url: null });
    }
    expect((await two.status()).connected).toBe(true);
    expect((await api.call('GET', '/integrations/id-porten/front-channel-logout')).status).toBe(200);
    const { rows } = await asOwner(
      `select count(*)::int from audit_log where operation = 'id-porten.front-channel-logout' and record_id = $1`,
      [one.id],
    );
    expect(rows[0].count).toBe(1);
  });

  test('what cannot be revoked now is revoked later', async () => {
    const one = await user();
    await one.logIn();
    sandbox.fault({ party: 'idporten', path: '^/revoke$', effect: { kind: 'status', status: 503 } });
    const { end_session_url: end } = await one.status();
    const answer = await api.call('POST', '/integrations/disconnect', { token: one.token, body: undefined });
    expect(answer.headers.location).toContain(new URL(end!).origin);
    expect(await rowsOf(one.id)).toEqual({ logins: 0, sessions: 0, revocations: 1 });
    sandbox.reset();
    expect(await revokeDue(platform, { most: 100 })).toBe(0);
    clock.pass(61);
    expect(await revokeDue(platform, { most: 100 })).toBeGreaterThan(0);
    expect(await rowsOf(one.id)).toMatchObject({ revocations: 0 });
  });
});

describe('keys', () => {
  test('ID-porten’s new key is found, also when the old one is gone', async () => {
    for (const keepOld of [true, false]) {
      const one = await user();
      await sandbox.act('idporten', 'rotate', { keepOld });
      clock.pass(31);
      expect((await one.logIn()).status).toBe(303);
    }
  });

  test('signatures that do not fit make us fetch the keys at most every half minute', async () => {
    const one = await user();
    await one.logIn();
    world.calls.length = 0;
    for (let i = 0; i < 3; i++) {
      await sandbox.act('idporten', 'wrong', { signature: true });
      expect((await one.logIn()).status).toBe(502);
    }
    expect(world.calls.filter(({ call }) => call === 'keys').length).toBeLessThan(2);
  });

  test('columns: sealed anew under the key of today; a key that is gone ends the session', async () => {
    const one = await user();
    await one.logIn();
    const next = { id: 'next', key: randomBytes(32) };
    const under = (...keys: [ColumnKey, ...ColumnKey[]]) => ({ ...platform, columnKeys: new ColumnKeys(keys) });
    const keyId = async () => {
      const { rows } = await asOwner('select key_id from id_porten_sessions where user_id = $1', [one.id], 'id_porten');
      return rows[0].key_id as string;
    };
    expect(await userToken(under(next), one.id)).toBeNull();
    // Without the key it is encrypted with, it stays unchanged.
    await resealTokens(under(next));
    expect(await keyId()).toBe('test');
    expect(await resealTokens(under(next, world.key))).toBeGreaterThan(0);
    expect([await keyId(), (await userToken(under(next), one.id)) !== null]).toEqual(['next', true]);
    expect(await userToken(platform, one.id)).toBeNull();
  });
});
