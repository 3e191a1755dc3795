import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { registerVendor } from '../../../sandbox/vendor.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { AppError } from '../../platform/errors.ts';
import { Outbound } from '../../platform/outbound/outbound.ts';
import { openIntegrations } from '../open-integrations.ts';
import { type TokenQuestion, signAssertion } from './assertion.ts';
import { Maskinporten } from './maskinporten.ts';
import { readSigningKey, type SigningKey } from './signing-key.ts';
import { TokenCache, usableUntil } from './token-cache.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const issuer = `${sandbox.addressOf('maskinporten')}/`;
const vendor = await registerVendor(sandbox);
const key = readSigningKey({ key: JSON.stringify(vendor.key) });
beforeEach(() => sandbox.reset());

const SCOPE = 'skatteetaten:formueinntekt/skattemelding/eiendom';
const question: TokenQuestion = { scopes: [SCOPE], systemUser: { organizationNumber: '310049573' } };

function client(more: { clientId?: string; key?: SigningKey; issuer?: string; timeoutMs?: number } = {}) {
  const waits: number[] = [];
  const logged: string[] = [];
  const keep = (...facts: unknown[]) => void logged.push(JSON.stringify(facts));
  const log = { info: keep, warn: keep, error: keep };
  const outbound = new Outbound({
    clock,
    log,
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...(more.timeoutMs ? { timeoutMs: more.timeoutMs } : {}),
  });
  const options = { issuer: more.issuer ?? issuer, clientId: more.clientId ?? vendor.clientId, key: more.key ?? key };
  const maskinporten = new Maskinporten(options, { outbound, clock, log });
  const calls: string[] = [];
  outbound.onCall(({ call, outcome }) => calls.push(`${call} ${outcome}`));
  const refusal = (asked: TokenQuestion = question) =>
    maskinporten.token(asked).then(
      () => 'a token',
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        return `${error.spec.status} ${error.code}${error.facts.reason ? ` ${error.facts.reason as string}` : ''}`;
      },
    );
  return { maskinporten, calls, waits, logged, refusal };
}

const tokenBodies = () => sandbox.journal.requests('maskinporten', /^\/token$/).map(({ bodySha256 }) => bodySha256);

describe('a token', () => {
  test('is for the scopes and the customer that were asked for', async () => {
    const { maskinporten } = client();
    expect(decodeJwt(await maskinporten.token(question))).toMatchObject({
      iss: issuer,
      aud: 'unspecified',
      scope: SCOPE,
      consumer: { ID: '0192:313367002' },
      authorization_details: [{ type: 'urn:altinn:systemuser', systemuser_org: { ID: '0192:310049573' } }],
    });
    expect(decodeJwt(await maskinporten.token({ scopes: [SCOPE] }))).not.toHaveProperty('authorization_details');
    expect(decodeJwt(await maskinporten.token({ scopes: [SCOPE], resource: 'https://api.example' })).aud).toBe(
      'https://api.example',
    );
  });

  test('is used again until shortly before it expires; the order of scopes does not matter', async () => {
    const { maskinporten, calls } = client();
    const scopes = ['skatteetaten:formueinntekt/skattemelding', SCOPE];
    const first = await maskinporten.token({ ...question, scopes });
    expect(await maskinporten.token({ ...question, scopes: scopes.toReversed() })).toBe(first);
    clock.pass(95);
    expect(await maskinporten.token({ ...question, scopes })).toBe(first);
    clock.pass(1);
    expect(await maskinporten.token({ ...question, scopes })).not.toBe(first);
    expect(calls).toEqual(['metadata 200', 'token 200', 'token 200']);
  });

  test('is fetched once, however many ask at once; customers have their own', async () => {
    const { maskinporten, calls } = client();
    const other = { ...question, systemUser: { organizationNumber: '312974436' } };
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => maskinporten.token(i % 2 ? question : other)),
    );
    expect(new Set(tokens).size).toBe(2);
    expect(calls.filter((call) => call.startsWith('token'))).toHaveLength(2);
  });

  test('that was dropped is fetched anew; a failure is not kept', async () => {
    const { maskinporten, refusal } = client();
    const first = await maskinporten.token(question);
    maskinporten.drop(first);
    expect(await maskinporten.token(question)).not.toBe(first);
    const failing = client();
    sandbox.fault({ party: 'maskinporten', path: 'token', times: 3, effect: { kind: 'status', status: 503 } });
    expect(await failing.refusal()).toBe('503 outbound.unavailable');
    expect(await failing.refusal()).toBe('a token');
    expect(await refusal()).toBe('a token');
  });

  test.each([
    [119, 119 - 23.8],
    [600, 570],
    [10, 8],
  ])('that lives %i seconds is used for %d', (life, used) => {
    expect(usableUntil(0, life)).toBe(used * 1000);
  });

  test('a cache forgets what has expired', async () => {
    const cache = new TokenCache();
    await cache.get('a', 0, async () => ({ value: 'one', until: 10 }));
    expect(await cache.get('a', 9, async () => ({ value: 'two', until: 20 }))).toBe('one');
    expect(await cache.get('a', 10, async () => ({ value: 'two', until: 20 }))).toBe('two');
  });
});

