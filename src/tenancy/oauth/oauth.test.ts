import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { registerOAuth, registerSignIn, tenancyRoutes } from '../index.ts';

/** A separate address, so that attempts of other tests are not counted here. */
const ADDRESS = '198.51.100.83';
const SITE = 'http://localhost:8080';
const PASSWORD = 'riktig hest batteri';
const people = new People();
const api = new Api(people.platform, tenancyRoutes);
beforeAll(async () => {
  await registerSignIn(api.server, people.platform);
  await registerOAuth(api.server, people.platform, { publicUrl: SITE });
});
afterAll(async () => {
  await api.close();
  await people.close();
});

/** A browser: keeps cookies by path, sends its origin, does not follow redirects by itself. */
class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  async go(method: 'GET' | 'POST', url: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
    const path = url.startsWith(SITE) ? url.slice(SITE.length) : url;
    const cookie = [...this.#cookies]
      .filter(([, { path: below }]) => path.startsWith(below))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const answer = await api.server.inject({
      remoteAddress: ADDRESS,
      method,
      url: path,
      headers: {
        host: 'localhost:8080',
        ...(cookie ? { cookie } : {}),
        ...(method === 'POST' ? { 'sec-fetch-site': 'same-origin' } : {}),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      const at = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name!);
      else this.#cookies.set(name!, { value: value!, path: at });
    }
    return {
      status: answer.statusCode,
      body: answer.body,
      location: answer.headers.location ?? '',
      headers: answer.headers,
    };
  }
}

const REDIRECT = 'https://app.example.test/back';

async function register(more: object = {}, address = `10.1.${randomBytes(1)[0]}.${randomBytes(1)[0]}`) {
  const answer = await api.server.inject({
    method: 'POST',
    url: '/v2/oauth/register',
    remoteAddress: address,
    payload: { client_name: 'Regne <b>', redirect_uris: [REDIRECT], ...more },
  });
  return { status: answer.statusCode, body: answer.json() };
}

function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

function authorizeUrl(clientId: string, challenge: string | null, more: Record<string, string> = {}) {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'read:profile read:accounting',
    state: 'xyz',
    ...(challenge ? { code_challenge: challenge, code_challenge_method: 'S256' } : {}),
    ...more,
  });
  return `/v2/oauth/authorize?${query.toString()}`;
}

