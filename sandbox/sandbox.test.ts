import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type JWTPayload, SignJWT } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { MovingClock, testSandbox } from '../test/support/outside/sandbox.ts';
import { startAdmin } from './admin.ts';
import { isSynthetic } from './organizations.ts';
import { startSandbox } from './sandbox.ts';
import { PROPERTIES } from './skatteetaten/properties.ts';
import { valuate } from './skatteetaten/valuation.ts';
import { registerVendor } from './vendor.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const { clientId, key } = await registerVendor(sandbox);
const privateKey = createPrivateKey({ key: key as never, format: 'jwk' });
beforeEach(() => sandbox.reset());

const maskinporten = sandbox.addressOf('maskinporten');
const issuer = `${maskinporten}/`;
const SCOPE = 'skatteetaten:formueinntekt/skattemelding/eiendom';
const now = () => Math.floor(clock.now().getTime() / 1000);
const user = (organizationNumber: string) => [
  {
    type: 'urn:altinn:systemuser',
    systemuser_org: { authority: 'iso6523-actorid-upis', ID: `0192:${organizationNumber}` },
  },
];

interface Assertion {
  header?: Record<string, unknown>;
  claims?: JWTPayload;
  with?: KeyObject;
}

const sign = ({ header = {}, claims = {}, with: signing = privateKey }: Assertion = {}) =>
  new SignJWT({
    aud: issuer,
    iss: clientId,
    iat: now(),
    exp: now() + 100,
    jti: randomUUID(),
    scope: SCOPE,
    authorization_details: user('310049573'),
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid!, ...header })
    .sign(signing);

