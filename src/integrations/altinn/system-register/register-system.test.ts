import { beforeEach, describe, expect, test } from 'vitest';
import { environmentOf } from '../../../../sandbox/environment.ts';
import { registerAtIdPorten, registerVendor } from '../../../../sandbox/vendor.ts';
import { MovingClock, testSandbox } from '../../../../test/support/outside/sandbox.ts';
import { readConfig } from '../../../platform/config.ts';
import { AppError } from '../../../platform/errors.ts';
import { registerConfiguredSystem } from '../../open-integrations.ts';
import { differences, readSystem, wantedSystem } from './system.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const atIdPorten = await registerAtIdPorten(sandbox, 'https://bok.example');
/** A client belongs to one system, so each test has its own client. */
let vendor: Awaited<ReturnType<typeof registerVendor>>;
beforeEach(async () => {
  sandbox.reset();
  vendor = await registerVendor(sandbox);
});

let systems = 0;
const newSystem = () => `313367002_test${++systems}`;
const silent = { info() {}, warn() {}, error() {} };

async function register(
  environment: Record<string, string>,
  { dryRun = false, from = vendor }: { dryRun?: boolean; from?: typeof vendor } = {},
) {
  const config = readConfig({
    ...(await environmentOf(sandbox, from, atIdPorten)),
    PUBLIC_URL: 'https://bok.example',
    ...environment,
  });
  return registerConfiguredSystem(config, { dryRun }, { clock, log: silent, sleep: async () => {}, random: () => 0.5 });
}
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'registered',
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return `${error.code} ${JSON.stringify(error.facts.reason).slice(1, -1)}`;
    },
  );
const sent = () => sandbox.journal.requests('altinn', /systemregister/).map(({ method }) => method);
const kept = (id: string) => sandbox.act('altinn', 'system', { id }) as Promise<any>;

describe('registering our system', () => {
  test('makes it, then leaves it; a dry run only reads', async () => {
    const id = newSystem();
    const environment = { ALTINN_SYSTEM_ID: id, ALTINN_ACCESS_PACKAGES: 'skattegrunnlag' };
    expect(await register(environment, { dryRun: true })).toMatchObject({ outcome: 'created' });
    expect([await kept(id), sent()]).toEqual([null, ['GET']]);
    expect(await register(environment)).toMatchObject({ outcome: 'created' });
    expect(await kept(id)).toEqual({
      id,
      vendor: { ID: '0192:313367002' },
      name: { nb: 'Hovedbok', nn: 'Hovedbok', en: 'Hovedbok' },
      description: expect.objectContaining({ nb: expect.stringContaining('Regnskapssystem') }),
      rights: [{ resource: [{ id: 'urn:altinn:resource', value: 'app_skd_formueinntekt-skattemelding-v2' }] }],
      accessPackages: [{ urn: 'urn:altinn:accesspackage:skattegrunnlag' }],
      clientId: [vendor.clientId],
      isVisible: false,
      allowedRedirectUrls: ['https://bok.example/integrations/altinn/return'],
    });
    sandbox.journal.clear();
    expect(await register(environment)).toMatchObject({ outcome: 'same', changes: [] });
    expect(sent()).toEqual(['GET']);
  });

  test('brings it up to date, and keeps what other installations have there', async () => {
    const [id, other] = [newSystem(), await registerVendor(sandbox)];
    await register({ ALTINN_SYSTEM_ID: id });
    const second = {
      ALTINN_SYSTEM_ID: id,
      ALTINN_RIGHTS: 'app_skd_mva-melding-v1,skd-dialog',
      PUBLIC_URL: 'https://to.example',
    };
    expect(await register(second, { from: other })).toMatchObject({
      outcome: 'updated',
      changes: ['rights', 'clientId', 'allowedRedirectUrls'],
    });
    const { clientId, allowedRedirectUrls, rights } = await kept(id);
    expect([clientId, allowedRedirectUrls, rights.length]).toEqual([
      [vendor.clientId, other.clientId],
      ['https://bok.example/integrations/altinn/return', 'https://to.example/integrations/altinn/return'],
      2,
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['another vendor’s id', { ALTINN_SYSTEM_ID: '310049573_x' }, 'system_users.refused STD-00000 AUTH.VLD-00000'],
    ['a resource that is nowhere', { ALTINN_RIGHTS: 'nowhere' }, 'system_users.refused STD-00000 AUTH.VLD-00003'],
    [
      'a package that is nowhere',
      { ALTINN_ACCESS_PACKAGES: 'nowhere' },
      'system_users.refused STD-00000 AUTH.VLD-00008',
    ],
  ])('%s: the broken rules in words', async (_, environment, expected) => {
    const id = newSystem();
    expect(await refusal(register({ ALTINN_SYSTEM_ID: id, ...environment }))).toMatch(new RegExp(`^${expected}`));
    expect(await kept(environment.ALTINN_SYSTEM_ID ?? id)).toBeNull();
  });

  test('a client that acts for another system already', async () => {
    await register({ ALTINN_SYSTEM_ID: newSystem() });
    expect(await refusal(register({ ALTINN_SYSTEM_ID: newSystem() }))).toContain('AUTH.VLD-00004');
  });

  test('a client without the scope, and settings that name nothing', async () => {
    const poor = await registerVendor(sandbox, { scopes: ['digdir:dialogporten'] });
    expect(await refusal(register({ ALTINN_SYSTEM_ID: newSystem() }, { from: poor }))).toContain('MP-200');
    await expect(register({ ALTINN_SYSTEM_ID: '' })).rejects.toThrow('ALTINN_SYSTEM_ID: required');
    await expect(register({ ALTINN_SYSTEM_ID: 'hovedbok' })).rejects.toThrow('<organisation number>_<name>');
  });

  test('what is registered in another order or casing is the same', () => {
    const wish = {
      systemId: '313367002_a',
      clientId: 'me',
      publicUrl: 'https://a.example',
      rights: [
        { resource: [{ id: 'urn:altinn:resource', value: 'x' }] },
        { resource: [{ id: 'urn:altinn:resource', value: 'y' }] },
      ],
      accessPackages: [],
    };
    const system = wantedSystem(wish, null);
    const answer = Object.fromEntries(
      Object.entries({ ...system, rights: system.rights.toReversed(), softDeleted: false }).map(([name, value]) => [
        name[0]!.toUpperCase() + name.slice(1),
        value,
      ]),
    );
    expect(differences(readSystem(answer), wantedSystem(wish, readSystem(answer)))).toEqual([]);
  });
});
