import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { asOwner } from '../../../test/support/books/people.ts';
import { connect, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { mastersRoutes } from '../../masters/index.ts';
import { tenancyRoutes } from '../../tenancy/index.ts';
import { integrationRoutes } from '../index.ts';
import { nameAll } from './named-numbers.ts';
import { followRegister } from './register-tasks.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const { outside, calls, logged } = await connect(sandbox, clock);
const platform = { ...testPlatform(clock), outside };
const api = apiOf([...integrationRoutes, ...mastersRoutes, ...tenancyRoutes], platform);
const signal = new AbortController().signal;

const lookUp = (number: string, token: string) =>
  api('GET', `/integrations/enhetsregisteret/organizations/${number}`, token);
const act = (action: string, organizationNumber: string, more: object = {}) =>
  sandbox.act('enhetsregisteret', action, { organizationNumber, ...more });

/** A registered synthetic number, unique to this file. */
let next = 30_000_000;
async function unit(name = 'NY ENHET AS'): Promise<string> {
  for (;;) {
    const digits = String(next++ + 2_000_000);
    const sum = [3, 2, 7, 6, 5, 4, 3, 2].reduce((left, weight, i) => left + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check === 10) continue;
    await act('register', `${digits}${check}`, { name });
    return `${digits}${check}`;
  }
}

describe('row 13: looking an organisation up', () => {
  test('a main unit, a sub-unit, one that is bankrupt, one that is deleted', async () => {
    const { token } = await openBooks();
    expect((await lookUp('310463043', token)).body).toEqual({
      iso_6523_icd: '0192',
      organization_number: '310463043',
      parent_organization_number: null,
      name: 'BERGEN BYGÅRDER AS',
      business_entity_type: 'AS',
      is_vat_liable: true,
      is_registered_business_registry: true,
      industrial_classification_local: '68.209',
      address: 'Strandgaten 18',
      address2: null,
      zip_code: '5013',
      city: 'BERGEN',
      country: 'NO',
      phone: null,
      email: null,
      website: null,
      standing: 'active',
      since: null,
    });
    expect((await lookUp('315547571', token)).body).toMatchObject({
      name: 'KJEDEN AVD STORTORVET',
      parent_organization_number: '311012940',
    });
    expect((await lookUp('310904473', token)).body).toMatchObject({ standing: 'bankrupt', since: '2026-02-11' });
    expect((await lookUp('311123254', token)).body).toMatchObject({ standing: 'deleted', since: '2026-01-31' });
  });

  test('what it does not know is 404, what was removed says so, what is no number is not asked about', async () => {
    const { token } = await openBooks();
    const number = await unit();
    await act('remove', number);
    const seen = calls.length;
    const outcome = async (one: string) => {
      const { status, body } = await lookUp(one, token);
      return `${status} ${body.details.code}`;
    };
    expect(await outcome('310049574')).toBe('400 request.invalid');
    expect(await outcome('12345')).toBe('400 request.invalid');
    expect(calls.length).toBe(seen);
    expect(await outcome('923609016')).toBe('404 enhetsregisteret.not_found');
    expect(await outcome(number)).toBe('404 enhetsregisteret.removed');
  });

  test('is remembered for some hours', async () => {
    const { token } = await openBooks();
    const number = await unit('GAMMELT NAVN AS');
    await lookUp(number, token);
    await act('rename', number, { name: 'Nytt navn AS' });
    const seen = calls.length;
    expect((await lookUp(number, token)).body.name).toBe('GAMMELT NAVN AS');
    expect(calls.length).toBe(seen);
    clock.pass(6 * 3600 + 1);
    expect((await lookUp(number, token)).body.name).toBe('NYTT NAVN AS');
  });

  test('nobody who is not signed in', async () => {
    expect((await lookUp('310463043', 'hb_unknown')).status).toBe(401);
  });

  test('without a connection: 503 that names the register', async () => {
    const plain = apiOf(integrationRoutes, testPlatform());
    const answer = await plain(
      'GET',
      '/integrations/enhetsregisteret/organizations/310463043',
      (await openBooks()).token,
      undefined,
      { 'accept-language': 'en' },
    );
    expect([answer.status, answer.body.details.code]).toEqual([503, 'outbound.not_configured']);
    expect(answer.body.message).toContain('Enhetsregisteret');
  });
});

describe('what is kept of it', () => {
  const partner = async (books: Awaited<ReturnType<typeof openBooks>>, body: object) =>
    (await api('POST', '/business-partners', books.token, { client_account_id: books.clientAccountId, ...body })).body;
  const registryOf = async (books: Awaited<ReturnType<typeof openBooks>>, id: number) =>
    (await api('GET', `/business-partners/${id}`, books.token)).body.registry;
  const follow = async () => {
    await nameAll(platform, signal);
    await followRegister(platform, signal);
  };

  test('a partner that goes bankrupt is marked, as soon as the feed tells it', async () => {
    const books = await openBooks();
    const number = await unit();
    const { id, registry } = await partner(books, { name: 'Kunde AS', organization_number: number });
    expect(registry).toBeNull();
    await follow();
    expect(await registryOf(books, id)).toEqual({ standing: 'active', since: null, note: null });
    await act('bankrupt', number);
    await followRegister(platform, signal);
    expect(await registryOf(books, id)).toEqual({
      standing: 'bankrupt',
      since: clock.now().toISOString().slice(0, 10),
      note: {
        nb: expect.stringMatching(/^Konkurs fra \d{4}-/),
        en: expect.stringMatching(/^Bankrupt since \d{4}-/),
      },
    });
    await act('delete', number);
    await followRegister(platform, signal);
    expect((await registryOf(books, id)).standing).toBe('deleted');
    await act('remove', number);
    await followRegister(platform, signal);
    const kept = await asOwner(
      `select status, name, address_line from registered_organizations where organization_number = $1`,
      [number],
    );
    expect(kept.rows).toEqual([{ status: 'removed', name: null, address_line: null }]);
    // A partner created today gets it at once.
    expect((await partner(books, { name: 'Samme AS', organization_number: number })).registry.standing).toBe('removed');
  });

  test('a foreign number of nine digits, and one of a person, is nobody’s in the register', async () => {
    const books = await openBooks();
    const number = await unit();
    const { id } = await partner(books, {
      name: 'Foreign Ltd',
      organization_number: number,
      address: { country: 'GB' },
    });
    await follow();
    expect(await registryOf(books, id)).toBeNull();
  });

  test('an unchanged unit is not asked for again; a change between two looks is not lost', async () => {
    const books = await openBooks();
    const number = await unit();
    const { id } = await partner(books, { name: 'Kunde AS', organization_number: number });
    await follow();
    const asked = () => calls.filter(({ call }) => call === 'enheter.hent').length;
    const before = asked();
    await followRegister(platform, signal);
    expect(asked()).toBe(before);
    sandbox.fault({ party: 'enhetsregisteret', path: '/enheter/', effect: { kind: 'status', status: 503 } });
    await act('liquidate', number);
    await followRegister(platform, signal);
    sandbox.reset();
    expect((await registryOf(books, id)).standing).toBe('active');
    clock.pass(60);
    await followRegister(platform, signal);
    expect((await registryOf(books, id)).standing).toBe('under_liquidation');
  });

  test('a feed that is down or nonsense moves nothing', async () => {
    await followRegister(platform, signal);
    const place = async () => (await asOwner(`select last_update_id from register_feed`)).rows;
    const before = await place();
    const number = await unit();
    for (const kind of ['html', 'nonsense', 'half', 'empty'] as const) {
      sandbox.fault({ party: 'enhetsregisteret', path: 'oppdateringer', effect: { kind } });
      await followRegister(platform, signal);
      sandbox.reset();
      expect(await place()).toEqual(before);
    }
    await act('rename', number, { name: 'Annet AS' });
    await followRegister(platform, signal);
    expect(await place()).not.toEqual(before);
  });

  test('the facts of a client account: its own word first, unverified, then the register’s, which nobody rewrites', async () => {
    const { token } = await openBooks();
    const number = await unit('EKTE NAVN AS');
    const opened = await api('POST', '/client-accounts', token, {
      display_name: 'Falskt navn AS',
      organization_number: number,
      organization: { city: 'Ingensteds', vat_registered: false },
    });
    expect(opened.status).toBe(201);
    const facts = async () => (await api('GET', `/organizations/${number}`, token)).body;
    expect(await facts()).toMatchObject({ name: 'Falskt navn AS', facts_source: 'declared', verified_at: null });
    await followRegister(platform, signal);
    expect(await facts()).toMatchObject({
      name: 'EKTE NAVN AS',
      city: 'ROLVSØY',
      vat_registered: true,
      facts_source: 'register',
      verified_at: expect.stringMatching(/^2026-/),
    });
    const rewritten = await api('PATCH', `/client-accounts/${opened.body.id}`, token, {
      organization: { name: 'Falskt igjen AS' },
    });
    expect([rewritten.status, rewritten.body.details.code]).toEqual([409, 'tenancy.organization_verified']);
    expect((await facts()).name).toBe('EKTE NAVN AS');
    await act('bankrupt', number);
    await followRegister(platform, signal);
    const shown = await api('GET', `/client-accounts/${opened.body.id}`, token);
    expect(shown.body.registry.note.nb).toMatch(/^Konkurs/);
  });

  test('no transaction but the register’s own writes them, nor says that they are verified', async () => {
    const books = await openBooks({ organizationNumber: await unit() });
    await followRegister(platform, signal);
    const write = (statement: ReturnType<typeof sql>) =>
      platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
        tx.execute(statement),
      );
    expect(
      await write(sql`
        update organizations set name = 'x' where id = (select organization_id from client_accounts
          where id = ${books.clientAccountId})`),
    ).toBe(0);
    expect(await write(sql`update registered_organizations set name = 'x', status = 'registered'`)).toBe(0);
    await expect(
      write(sql`
        insert into organizations (organization_number, name, facts_source, verified_at)
        values ('310049573', 'x', 'register', now())`),
    ).rejects.toThrow(/row-level security/);
    await expect(
      write(
        sql`insert into registered_organizations (organization_number, named_at, due_at) values ('310049573', now(), now())`,
      ),
    ).rejects.toThrow(/row-level security/);
  });

  test('who nobody names any more is forgotten after a month', async () => {
    const books = await openBooks();
    const number = await unit();
    const { id } = await partner(books, { name: 'Kort AS', organization_number: number });
    await follow();
    await api('PUT', `/business-partners/${id}`, books.token, { organization_number: null });
    const there = async () =>
      (await asOwner(`select 1 from registered_organizations where organization_number = $1`, [number])).rowCount;
    clock.pass(29 * 86_400);
    await nameAll(platform, signal);
    expect(await there()).toBe(1);
    clock.pass(2 * 86_400);
    await nameAll(platform, signal);
    expect(await there()).toBe(0);
  });

  test('a bank is shown as the register has it', async () => {
    const books = await openBooks();
    const number = await unit('LUSTER SPAREBANK');
    await followRegister(platform, signal);
    clock.pass(31 * 86_400);
    for (let i = 0; i < 8; i++) await followRegister(platform, signal);
    const { body } = await api('GET', '/integrations/banks', books.token);
    const luster = body.find(({ bic }: { bic: string }) => bic === 'LUSKNO21');
    expect(luster.organization).toMatchObject({ name: 'LUSTER SPAREBANK', website: 'https://luster-sparebank.no' });
    expect(number).toMatch(/^3/);
    // One missing in the register is shown as configured.
    expect(body.find(({ bic }: { bic: string }) => bic === 'SPAVNOBB').organization.name).toBe('Sparebanken Norge');
  });

  test('numbers of people and organisations are in no log', () => {
    expect(logged.join('\n')).not.toMatch(/\b[23]\d{8}\b/);
  });
});
