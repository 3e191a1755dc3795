import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNTANT, idPortenWorld } from '../../../test/support/outside/id-porten.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { authorizedParties } from './parties.ts';
import { readParties } from './party.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const world = await idPortenWorld(sandbox, clock);
const classic = await idPortenWorld(sandbox, clock, { environment: { ALTINN_PARTIES: 'classic' } });
const closed = await idPortenWorld(sandbox, clock, { environment: { ALTINN_REPORTEES: 'altinn3' } });
for (const other of [classic, closed]) other.platform.columnKeys = world.keys;
beforeEach(async () => {
  sandbox.reset();
  await sandbox.act('altinn2', 'shutdown', {});
  await sandbox.act('altinn2', 'login', { how: 'redirect' });
});

const one = await world.user();
const connect = async () => {
  // Circuit breakers close again, and the tokens of the previous test are expired.
  clock.pass(131);
  if (!(await one.status()).connected) await one.logIn();
};
const at = (path: string, of = world) => of.api.as(one.token).get(`/integrations/altinn/${path}`);
const reporteesOf = ({ ['_embedded']: { reportees } }: any) => reportees;
const outcome = ({ status, body }: { status: number; body: any }) => `${status} ${body?.details?.code ?? ''}`.trim();

describe('row 5: reportees', () => {
  test('are Altinn’s answer as it is, in HAL and the language asked for', async () => {
    await connect();
    const answer = await world.api.call('GET', '/api/v2/integrations/altinn/reportees', {
      token: one.token,
      headers: { 'accept-language': 'en' },
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/hal+json; charset=utf-8']);
    expect(answer.body).toMatchObject({
      _links: { self: { href: `${sandbox.addressOf('altinn2')}/api/reportees` } },
      _embedded: {
        reportees: [
          { Type: 'Person', SocialSecurityNumber: ACCOUNTANT },
          { Type: 'Enterprise' },
          {},
          { Type: 'Business', ParentOrganizationNumber: '213796712' },
          {},
          {},
        ],
      },
    });
    const [asked] = sandbox.journal.requests('altinn2');
    expect(new URLSearchParams(asked!.query).get('language')).toBe('1033');
  });

  test('are read to their end', async () => {
    await connect();
    await sandbox.act('altinn2', 'many', { count: 1_200 });
    const { body } = await at('reportees');
    await sandbox.act('altinn2', 'many', {});
    expect([reporteesOf(body).length, sandbox.journal.requests('altinn2').length]).toEqual([1_206, 3]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'not connected at all',
      () => world.api.call('POST', '/integrations/disconnect', { token: one.token }),
      '403 altinn.no_access_token',
    ],
    ['closed: gone', () => sandbox.act('altinn2', 'shutdown', { how: 'gone' }), '502 altinn.altinn2_closed'],
    ['closed: not found', () => sandbox.act('altinn2', 'shutdown', { how: 'not_found' }), '502 altinn.altinn2_closed'],
    ['closed: a notice', () => sandbox.act('altinn2', 'shutdown', { how: 'notice' }), '502 altinn.altinn2_closed'],
  ])('%s', async (_, arrange, expected) => {
    await connect();
    await arrange();
    expect(outcome(await at('reportees'))).toBe(expected);
    await connect();
  });

  test.each(['redirect', 'page'])('a login %s instead of an answer: once more with a new token', async (how) => {
    await connect();
    await sandbox.act('altinn2', 'login', { how });
    sandbox.fault({ party: 'altinn2', times: 1, effect: how === 'page' ? { kind: 'html' } : { kind: 'redirect' } });
    expect((await at('reportees')).status).toBe(200);
    expect(sandbox.journal.requests('altinn', /exchange/).length).toBe(2);
  });

  test.each([
    ['none', {}, '503 outbound.not_configured', ''],
    ['a wrong one', { ALTINN2_API_KEY: 'x' }, '502 altinn.api_key_refused', 'x'],
  ])('API key: %s', async (_, environment, expected, key) => {
    const other = await idPortenWorld(sandbox, clock, { environment: { ALTINN2_API_KEY: key, ...environment } });
    other.platform.columnKeys = world.keys;
    await connect();
    expect(outcome(await at('reportees', other))).toBe(expected);
  });

  test('once Altinn 2 is closed, they are made from Altinn 3 in the same shape', async () => {
    await connect();
    await sandbox.act('altinn2', 'shutdown', { how: 'gone' });
    const { status, body } = await at('reportees', closed);
    expect(status).toBe(200);
    expect(reporteesOf(body)).toEqual([
      expect.objectContaining({ Type: 'Person', SocialSecurityNumber: ACCOUNTANT }),
      expect.objectContaining({ Type: 'Foretak', OrganizationNumber: '310049573', OrganizationForm: 'AS' }),
      expect.objectContaining({ Type: 'Foretak', OrganizationNumber: '312974436' }),
      // Its main unit cannot be selected, nor can a deleted one.
      expect.objectContaining({
        Type: 'Bedrift',
        OrganizationNumber: '315166969',
        ParentOrganizationNumber: '213796712',
      }),
      expect.objectContaining({ OrganizationNumber: '314112938' }),
    ]);
    expect(sandbox.journal.requests('altinn2')).toEqual([]);
  });
});

describe('row 6: parties', () => {
  const ALL = [ACCOUNTANT, '310049573', '312974436', '213796712', '312169053', '314112938'];
  const numbers = (body: { organizationNumber: string | null; personId: string }[]) =>
    body.map(({ organizationNumber, personId }) => organizationNumber ?? personId);

  test('of both APIs, all pages, with those marked that may not be acted for', async () => {
    await connect();
    const answers = [await at('parties'), await at('parties', classic)];
    for (const { status, body } of answers) {
      expect([status, numbers(body)]).toEqual([200, ALL]);
      expect(body.map(({ selectable }: { selectable: boolean }) => selectable)).toEqual([
        true,
        true,
        true,
        false,
        false,
        true,
      ]);
      expect(body[3].subunits).toMatchObject([{ organizationNumber: '315166969', selectable: true }]);
      expect(body[1].authorizedRoles).toEqual(['REGNA']);
    }
    expect(sandbox.journal.requests('altinn', /enduser\/authorizedparties$/).length).toBe(2);
  });

  test('for somebody who represents nobody: an empty list', async () => {
    const two = await world.user();
    await two.logIn({ person: '01816497767' });
    expect(await two.me.get('/integrations/altinn/parties')).toMatchObject({ status: 200, body: [] });
  });

  test('a token that is refused is fetched anew, once', async () => {
    await connect();
    await at('parties');
    await sandbox.act('altinn', 'rotate', { keepOld: false });
    sandbox.journal.clear();
    expect((await at('parties')).status).toBe(200);
    expect(sandbox.journal.requests('altinn', /exchange/).length).toBe(1);
    sandbox.fault({ party: 'altinn', path: 'authorizedparties', effect: { kind: 'status', status: 401 } });
    expect(outcome(await at('parties'))).toBe('403 altinn.no_access_token');
    expect((await one.status()).connected).toBe(true);
  });

  test.each([
    ['403', { kind: 'status', status: 403 }, '403 altinn.no_access_token'],
    ['500', { kind: 'status', status: 500 }, '500 altinn.parties_failed'],
    ['429', { kind: 'status', status: 429, retryAfter: 60 }, '500 altinn.parties_failed'],
  ] as const)('%s', async (_, effect, expected) => {
    await connect();
    sandbox.fault({ party: 'altinn', path: 'authorizedparties', effect });
    const answer = await at('parties');
    expect(outcome(answer)).toBe(expected);
    if (answer.status === 500) expect(answer.body.details).toMatchObject({ service: 'Altinn' });
  });

  test('429 with a short wait is asked again', async () => {
    await connect();
    sandbox.fault({
      party: 'altinn',
      path: 'authorizedparties',
      times: 1,
      effect: { kind: 'status', status: 429, retryAfter: 1 },
    });
    expect((await at('parties')).status).toBe(200);
    expect(world.waits).toContain(1_000);
  });

  test('very many, with long names, unknown values and fields', async () => {
    await connect();
    await sandbox.act('altinn', 'many', { count: 1_000 });
    const { status, body } = await at('parties');
    await sandbox.act('altinn', 'many', {});
    expect([status, body.length, body.at(-1).somethingNew]).toEqual([200, 1_006, { nested: [999] }]);
  });
});

describe('the exchange', () => {
  test.each([true, false])('quoted: %s', async (quoted) => {
    await connect();
    await sandbox.act('altinn', 'quote', { quoted });
    expect((await at('parties')).status).toBe(200);
    await sandbox.act('altinn', 'quote', { quoted: false });
  });

  test('refused because their clock is ahead: renewed once, then 403, and the connection stays', async () => {
    await connect();
    sandbox.skew('altinn', 600);
    expect(outcome(await at('parties'))).toBe('403 altinn.no_access_token');
    expect(sandbox.journal.requests('idporten', /token/).length).toBeGreaterThan(0);
    sandbox.skew('altinn', 0);
    expect((await at('parties')).status).toBe(200);
  });

  test('opaque tokens are refused there', async () => {
    const opaque = await idPortenWorld(sandbox, clock, { idPortenClient: { tokenType: 'opaque' } });
    const two = await opaque.user();
    await two.logIn();
    expect((await two.status()).connected).toBe(true);
    expect(outcome(await two.me.get('/integrations/altinn/parties'))).toBe('403 altinn.no_access_token');
  });
});

describe('pages of parties', () => {
  const pages = (list: { links?: object; data: unknown }[]) => {
    const asked: string[] = [];
    const altinn = {
      options: { url: 'https://altinn.example', parties: 'enduser' },
      get: async ({ url }: { url: string }) => {
        asked.push(url);
        return {
          status: 200,
          headers: new Headers(),
          body: Buffer.from(JSON.stringify(list[Math.min(asked.length, list.length) - 1])),
        };
      },
    };
    return { asked, read: () => authorizedParties(altinn as never, 't') };
  };

  test.each([
    ['elsewhere', { links: { next: 'https://evil.example/x' }, data: [] }],
    ['without an end', { links: { next: '/x' }, data: [] }],
    ['without a list', { data: 'x' }],
  ])('%s are refused', async (_, page) => {
    const { asked, read } = pages([page]);
    await expect(read()).rejects.toMatchObject({ code: 'outbound.contract_broken' });
    expect(asked.length).toBeLessThan(3);
    expect(asked.every((url) => url.startsWith('https://altinn.example/'))).toBe(true);
  });
});

const SAMPLES = new URL('../../../../shared/reference/integrations/data/altinn/', import.meta.url);
const missing = existsSync(SAMPLES) ? '' : ' (skipped: the recorded answers are not here)';

test.skipIf(missing)(`recorded answers of Altinn are read${missing}`, () => {
  const found = readdirSync(SAMPLES).map((file) => {
    const parties = readParties(JSON.parse(readFileSync(new URL(file, SAMPLES), 'utf8')))!;
    return [
      file.split('.').slice(1, 3).join(' '),
      parties.length,
      parties.flatMap(({ subunits = [] }) => subunits).length,
      parties.every(({ selectable }) => selectable),
    ];
  });
  expect(found).toHaveLength(4);
  expect(found.every(([, count]) => Number(count) > 0)).toBe(true);
  expect(found.map(([name]) => name)).toContain('PersonToOrg OnlyAltinn3');
});

test.each([
  ['no list', {}],
  ['a list of texts', ['x']],
  ['sub-units that are none', [{ subunits: 'x' }]],
  ['a tree without an end', [{ subunits: [{ subunits: [{ subunits: [{ subunits: [{ subunits: [{}] }] }] }] }] }]],
])('parties that are none: %s', (_, value) => {
  expect(readParties(value)).toBeNull();
});
