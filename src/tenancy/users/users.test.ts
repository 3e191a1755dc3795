import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { tenancyRoutes } from '../index.ts';
import { countAttempt, placeOf } from '../sign-in/throttle.ts';

const people = new People();
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

const PASSWORD = 'riktig hest batteri';
const signIn = (email: string, password: string, address = '10.0.0.1') =>
  api.server.inject({
    method: 'POST',
    url: '/api/v2/sessions',
    payload: { email, password },
    remoteAddress: address,
  });

describe('/users/me', () => {
  it('shows and changes the caller', async () => {
    const user = await people.user();
    const me = api.as(await people.token(user.id));
    expect((await me.get('/users/me')).body).toMatchObject({ id: user.id, email: user.email, language: 'nb' });
    const changed = await me.patch('/users/me', { first_name: 'Ola', language: 'en' });
    expect(changed.body).toMatchObject({ first_name: 'Ola', last_name: 'Nordmann', language: 'en' });
    expect((await me.patch('/users/me', { email: 'x@y.no' })).body.details.fields).toEqual([
      { path: 'email', problem: 'er et ukjent felt' },
    ]);
  });

  it.each([
    [{ current_password: 'feil feil feil', new_password: 'et nytt langt passord' }, 400, 'tenancy.password_wrong'],
    [{ new_password: 'et nytt langt passord' }, 400, 'request.invalid'],
    [{ current_password: PASSWORD, new_password: 'kort' }, 400, 'request.invalid'],
    [{ current_password: PASSWORD, new_password: 'aaaaaaaaaaaaaaaa' }, 400, 'request.invalid'],
    [{ current_password: PASSWORD, new_password: 'et nytt langt passord' }, 200, undefined],
  ])('password change %o: %s', async (body, status, code) => {
    const user = await people.user(undefined, PASSWORD);
    const answer = await api.as(await people.token(user.id)).patch('/users/me', body);
    expect([answer.status, answer.body.details?.code]).toEqual([status, code]);
  });

  it('a new password ends the other sessions and keeps no trace of either password', async () => {
    const user = await people.user(undefined, PASSWORD);
    const [one, two] = [await signIn(user.email, PASSWORD), await signIn(user.email, PASSWORD)];
    const cookies = [one, two].map((answer) => String(answer.headers['set-cookie']).split(';')[0]!);
    const change = await api.call('PATCH', '/api/v2/users/me', {
      body: { current_password: PASSWORD, new_password: 'et nytt langt passord' },
      headers: { cookie: cookies[0]!, 'sec-fetch-site': 'same-origin' },
    });
    expect(change.status).toBe(200);
    const status = (cookie: string) =>
      api.call('GET', '/api/v2/users/me', { headers: { cookie } }).then((answer) => answer.status);
    expect([await status(cookies[0]!), await status(cookies[1]!)]).toEqual([200, 401]);
    expect((await signIn(user.email, PASSWORD)).statusCode).toBe(401);
    expect((await signIn(user.email, 'et nytt langt passord')).statusCode).toBe(201);
    const audit = await people.platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ text: string }>(sql`select a::text as text from audit_log a where record_id = ${user.id}`),
    );
    expect(audit.length).toBeGreaterThan(0);
    expect(audit.map(({ text }) => text).join()).not.toMatch(/langt passord|riktig hest/);
  });
});

describe('/sessions', () => {
  let email: string;
  beforeAll(async () => {
    email = (await people.user(undefined, PASSWORD)).email;
  });

  it('keeps the secret in an HttpOnly cookie only; signing out ends it', async () => {
    const answer = await signIn(email.toUpperCase(), PASSWORD);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^hovedbok=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(Object.keys(answer.json())).toEqual(['user']);
    const headers = { cookie: cookie.split(';')[0]!, origin: 'http://localhost:80' };
    expect((await api.call('GET', '/api/v2/users/me', { headers })).status).toBe(200);
    const out = await api.call('DELETE', '/api/v2/sessions/current', { headers: { ...headers, host: 'localhost:80' } });
    expect([out.status, out.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await api.call('GET', '/api/v2/users/me', { headers })).status).toBe(401);
  });

  it('tells an unknown user and a wrong password alike', async () => {
    const [unknown, wrong] = [await signIn('ingen@example.test', PASSWORD), await signIn(email, 'feil passord her')];
    expect([unknown.statusCode, wrong.statusCode]).toEqual([401, 401]);
    expect(unknown.json()).toEqual(wrong.json());
  });

  it('stops guesses from one place at one user, and lets the user in from another', async () => {
    const user = await people.user(undefined, PASSWORD);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await signIn(user.email, `gjetning ${i}`, '10.9.9.9')).statusCode);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const refused = await signIn(user.email, PASSWORD, '10.9.9.9');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    expect((await signIn(user.email, PASSWORD, '10.9.9.8')).statusCode).toBe(201);
  });
});

describe('guesses from many places', () => {
  it('lock nobody out: the right password from another address signs in', async () => {
    const user = await people.user(undefined, PASSWORD);
    const ends = new Date(Date.now() + 3_600_000);
    const key = createHash('sha256').update(`sign-in user ${user.email}`).digest('base64');
    await people.platform.database.transaction({ clientAccounts: [], mode: 'write', work: 'throttle' }, (tx) =>
      tx.execute(sql`insert into throttles (key, count, window_ends_at) values (${key}, 1000, ${ends})`),
    );
    expect((await signIn(user.email, PASSWORD, '10.9.7.1')).statusCode).toBe(201);
  });

  it('from one address are refused before they make a row for each user', async () => {
    const platform = people.platform;
    const limits = (user: number) => [
      { key: 'test from 10.9.6.6', most: 3, seconds: 900 },
      { key: `test from 10.9.6.6 user ${user}`, most: 2, seconds: 900 },
    ];
    const keys = Array.from({ length: 10 }, (_, user) => limits(user).map(({ key }) => key)).flat();
    const hashes = [...new Set(keys)].map((key) => createHash('sha256').update(key).digest('base64'));
    const count = () =>
      asOwner('select count(*)::int as n from throttles where key = any ($1)', [hashes]).then(
        ({ rows }) => rows[0].n as number,
      );
    const before = await count();
    const refused = await Promise.allSettled(
      Array.from({ length: 10 }, (_, user) => countAttempt(platform, limits(user))),
    );
    expect(refused.filter(({ status }) => status === 'rejected')).toHaveLength(7);
    expect((await count()) - before).toBe(4);
  });

  it.each([
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is the place %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });
});