async function token(form: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await api.server.inject({
    remoteAddress: ADDRESS,
    method: 'POST',
    url: '/v2/oauth/token',
    headers: { host: 'localhost:8080', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(form).toString(),
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function signedIn() {
  const user = await people.user(undefined, PASSWORD);
  const browser = new Browser();
  const answer = await browser.go('POST', '/login', { email: user.email, password: PASSWORD });
  expect([answer.status, answer.location]).toEqual([303, '/']);
  return { user, browser };
}

/** Goes from the authorization request to the code. */
async function code(browser: Browser, url: string, decision = 'allow') {
  const started = await browser.go('GET', url);
  expect([started.status, started.body]).toEqual([303, expect.anything()]);
  const page = await browser.go('GET', started.location);
  expect(page.status).toBe(200);
  const decided = await browser.go('POST', started.location, { decision });
  expect(decided.status).toBe(303);
  const back = await browser.go('GET', decided.location);
  expect(back.location).toMatch(/^https:\/\/app\.example\.test\/back/);
  return { page, answer: new URL(back.location).searchParams };
}

const me = (accessToken: string) =>
  api.call('GET', '/api/v2/users/me', { headers: { authorization: `Bearer ${accessToken}` } });

async function granted(scope?: string) {
  const { body: client } = await register();
  const { user, browser } = await signedIn();
  const { verifier, challenge } = pkce();
  const { answer } = await code(browser, authorizeUrl(client.client_id, challenge, scope ? { scope } : {}));
  const credentials = { client_id: client.client_id, client_secret: client.client_secret };
  const form = {
    grant_type: 'authorization_code',
    code: answer.get('code')!,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  };
  return { client, user, browser, credentials, form };
}

describe('authorization code with PKCE', () => {
  it('signs in, asks, gives a code, and the code gives tokens that act as the person', async () => {
    const { body: client } = await register();
    const user = await people.user(undefined, PASSWORD);
    const browser = new Browser();
    const { verifier, challenge } = pkce();
    const started = await browser.go('GET', authorizeUrl(client.client_id, challenge));
    const login = await browser.go('GET', started.location);
    expect(login.location).toMatch(/^\/login\?next=%2Foauth%2Finteraction/);
    const form = await browser.go('GET', login.location);
    expect(form.body).toContain('name="next"');
    const next = /name="next" value="([^"]+)"/.exec(form.body)![1]!;
    const signedInto = await browser.go('POST', '/login', { email: user.email, password: PASSWORD, next });
    const page = await browser.go('GET', signedInto.location);
    expect(page.body).toContain('Regne &lt;b&gt;');
    expect(page.body).toContain('lese regnskapene');
    expect(page.body).not.toContain('bokføre og endre');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' https://app.example.test");
    const decided = await browser.go('POST', signedInto.location, { decision: 'allow' });
    const back = new URL((await browser.go('GET', decided.location)).location);
    expect(back.searchParams.get('state')).toBe('xyz');
    expect(back.searchParams.get('iss')).toBe(SITE);
    const answer = await token({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code')!,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      client_id: client.client_id,
      client_secret: client.client_secret,
    });
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read:profile read:accounting',
    });
    expect((await me(answer.body.access_token)).body).toMatchObject({ id: user.id });
    const change = await api.call('PATCH', '/api/v2/users/me', { token: answer.body.access_token, body: {} });
    expect([change.status, change.body.details.code]).toEqual([403, 'request.scope_missing']);
    const stored = await asOwner('select t::text as text from oauth_records t');
    const all = stored.rows.map(({ text }) => text).join('\n');
    for (const secret of [answer.body.access_token, answer.body.refresh_token, back.searchParams.get('code')!])
      expect(all).not.toContain(secret);
  });

  it.each<[string, (url: string) => string, string]>([
    [
      'without a challenge',
      (url) => url.replace(/&code_challenge=[^&]*&code_challenge_method=S256/, ''),
      'invalid_request',
    ],
    ['with a plain challenge', (url) => url.replace('S256', 'plain'), 'invalid_request'],
    ['for another site’s resource', (url) => `${url}&resource=https://elsewhere.test`, 'invalid_target'],
    [
      'for a token in the address',
      (url) => url.replace('response_type=code', 'response_type=token'),
      'unsupported_response_type',
    ],
  ])('%s is refused', async (_, change, error) => {
    const { body: client } = await register();
    const { browser } = await signedIn();
    const answer = await browser.go('GET', change(authorizeUrl(client.client_id, pkce().challenge)));
    const fault = answer.location ? /[?&#]error=([a-z_]+)/.exec(answer.location)?.[1] : JSON.parse(answer.body).error;
    expect(fault).toBe(error);
  });

  it('a redirect to an address that was not registered is shown, not followed', async () => {
    const { body: client } = await register();
    const { browser } = await signedIn();
    const url = authorizeUrl(client.client_id, pkce().challenge, { redirect_uri: 'https://evil.test/' });
    const answer = await browser.go('GET', url);
    expect([answer.status, answer.location]).toEqual([400, '']);
  });

  it('a refusal gives access_denied', async () => {
    const { body: client } = await register();
    const { browser } = await signedIn();
    const { answer } = await code(browser, authorizeUrl(client.client_id, pkce().challenge), 'deny');
    expect([answer.get('error'), answer.get('code')]).toEqual(['access_denied', null]);
  });

  it('asks anew each time, and nothing is given to another site’s form', async () => {
    const { client, browser } = await granted();
    const again = await browser.go('GET', authorizeUrl(client.client_id, pkce().challenge));
    expect(again.location).toContain('/oauth/interaction/');
    const forged = await browser.go('POST', again.location, { decision: 'allow' }, { 'sec-fetch-site': 'cross-site' });
    expect(forged.status).toBe(403);
  });

  it.each([
    ['a wrong verifier', { code_verifier: randomBytes(32).toString('base64url') }, 'invalid_grant'],
    ['another redirect address', { redirect_uri: 'https://app.example.test/other' }, 'invalid_grant'],
    ['a wrong secret', { client_secret: 'hbs_wrong' }, 'invalid_client'],
    ['a wrong code', { code: 'wrong' }, 'invalid_grant'],
  ])('%s gives no token', async (_, change, error) => {
    const { credentials, form } = await granted();
    const answer = await token({ ...form, ...credentials, ...change });
    expect(answer.body).toMatchObject({ error });
  });

  it('a code works once; its second use ends what the first gave', async () => {
    const { credentials, form } = await granted();
    const first = await token({ ...form, ...credentials });
    expect((await me(first.body.access_token)).status).toBe(200);
    expect((await token({ ...form, ...credentials })).body.error).toBe('invalid_grant');
    expect((await me(first.body.access_token)).status).toBe(401);
  });

  it('of two uses of one code at the same time at most one gives a token', async () => {
    const { credentials, form } = await granted();
    const answers = await Promise.all([1, 2, 3, 4].map(() => token({ ...form, ...credentials })));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });
});

describe('scopes', () => {
  it.each([
    ['unknown ones are left out', 'read:profile read:all', 'read:profile'],
    ['none asked for: what the client registered', '', 'read:profile read:accounting'],
  ])('%s', async (_, scope, expected) => {
    const { body: client } = await register({ scope: 'read:profile read:accounting' });
    const { browser } = await signedIn();
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(client.client_id, challenge, { scope }).replace(/&scope=(?=&)/, '');
    const { answer } = await code(browser, url);
    const { client_id, client_secret } = client;
    const grantType = { grant_type: 'authorization_code', redirect_uri: REDIRECT, code_verifier: verifier };
    const got = await token({ ...grantType, code: answer.get('code')!, client_id, client_secret });
    expect(got.body.scope).toBe(expected);
  });

  it('beyond the registered ones are refused', async () => {
    const { body: client } = await register({ scope: 'read:profile' });
    const { browser } = await signedIn();
    const answer = await browser.go('GET', authorizeUrl(client.client_id, pkce().challenge));
    expect(answer.location).toContain('error=invalid_scope');
  });

  it('client credentials without one get what the client registered', async () => {
    const user = await people.user();
    const own = api.as(await people.token(user.id));
    const { client_id, client_secret } = (
      await own.post('/oauth/clients', { client_name: 'x', grant_types: ['client_credentials'], scope: 'read:profile' })
    ).body;
    const { body } = await token({ grant_type: 'client_credentials', client_id, client_secret });
    expect((await me(body.access_token)).body.id).toBe(user.id);
    const refused = await api.as(body.access_token).get('/client-accounts');
    expect(refused.body.details).toEqual({ code: 'request.scope_missing', scope: 'read:accounting' });
  });
});

describe('refresh and revocation', () => {
  it('rotates the refresh token; using an old one ends the grant', async () => {
    const { credentials, form } = await granted();
    const first = (await token({ ...form, ...credentials })).body;
    const refresh = (refreshToken: string) =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials });
    const second = (await refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await me(second.access_token)).status).toBe(200);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await me(second.access_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('a revoked access token stops at once', async () => {
    const { credentials, form } = await granted();
    const { access_token: accessToken } = (await token({ ...form, ...credentials })).body;
    expect((await me(accessToken)).status).toBe(200);
    const revoke = (by: { client_id: string; client_secret: string }) =>
      api.server.inject({
        remoteAddress: ADDRESS,
        method: 'POST',
        url: '/v2/oauth/revoke',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ token: accessToken, ...by }).toString(),
      });
    const { client_id, client_secret } = (await register()).body;
    await revoke({ client_id, client_secret });
    expect((await me(accessToken)).status).toBe(200);
    expect((await revoke(credentials)).statusCode).toBe(200);
    expect((await me(accessToken)).status).toBe(401);
  });

  it('a program cannot make lasting credentials out of delegated ones', async () => {
    const { credentials, form, user } = await granted('read:profile write:profile');
    const { access_token: accessToken } = (await token({ ...form, ...credentials })).body;
    expect((await me(accessToken)).body.id).toBe(user.id);
    const program = api.as(accessToken);
    const answers = [
      await program.post('/access-tokens', { name: 'x' }),
      await program.post('/oauth/clients', { client_name: 'x', redirect_uris: [REDIRECT] }),
      await program.patch('/users/me', { current_password: PASSWORD, new_password: 'et helt nytt passord' }),
    ];
    for (const { status, body } of answers)
      expect([status, body.details.code]).toEqual([403, 'tenancy.own_credentials_required']);
  });
});

