import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../src/platform/caller.ts';
import { attacked } from './support/attacked.ts';
import type { Attacked } from './support/server.ts';
import { newOwned, type Owned } from './support/world.ts';

const SITE = 'https://regnskap.example';
const REDIRECT = 'https://app.example.test/back';
const FORM = 'application/x-www-form-urlencoded';
const ALL_GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];

/** Capabilities of other servers of this kind for which RFC 8414 has a field. */
const KNOWN = {
  grant_types: [...ALL_GRANTS, 'implicit', 'password', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code', 'token', 'id_token', 'code token', 'code id_token', 'none'],
  response_modes: ['query', 'fragment', 'form_post', 'web_message'],
  auth_methods: ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt', 'client_secret_jwt'],
  challenge_methods: ['S256', 'plain'],
};

let running: Attacked;
let metadata: Record<string, any>;
let owned: Owned;
let client: { client_id: string; client_secret: string };
beforeAll(async () => {
  running = await attacked();
  metadata = (await running.server.inject({ url: '/.well-known/oauth-authorization-server' })).json();
  owned = await newOwned(running.server, running.platform.database);
  client = await made({});
});

/** A client of a user, which may act without a user. */
const made = (more: object) =>
  owned.owner.must('POST', '/oauth/clients', {
    client_name: 'Program',
    redirect_uris: [REDIRECT],
    grant_types: ALL_GRANTS,
    ...more,
  });

let last = 0;
const registered = (more: object) =>
  running.server.inject({
    method: 'POST',
    url: '/v2/oauth/register',
    remoteAddress: `10.7.0.${++last}`,
    payload: { client_name: 'Program', redirect_uris: [REDIRECT], ...more },
  });

const pathOf = (field: string) => {
  expect(metadata[field]).toMatch(/^https:\/\/regnskap\.example\//);
  return (metadata[field] as string).slice(SITE.length);
};

const token = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  running.server.inject({
    method: 'POST',
    url: pathOf('token_endpoint'),
    headers: { 'content-type': FORM, ...headers },
    payload: new URLSearchParams(form).toString(),
  });

const basic = () => `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`;

/** Requests a code; true if the response leads to the user's consent. */
async function authorizes(more: Record<string, string>): Promise<boolean> {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const query = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: REDIRECT,
    state: 'x',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  });
  const answer = await running.server.inject({ url: `${pathOf('authorization_endpoint')}?${query.toString()}` });
  expect(answer.statusCode).toBeLessThan(500);
  return /\/oauth\/interaction\//.test(String(answer.headers.location));
}

describe('what discovery says is what the server does', () => {
  test('who issues', () => {
    expect([metadata.issuer, metadata.service_documentation]).toEqual([SITE, `${SITE}/docs`]);
  });

  test.each(KNOWN.grant_types)('grant type %s', async (grant) => {
    const isListed = (metadata.grant_types_supported as string[]).includes(grant);
    const own = { client_id: client.client_id, client_secret: client.client_secret };
    const answer = await token({ grant_type: grant, ...own, code: 'x', refresh_token: 'x', redirect_uri: REDIRECT });
    expect([grant, answer.json().error === 'unsupported_grant_type']).toEqual([grant, !isListed]);
    // Registered clients have no user, and client credentials need one.
    const registers = isListed && grant !== 'client_credentials';
    expect((await registered({ grant_types: [grant] })).statusCode).toBe(registers ? 201 : 400);
  });

  test.each(KNOWN.response_types)('response type %s', async (type) => {
    expect(await authorizes({ response_type: type })).toBe(
      (metadata.response_types_supported as string[]).includes(type),
    );
  });

  test.each(KNOWN.response_modes)('response mode %s', async (mode) => {
    expect(await authorizes({ response_mode: mode })).toBe(
      (metadata.response_modes_supported as string[]).includes(mode),
    );
  });

  test.each(KNOWN.challenge_methods)('PKCE by %s', async (method) => {
    const isListed = (metadata.code_challenge_methods_supported as string[]).includes(method);
    expect(await authorizes({ code_challenge_method: method })).toBe(isListed);
  });

  test('PKCE is for everybody', async () => {
    const query = new URLSearchParams({ client_id: client.client_id, response_type: 'code', redirect_uri: REDIRECT });
    const answer = await running.server.inject({ url: `${pathOf('authorization_endpoint')}?${query.toString()}` });
    expect(String(answer.headers.location)).toContain('error=invalid_request');
  });

  test.each(KNOWN.auth_methods)('authentication of clients by %s', async (method) => {
    const isListed = (metadata.token_endpoint_auth_methods_supported as string[]).includes(method);
    expect((await registered({ token_endpoint_auth_method: method })).statusCode).toBe(isListed ? 201 : 400);
  });

  test.each<[string, Record<string, string>, Record<string, string>, number]>([
    ['client_secret_basic', {}, { authorization: 'basic' }, 200],
    ['client_secret_post', { client_id: 'own', client_secret: 'own' }, {}, 200],
    ['none', { client_id: 'own' }, {}, 401],
  ])('a token is given to who comes with %s', async (method, form, headers, status) => {
    client = await made(method === 'none' ? {} : { token_endpoint_auth_method: method });
    const answer = await token(
      {
        grant_type: 'client_credentials',
        ...('client_id' in form ? { client_id: client.client_id } : {}),
        ...('client_secret' in form ? { client_secret: client.client_secret } : {}),
      },
      'authorization' in headers ? { authorization: basic() } : {},
    );
    expect([answer.statusCode, answer.body.includes('access_token')]).toEqual([status, status === 200]);
  });

  test('scopes: those of the API, and no other', async () => {
    expect(metadata.scopes_supported).toEqual([...SCOPES]);
    for (const scope of SCOPES) expect((await registered({ scope })).statusCode).toBe(201);
    for (const scope of ['openid', 'offline_access', 'admin'])
      expect((await registered({ scope })).statusCode).toBe(400);
  });

  test('every address answers', async () => {
    for (const [field, method, url] of [
      ['registration_endpoint', 'POST', pathOf('registration_endpoint')],
      ['revocation_endpoint', 'POST', pathOf('revocation_endpoint')],
      ['token_endpoint', 'POST', pathOf('token_endpoint')],
      ['authorization_endpoint', 'GET', pathOf('authorization_endpoint')],
      ['service_documentation', 'GET', '/docs'],
    ] as const) {
      const { statusCode } = await running.server.inject({ method, url });
      expect([field, statusCode]).not.toEqual([field, 404]);
      expect(statusCode).toBeLessThan(500);
    }
  });

  test('a resource is this site and no other', async () => {
    expect(metadata.resource_indicators_supported).toBe(true);
    const protectedResource = (await running.server.inject({ url: '/.well-known/oauth-protected-resource' })).json();
    expect(protectedResource).toMatchObject({
      resource: SITE,
      authorization_servers: [metadata.issuer],
      scopes_supported: metadata.scopes_supported,
      bearer_methods_supported: ['header'],
    });
    expect(await authorizes({ resource: SITE })).toBe(true);
    expect(await authorizes({ resource: 'https://evil.example' })).toBe(false);
    // Neither in the address nor in the body.
    const answer = await running.server.inject({ url: '/api/v2/users/me?access_token=x' });
    expect(answer.statusCode).toBe(401);
  });
});