describe('row 9: an assertion', () => {
  test('has exactly what Maskinporten asks for', async () => {
    const now = 1_700_000_000;
    const assertion = await signAssertion(
      { ...question, systemUser: { organizationNumber: '310049573', externalRef: 'abc' } },
      { key, clientId: 'me', audience: issuer, now },
    );
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', kid: vendor.key.kid });
    expect(decodeJwt(assertion)).toEqual({
      aud: issuer,
      iss: 'me',
      iat: now,
      exp: now + 110,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      scope: SCOPE,
      authorization_details: [
        {
          type: 'urn:altinn:systemuser',
          systemuser_org: { authority: 'iso6523-actorid-upis', ID: '0192:310049573' },
          externalRef: 'abc',
        },
      ],
    });
  });

  test.each<[string, object]>([
    ['status 503', { kind: 'status', status: 503 }],
    ['a lost answer', { kind: 'reset' }],
    ['half an answer', { kind: 'truncate' }],
    ['429', { kind: 'status', status: 429, retryAfter: 1 }],
  ])('is never sent twice: after %s the next attempt has its own', async (_, effect) => {
    const { maskinporten } = client();
    sandbox.fault({ party: 'maskinporten', path: 'token', times: 2, effect: effect as never });
    await maskinporten.token(question);
    expect([tokenBodies().length, new Set(tokenBodies()).size]).toEqual([3, 3]);
    expect(sandbox.journal.entries.filter(({ note }) => note?.startsWith('replayed'))).toEqual([]);
  });
});

describe('row 9: a refusal', () => {
  const other = readSigningKey({
    key: generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    keyId: 'unknown',
  });

  test.each<[string, Parameters<typeof client>[0], Partial<TokenQuestion>, string]>([
    ['an unknown client', { clientId: 'somebody' }, {}, '503 maskinporten.refused invalid_grant MP-100'],
    ['an unknown key', { key: other }, {}, '503 maskinporten.refused invalid_grant MP-124'],
    [
      'another key under our id',
      { key: { ...other, kid: vendor.key.kid! } },
      {},
      '503 maskinporten.refused invalid_grant MP-124',
    ],
    ['a scope that we lack', {}, { scopes: ['altinn:reportees'] }, '503 maskinporten.refused invalid_scope MP-200'],
    [
      'a customer without system user',
      {},
      { systemUser: { organizationNumber: '311012940' } },
      '400 maskinporten.system_user_missing',
    ],
    [
      'an unknown reference',
      {},
      { systemUser: { organizationNumber: '310049573', externalRef: 'x' } },
      '400 maskinporten.system_user_missing',
    ],
  ])('for %s', async (_, more, asked, expected) => {
    const { refusal, logged, calls } = client(more);
    expect(await refusal({ ...question, ...asked })).toBe(expected);
    expect(calls.filter((call) => call.startsWith('token'))).toHaveLength(1);
    expect(logged.join()).toMatch(/trace_id/);
  });

  test('for a scope that its owner has not granted us, and for an expired key', async () => {
    const denied = await registerVendor(sandbox, { notGranted: [SCOPE] });
    const deniedKey = readSigningKey({ key: JSON.stringify(denied.key) });
    expect(await client({ clientId: denied.clientId, key: deniedKey }).refusal()).toBe(
      '503 maskinporten.refused forbidden MP-250',
    );
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = vendor.key;
    await sandbox.act('maskinporten', 'register', {
      clientId: 'old',
      organizationNumber: '313367002',
      scopes: [SCOPE],
      jwks: { keys: [{ ...jwk, expires: 1 }] },
    });
    expect(await client({ clientId: 'old' }).refusal()).toBe('503 maskinporten.refused invalid_grant MP-121');
  });

  test('metadata of another issuer are none of ours', async () => {
    // The same address under another name: the metadata contain the first.
    const { refusal } = client({ issuer: issuer.replace('127.0.0.1', 'localhost') });
    expect(await refusal()).toBe('502 outbound.contract_broken metadata with status 200');
  });

  test.each<[string, string, object, string]>([
    ['metadata as a page', 'well-known', { kind: 'html' }, '502 outbound.contract_broken'],
    ['a page', 'token', { kind: 'html' }, '502 outbound.contract_broken'],
    ['a page with 400', 'token', { kind: 'html', status: 400 }, '502 outbound.contract_broken'],
    ['other types', 'token', { kind: 'nonsense' }, '502 outbound.contract_broken'],
    ['nothing', 'token', { kind: 'empty' }, '502 outbound.contract_broken'],
    ['too slow', 'token', { kind: 'never' }, '504 outbound.too_slow'],
  ])('is told from an answer that is none: %s', async (_, path, effect, expected) => {
    sandbox.fault({ party: 'maskinporten', path, effect: effect as never });
    const { refusal } = client(effect && 'kind' in effect && effect.kind === 'never' ? { timeoutMs: 500 } : {});
    expect(await refusal()).toContain(expected);
  });
});