async function post(assertion: string, grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
  const body = new URLSearchParams({ grant_type: grant, assertion });
  const answer = await fetch(`${maskinporten}/token`, { method: 'POST', body });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

describe('Maskinporten', () => {
  test.each<[string, Assertion, string]>([
    ['no kid', { header: { kid: undefined } }, '400 invalid_grant MP-123'],
    ['an unknown client', { claims: { iss: 'x' } }, '400 invalid_grant MP-100'],
    ['an audience without its slash', { claims: { aud: maskinporten } }, '400 invalid_grant MP-110'],
    ['an unknown key', { header: { kid: 'x' } }, '400 invalid_grant MP-124'],
    ['another algorithm', { header: { alg: 'PS256' } }, '400 invalid_grant MP-124'],
    ['an issue time to come', { claims: { iat: now() + 11, exp: now() + 100 } }, '400 invalid_grant JWT'],
    ['an issue time within the difference of clocks', { claims: { iat: now() + 10 } }, '200'],
    ['an expired one', { claims: { iat: now() - 100, exp: now() } }, '400 invalid_grant MP-130'],
    ['one that lives too long', { claims: { exp: now() + 121 } }, '400 invalid_request MP-011'],
    ['no jti', { claims: { jti: undefined } }, '400 invalid_grant MP-012'],
    ['another scope', { claims: { scope: 'altinn:x' } }, '400 invalid_scope MP-200'],
    ['no scope', { claims: { scope: undefined } }, '400 invalid_scope MP-200'],
    ['a supplier without delegation', { claims: { consumer_org: '310049573' } }, '403 forbidden MP-251'],
    ['itself as consumer', { claims: { consumer_org: '313367002' } }, '400 invalid_request consumer_org'],
    [
      'two customers',
      { claims: { authorization_details: [...user('310049573'), ...user('312974436')] } },
      '400 invalid_request MP-303',
    ],
    ['another kind of details', { claims: { authorization_details: [{ type: 'x' }] } }, '400 invalid_request MP-301'],
    [
      'unknown fields in details',
      { claims: { authorization_details: [{ ...user('310049573')[0], x: 1 }] } },
      '400 invalid_request MP-302',
    ],
    [
      'a customer that does not exist',
      { claims: { authorization_details: user('987654321') } },
      '400 invalid_altinn_customer_configuration MP-303',
    ],
  ])('%s', async (_, assertion, expected) => {
    const { status, body } = await post(await sign(assertion));
    const code = status === 200 ? '' : ` ${body.error} ${body.error_description!.split(/[: ]/)[0]}`;
    expect(`${status}${code}`).toBe(expected);
  });

  test('refuses a replay, another grant and what is no JWT', async () => {
    const assertion = await sign();
    expect([(await post(assertion)).status, (await post(assertion)).body.error_description]).toEqual([
      200,
      expect.stringMatching(/^MP-012/),
    ]);
    expect((await post(await sign(), 'client_credentials')).body.error_description).toMatch(/^MP-011/);
    expect((await post('x.y')).body.error_description).toMatch(/^MP-011/);
    const tampered = (await sign()).replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`);
    expect((await post(tampered)).status).toBe(400);
  });
});

describe('Skatteetaten', () => {
  const ask = async (path: string, token?: string, method = 'GET', body?: object) => {
    const answer = await fetch(`${sandbox.addressOf('skatteetaten')}/api/skattemelding/v2/${path}`, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const tokenFor = async (claims: JWTPayload = {}) => (await post(await sign({ claims }))).body.access_token!;
  const BASIS = 'eiendom/formuesgrunnlag/2025/3817404/310049573';

  test('judges the token', async () => {
    expect((await ask('ping')).body).toEqual({ ping: 'pong' });
    const good = await tokenFor();
    expect((await ask(BASIS, good)).status).toBe(200);
    expect((await ask(BASIS)).status).toBe(401);
    expect((await ask(BASIS, `${good}x`)).status).toBe(401);
    expect((await ask(BASIS, await tokenFor({ resource: 'https://api.skatteetaten.no' }))).status).toBe(401);
    expect((await ask(BASIS, await tokenFor({ scope: 'skatteetaten:formueinntekt/skattemelding' }))).status).toBe(401);
    expect((await ask(BASIS, await tokenFor({ authorization_details: undefined }))).body.kode).toBe('DAS-008');
    expect((await ask(BASIS, await tokenFor({ authorization_details: user('310904473') }))).status).toBe(403);
    expect((await ask(BASIS, await tokenFor({ authorization_details: user('312974436') }))).status).toBe(403);
    clock.pass(120);
    expect((await ask(BASIS, good)).status).toBe(401);
  });

  test('refuses what it does not know', async () => {
    const token = await tokenFor();
    const code = async (path: string, method = 'GET', body?: object) => {
      const answer = await ask(path, token, method, body);
      return `${answer.status} ${answer.body.feilkode ?? answer.body.kode}`;
    };
    expect(await code('eiendom/formuesgrunnlag/2025/1/310049573')).toBe('400 EIENDOM-014');
    expect(await code('eiendom/formuesgrunnlag/2018/3817404/310049573')).toBe('400 EIENDOM-050');
    expect(await code('eiendom/soek/2025')).toBe('400 EIENDOM-051');
    expect(await code('eiendom/verdi/2025/3817404')).toBe('404 DAS-004');
    expect(await code('eiendom/utleieverdi/2025/3817404')).toBe('404 DAS-004');
    expect(await code('eiendom/utleieverdi/2025/3817404', 'POST', {})).toBe('400 EIENDOM-051');
  });

  const flat = (object: object) => ({
    formuesspesifikasjonForBolig: [
      { eiendomstype: 'selveidBolig', boligtype: 'enebolig', byggeaar: '2000', boligensAreal: '150', ...object },
    ],
  });
  test.each<[string, object, string]>([
    ['EIENDOM-001', { boligtype: 'slott' }, 'markedsverdi/bolig'],
    ['EIENDOM-002', { byggeaar: 'gammel' }, 'markedsverdi/bolig'],
    ['EIENDOM-003', { byggeaar: '1250' }, 'markedsverdi/bolig'],
    ['EIENDOM-003', { byggeaar: '2024' }, 'markedsverdi/bolig'],
    ['EIENDOM-004', { boligensAreal: '9' }, 'markedsverdi/bolig'],
    ['EIENDOM-005', { dokumentertMarkedsverdi: 'mye' }, 'markedsverdi/bolig'],
    ['EIENDOM-020', { dokumentertMarkedsverdi: '2100000001' }, 'markedsverdi/bolig'],
    ['EIENDOM-022', { dokumentertMarkedsverdi: '0' }, 'markedsverdi/bolig'],
    ['EIENDOM-051', { byggeaar: 2000 }, 'markedsverdi/bolig'],
    ['EIENDOM-051', { eiendomstype: 'selveidFritidseiendom' }, 'markedsverdi/bolig'],
  ])('%s for %o', async (code, object, service) => {
    const { body } = await ask(`eiendom/${service}/2023/4600101`, await tokenFor(), 'POST', flat(object));
    expect(body.feilkode).toBe(code);
  });

  test('its own properties are synthetic, and their kinds are those of the code list', () => {
    for (const { owners, cooperative, id } of PROPERTIES) {
      const numbers = [...Object.keys(owners), ...(cooperative ? [cooperative.organizationNumber] : [])];
      expect([id, numbers.filter((number) => !isSynthetic(number))]).toEqual([id, []]);
    }
    expect(new Set(PROPERTIES.map(({ id }) => id)).size).toBe(PROPERTIES.length);
  });
});

const EXAMPLES = new URL(
  '../../shared/reference/integrations/data/skatteetaten/skd-eiendom-examples.json',
  import.meta.url,
);

test.skipIf(!existsSync(EXAMPLES))('values as Skatteetaten’s published examples do', () => {
  interface Example {
    endpoint: string;
    years: string;
    kind: string;
    case: string;
    body: Record<string, unknown>;
  }
  const { examples } = JSON.parse(readFileSync(EXAMPLES, 'utf8')) as { examples: Example[] };
  const place = {
    ids: { 'markedsverdi/bolig': '4600101', 'markedsverdi/flerbolig': '4600200', utleieverdi: '4600300' },
  };
  const computed = /^(beregnet|justert|boligverdi|utleieverdi)/;
  const valuesOf = (value: unknown): string[] =>
    Array.isArray(value)
      ? value.flatMap(valuesOf)
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, one]) =>
            typeof one === 'string' ? (computed.test(name) ? [`${name}=${one}`] : []) : valuesOf(one),
          )
        : [];
  let compared = 0;
  for (const request of examples.filter(({ kind }) => kind === 'request')) {
    const answer = examples.find(
      (one) =>
        one.kind === 'response' &&
        one.endpoint === request.endpoint &&
        one.years === request.years &&
        one.case === request.case,
    )!;
    // In the oldest examples the dwelling's table value is that of two different years.
    if (
      request.endpoint.endsWith('bolig') &&
      request.years === '2019-2023' &&
      request.case !== 'plain' &&
      request.endpoint.includes('/bolig')
    )
      continue;
    const service = request.endpoint.replace('POST eiendom/', '') as keyof typeof place.ids;
    const property = PROPERTIES.find(({ id }) => id === place.ids[service])!;
    const found = valuate(service, property, request.years === '2024+' ? 2024 : 2023, request.body);
    expect([request.endpoint, request.years, request.case, valuesOf(found).sort()]).toEqual([
      request.endpoint,
      request.years,
      request.case,
      valuesOf(answer.body).sort(),
    ]);
    compared++;
  }
  expect(compared).toBe(11);
});

describe('the sandbox', () => {
  test('is told to misbehave over HTTP, by programs of this machine only', async () => {
    const admin = await startAdmin(sandbox);
    const send = (
      method: string,
      path: string,
      body?: object,
      headers: Record<string, string> = { 'content-type': 'application/json' },
    ) => fetch(admin.address + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const fault = {
      party: 'skatteetaten',
      path: 'ping',
      times: 1,
      effect: { kind: 'status', status: 503, retryAfter: 7 },
    };
    expect((await send('POST', '/faults', fault)).status).toBe(200);
    const ping = () => fetch(`${sandbox.addressOf('skatteetaten')}/api/skattemelding/v2/ping`);
    const first = await ping();
    expect([first.status, first.headers.get('retry-after'), (await ping()).status]).toEqual([503, '7', 200]);
    expect(await (await send('GET', '/journal')).json()).toMatchObject([
      { path: '/api/skattemelding/v2/ping', fault: 'status' },
      { fault: null },
    ]);
    expect((await send('POST', '/faults', fault, {})).status).toBe(400);
    expect((await send('POST', '/faults', { ...fault, party: 'kartverket' })).status).toBe(400);
    expect((await send('POST', '/skew', { party: 'maskinporten', seconds: 60 })).status).toBe(200);
    expect((await send('POST', '/act', { party: 'maskinporten', action: 'rotate' })).status).toBe(200);
    expect((await send('POST', '/act', { party: 'maskinporten', action: 'explode' })).status).toBe(400);
    expect((await send('DELETE', '/faults')).status).toBe(200);
    expect(await (await send('GET', '/faults')).json()).toEqual([]);
    expect((await send('GET', '/nothing')).status).toBe(404);
    expect(await (await send('GET', '/')).text()).toContain('Stand-ins');
    await admin.stop();
  });

  test('does not start in production', async () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      await expect(startSandbox()).rejects.toThrow('production');
    } finally {
      process.env.NODE_ENV = before;
    }
  });
});