describe('own clients and client credentials', () => {
  it('act as the user who made them, with the scopes that user had', async () => {
    const user = await people.user();
    const own = api.as(await people.token(user.id));
    const made = await own.post('/oauth/clients', { client_name: 'Nattjobb', grant_types: ['client_credentials'] });
    expect([made.status, made.body.client_secret]).toEqual([201, expect.stringMatching(/^hbs_/)]);
    const basic = Buffer.from(`${made.body.client_id}:${made.body.client_secret}`).toString('base64');
    const answer = await token(
      { grant_type: 'client_credentials', scope: 'read:profile' },
      { authorization: `Basic ${basic}` },
    );
    expect(answer.body).toMatchObject({ token_type: 'Bearer', scope: 'read:profile' });
    expect(answer.body.refresh_token).toBeUndefined();
    expect((await me(answer.body.access_token)).body.id).toBe(user.id);
    const list = await own.get('/oauth/clients');
    expect(list.body).toMatchObject([{ client_id: made.body.client_id, client_name: 'Nattjobb' }]);
    expect(JSON.stringify(list.body)).not.toContain('hbs_');
    const stranger = api.as(await people.token((await people.user()).id));
    expect((await stranger.delete(`/oauth/clients/${made.body.client_id}`)).status).toBe(403);
    expect((await stranger.delete('/oauth/clients/hbc_none')).status).toBe(404);
    expect((await own.delete(`/oauth/clients/${made.body.client_id}`)).status).toBe(200);
    expect((await me(answer.body.access_token)).status).toBe(401);
  });

  it('get no more scopes than the asking token', async () => {
    const user = await people.user();
    const narrow = api.as(await people.token(user.id, ['read:profile', 'write:profile']));
    const body = { client_name: 'x', grant_types: ['client_credentials'] };
    expect((await narrow.post('/oauth/clients', { ...body, scope: 'write:accounting' })).status).toBe(403);
    expect((await narrow.post('/oauth/clients', body)).body.scope).toBe('read:profile write:profile');
  });
});