describe('a new password', () => {
  const change = { current_password: PASSWORD, new_password: 'et nytt langt passord' };

  it('ends access tokens, grants and programs of the user, told in the answer; the session that changes it stays', async () => {
    const user = await people.user(undefined, PASSWORD);
    const token = await people.token(user.id);
    const program = await api.as(token).post('/oauth/clients', {
      client_name: 'Mitt program',
      grant_types: ['client_credentials'],
    });
    expect(program.status).toBe(201);
    await asOwner(
      `insert into oauth_records (kind, id_hash, payload) values ('RefreshToken', $1, $2), ('ClientCredentials', $3, $4)`,
      [
        Buffer.from(`r${user.id}`),
        JSON.stringify({ accountId: String(user.id), clientId: 'x' }),
        Buffer.from(`c${user.id}`),
        JSON.stringify({ clientId: program.body.client_id }),
      ],
    );
    const cookie = String((await signIn(user.email, PASSWORD)).headers['set-cookie']).split(';')[0]!;
    await signIn(user.email, PASSWORD);
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const answer = await api.call('PATCH', '/api/v2/users/me', { body: change, headers });
    expect(answer.body.ended).toEqual({ sessions: 1, access_tokens: 1, programs: 2 });
    expect((await api.as(token).get('/users/me')).status).toBe(401);
    expect((await api.call('GET', '/api/v2/users/me', { headers })).status).toBe(200);
    const left = await asOwner(`select kind from oauth_records where id_hash = any ($1)`, [
      [Buffer.from(`r${user.id}`), Buffer.from(`c${user.id}`)],
    ]);
    expect(left.rows).toEqual([]);
    const client = await asOwner('select metadata from oauth_clients where client_id = $1', [program.body.client_id]);
    expect(client.rows[0].metadata.grant_types).toEqual([]);
  });

  it('keeps access tokens where asked', async () => {
    const user = await people.user(undefined, PASSWORD);
    const token = await people.token(user.id);
    const answer = await api.as(token).patch('/users/me', { ...change, keep_access_tokens: true });
    expect(answer.body.ended).toEqual({ sessions: 0, access_tokens: 0, programs: 0 });
    expect((await api.as(token).get('/users/me')).status).toBe(200);
  });

  it('asked for ten times at once is set once', async () => {
    const user = await people.user(undefined, PASSWORD);
    const token = await people.token(user.id);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        api
          .as(token)
          .patch('/users/me', { ...change, new_password: `et nytt langt passord ${i}`, keep_access_tokens: true }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(9).fill(400)]);
  });
});

describe('/access-tokens', () => {
  it('ten revocations at once leave it revoked at one time', async () => {
    const user = await people.user();
    const me = api.as(await people.token(user.id));
    const { id } = (await me.post('/access-tokens', { name: 'Ti' })).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => me.delete(`/access-tokens/${id}`)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.revoked_at}`)).size).toBe(1);
  });

  it('shows a token once, lists it without, and revokes it at once', async () => {
    const user = await people.user();
    const me = api.as(await people.token(user.id));
    const made = await me.post(
      '/access-tokens',
      { name: 'Lønn', scopes: ['read:profile'] },
      { 'idempotency-key': 'k1' },
    );
    expect([made.status, made.body.token]).toEqual([201, expect.stringMatching(/^hb_[\w-]{43}$/)]);
    const again = await me.post(
      '/access-tokens',
      { name: 'Lønn', scopes: ['read:profile'] },
      { 'idempotency-key': 'k1' },
    );
    expect([again.status, again.body.details.code]).toEqual([409, 'request.secret_shown_once']);
    const list = await me.get('/access-tokens');
    expect(list.body.data[0]).toMatchObject({ id: made.body.id, name: 'Lønn' });
    expect(JSON.stringify(list.body)).not.toContain(made.body.token);
    const itself = api.as(made.body.token);
    expect((await itself.get('/users/me')).status).toBe(200);
    expect((await me.delete(`/access-tokens/${made.body.id}`)).body.revoked_at).not.toBeNull();
    expect((await itself.get('/users/me')).status).toBe(401);
  });

  it('grants no more than the asking token, and is not seen by others', async () => {
    const [user, other] = [await people.user(), await people.user()];
    const narrow = api.as(await people.token(user.id, ['write:profile', 'read:profile']));
    const beyond = await narrow.post('/access-tokens', { name: 'x', scopes: ['write:accounting'] });
    expect([beyond.status, beyond.body.details.code]).toEqual([403, 'tenancy.scope_beyond_own']);
    const own = await narrow.post('/access-tokens', { name: 'x' });
    expect(own.body.scopes).toEqual(['read:profile', 'write:profile']);
    const stranger = api.as(await people.token(other.id));
    expect((await stranger.delete(`/access-tokens/${own.body.id}`)).status).toBe(403);
    expect((await stranger.delete('/access-tokens/999999999')).status).toBe(404);
  });
});