describe('row 9: clocks that differ', () => {
  test.each([-3600, -115, 150, 7200])('by %i seconds: learnt once, then known', async (seconds) => {
    sandbox.skew('maskinporten', seconds);
    const { maskinporten, calls } = client();
    await maskinporten.token(question);
    await maskinporten.token({ scopes: [SCOPE] });
    const outcomes = calls.filter((call) => call.startsWith('token'));
    expect(outcomes).toEqual(['token 400', 'token 200', 'token 200']);
  });

  test('a few seconds are nobody’s concern', async () => {
    sandbox.skew('maskinporten', -8);
    const { maskinporten, calls } = client();
    await maskinporten.token(question);
    expect(calls).toEqual(['metadata 200', 'token 200']);
  });
});

describe('the key', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'mine' });
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

  test('comes as PEM or JWK, also in one line, with its id or an enterprise certificate', async () => {
    expect(readSigningKey({ key: pem, keyId: 'k' }).kid).toBe('k');
    expect(readSigningKey({ key: pem.replaceAll('\n', '\\n'), keyId: 'k' }).kid).toBe('k');
    expect(readSigningKey({ key: jwk }).kid).toBe('mine');
    expect(readSigningKey({ key: jwk, keyId: 'other' }).kid).toBe('other');
    const certificate = certificateFor(pem);
    const signing = readSigningKey({ key: pem, certificate });
    expect([signing.kid, signing.x5c?.length]).toEqual([undefined, 1]);
    const assertion = await signAssertion(question, { key: signing, clientId: 'me', audience: issuer, now: 1 });
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', x5c: signing.x5c });
    expect(await client({ key: signing }).refusal()).toBe('a token');
    const { privateKey: another } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const foreign = another.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readSigningKey({ key: foreign, certificate })).toThrow('belongs to another key');
  });

  test.each<[string, Parameters<typeof readSigningKey>[0], string]>([
    ['no key', { key: 'hemmelig', keyId: 'k' }, 'neither a private key in PEM nor a private JWK'],
    ['a public JWK', { key: '{"kty":"RSA","n":"hemmelig","e":"AQAB"}', keyId: 'k' }, 'neither'],
    ['another kind of key', { key: String(curve), keyId: 'k' }, 'must be an RSA key'],
    ['a short key', { key: String(short), keyId: 'k' }, 'at least 2048 bits'],
    ['no id', { key: pem }, 'needs the id'],
    ['no certificate', { key: pem, certificate: 'hemmelig' }, 'not a certificate'],
  ])('%s is refused, and not quoted', (_, material, message) => {
    expect(() => readSigningKey(material)).toThrow(message);
    expect(() => readSigningKey(material)).not.toThrow('hemmelig');
  });

  test('is read from the files that the settings name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'maskinporten-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, pem);
    const config = {
      maskinportenClientId: 'me',
      maskinportenIssuer: 'https://test.maskinporten.no',
      maskinportenKeyFile: file,
      maskinportenKeyId: 'k',
      skatteetatenUrl: 'https://api-test.sits.no',
    };
    const world = { clock, log: { info() {}, warn() {}, error() {} } };
    const read = (more: object) => openIntegrations({ ...config, ...more } as never, world);
    expect(read({}).eiendom).toBeDefined();
    expect(read({ maskinportenClientId: undefined }).eiendom).toBeUndefined();
    expect(() => read({ maskinportenKeyFile: join(folder, 'none') })).toThrow('ENOENT');
    expect(() => read({ maskinportenKeyId: undefined })).toThrow('needs the id');
  });
});

/** A self-signed certificate, as openssl writes it. */
function certificateFor(pem: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, pem, { mode: 0o600 });
  const out = join(folder, 'certificate.pem');
  execFileSync(
    'openssl',
    ['req', '-x509', '-new', '-key', keyFile, '-subj', '/CN=Test AS', '-days', '2', '-out', out],
    { stdio: 'pipe' },
  );
  return readFileSync(out, 'utf8');
}