describe('dynamic registration', () => {
  it.each<[object, number, string?]>([
    [{}, 201],
    [{ redirect_uris: ['http://localhost:33418/cb', 'http://127.0.0.1/cb'], software_id: 'ignored' }, 201],
    [{ redirect_uris: [] }, 400, 'invalid_redirect_uri'],
    [{ redirect_uris: ['http://app.example.test/'] }, 400, 'invalid_redirect_uri'],
    [{ redirect_uris: ['https://app.example.test/#x'] }, 400, 'invalid_redirect_uri'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 400, 'invalid_redirect_uri'],
    [{ client_name: 7 }, 400, 'invalid_client_metadata'],
    [{ scope: 'everything' }, 400, 'invalid_client_metadata'],
    [{ response_types: ['token'] }, 400, 'invalid_client_metadata'],
    [{ grant_types: ['client_credentials'] }, 400, 'invalid_client_metadata'],
    [{ token_endpoint_auth_method: 'none' }, 400, 'invalid_client_metadata'],
  ])('%o: %s', async (more, status, error) => {
    const answer = await register(more);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    if (status === 201)
      expect(answer.body).toMatchObject({
        client_id: expect.any(String),
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
      });
  });

  it('ten an hour from one address', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await register({}, '10.77.0.1')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(201), 429]);
    expect((await register({}, '10.77.0.2')).status).toBe(201);
  });
});

describe('discovery', () => {
  it('has exactly the fields of RFC 8414 that the reference lists', async () => {
    const answer = await api.call('GET', '/.well-known/oauth-authorization-server');
    expect(answer.body).toEqual({
      issuer: SITE,
      authorization_endpoint: `${SITE}/v2/oauth/authorize`,
      token_endpoint: `${SITE}/v2/oauth/token`,
      registration_endpoint: `${SITE}/v2/oauth/register`,
      revocation_endpoint: `${SITE}/v2/oauth/revoke`,
      grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      scopes_supported: ['read:profile', 'write:profile', 'read:accounting', 'write:accounting'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      resource_indicators_supported: true,
      service_documentation: `${SITE}/docs`,
    });
  });

  it('a 401 names the protected resource’s metadata, which names the server', async () => {
    const refused = await api.call('GET', '/api/v2/users/me', { headers: { host: 'localhost:8080' } });
    expect(refused.headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${SITE}/.well-known/oauth-protected-resource"`,
    );
    const metadata = await api.call('GET', '/.well-known/oauth-protected-resource');
    expect(metadata.body).toMatchObject({ resource: SITE, authorization_servers: [SITE] });
  });
});

describe('the sign-in page', () => {
  it('is served in the reader’s language, without scripts', async () => {
    const browser = new Browser();
    const page = await browser.go('GET', '/login', undefined, { 'accept-language': 'en' });
    expect(page.body).toMatch(/<html lang="en">.*<h1>Sign in<\/h1>/s);
    expect(page.body).not.toContain('<script');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });

  it.each([
    ['/client-accounts?x=1', '/client-accounts?x=1'],
    ['https://evil.test/', '/'],
    ['//evil.test/', '/'],
    ['/\\evil.test', '/'],
    ['/\t/evil.test', '/'],
    ['javascript:alert(1)', '/'],
  ])('next=%s leads to %s', async (next, location) => {
    const user = await people.user(undefined, PASSWORD);
    const answer = await new Browser().go('POST', '/login', { email: user.email, password: PASSWORD, next });
    expect([answer.status, answer.location]).toEqual([303, location]);
  });

  it('shows a wrong password as a sentence, and refuses another site’s form', async () => {
    const browser = new Browser();
    const wrong = await browser.go('POST', '/login', { email: 'x"><script>@y.no', password: 'feil' });
    expect([wrong.status, wrong.body]).toEqual([401, expect.stringContaining('role="alert"')]);
    expect(wrong.body).not.toContain('<script');
    const forged = await browser.go(
      'POST',
      '/login',
      { email: 'a', password: 'b' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(forged.status).toBe(403);
  });

  it('signs out', async () => {
    const { browser } = await signedIn();
    expect((await browser.go('GET', '/api/v2/users/me')).status).toBe(200);
    expect((await browser.go('POST', '/logout', {})).location).toBe('/login');
    expect((await browser.go('GET', '/api/v2/users/me')).status).toBe(401);
  });
});
