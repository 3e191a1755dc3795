import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MovingClock, testSandbox } from '../../test/support/outside/sandbox.ts';
import { startAdmin } from '../admin.ts';
import { Faults } from '../faults.ts';
import { recordOf } from '../journal.ts';
import { PARTIES } from '../parties.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
let address: string;
beforeAll(async () => {
  const admin = await startAdmin(sandbox);
  address = admin.address;
  return () => admin.stop();
});
beforeEach(() => sandbox.resetAll());

const page = async (query = '') => (await fetch(`${address}/${query}`, { headers: { accept: 'text/html' } })).text();
const ticketOf = (html: string) => /name="ticket" value="([^"]+)"/.exec(html)![1]!;
const order = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${address}/do`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams({ lang: 'en', ticket: ticketOf(await page()), ...form }),
  });
const json = (method: string, path: string, body?: object) =>
  fetch(address + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

describe('the control page', () => {
  test('shows every party that has a stand-in, in both languages, without a script', async () => {
    const html = await page();
    for (const name of Object.keys(PARTIES)) expect(html).toContain(`>${name}</h3>`);
    expect(html).toContain('<html lang="nb">');
    expect(await page('?lang=en')).toContain('Sandbox: the parties outside');
    expect(html).not.toMatch(/<script|onclick|javascript:/);
  });

  test('says in both languages what the actions of a party do', async () => {
    for (const { name, actions } of sandbox.parties)
      for (const { name: action, help } of actions)
        if (help) expect([name, action, help.nb === help.en]).toEqual([name, action, false]);
    const explained = (party: string) =>
      sandbox.parties.find(({ name }) => name === party)!.actions.flatMap(({ name, help }) => (help ? [name] : []));
    expect(explained('idporten')).toEqual(['wrong', 'revoke', 'pushed', 'rotateRefreshTokens']);
    expect(explained('altinn2')).toEqual(['shutdown', 'login', 'many']);
    expect(explained('dialogporten')).toEqual(['add', 'forget']);
    expect(explained('skatteetaten')).toEqual(['season']);
    expect(await page()).toContain('Steng Altinn 2');
    expect(await page('?lang=en')).toContain('Close Altinn 2');
  });

  test('sets clock, differences, keys, faults and actions', async () => {
    expect((await order({ do: 'set-clock', time: '2026-04-01T00:00:00Z' })).status).toBe(303);
    expect(sandbox.time.now().toISOString()).toBe('2026-04-01T00:00:00.000Z');
    await order({ do: 'advance', seconds: '3600' });
    expect(sandbox.time.now().toISOString()).toBe('2026-04-01T01:00:00.000Z');
    await order({ do: 'skew', party: 'maskinporten', seconds: '-30' });
    expect(sandbox.parties.find(({ name }) => name === 'maskinporten')!.now.toISOString()).toBe(
      '2026-04-01T00:59:30.000Z',
    );
    const keys = async () => (await fetch(`${sandbox.addressOf('maskinporten')}/jwk`)).text();
    const before = await keys();
    await order({ do: 'rotate', party: 'maskinporten' });
    expect(await keys()).not.toBe(before);
    await order({ do: 'fault', party: 'skatteetaten', path: 'ping', kind: 'status', status: '503', times: '1' });
    const ping = () => fetch(`${sandbox.addressOf('skatteetaten')}/api/skattemelding/v2/ping`);
    expect([(await ping()).status, (await ping()).status]).toEqual([503, 200]);
    expect(await page()).toContain('/ping');
    await order({ do: 'end-fault', id: String(sandbox.faults[0]!.id) });
    expect(sandbox.faults).toEqual([]);
    const shown = await order({ do: 'act', party: 'mva_app', action: 'instances', input: '{}' });
    expect(await shown.text()).toContain('<pre>[]</pre>');
    await order({ do: 'reset' });
    expect([sandbox.time.now(), sandbox.journal.entries.length]).toEqual([clock.now(), 0]);
  });

  test.each<[string, Record<string, string>]>([
    ['without the ticket of this page', { do: 'reset', ticket: 'x' }],
    ['of an unknown kind', { do: 'explode' }],
    ['at an unknown party', { do: 'skew', party: 'kartverket', seconds: '1' }],
    ['with a time that is none', { do: 'set-clock', time: 'i går' }],
    ['with input that is no JSON', { do: 'act', party: 'maskinporten', action: 'life', input: '{' }],
    ['with an effect that is none', { do: 'fault', party: 'skatteetaten', kind: 'explode' }],
    ['with a path that is no expression', { do: 'fault', party: 'skatteetaten', kind: 'never', path: '(' }],
  ])('refuses an order %s, and says so', async (_, form) => {
    const answer = await order(form);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('role="alert"');
    expect(sandbox.faults).toEqual([]);
  });

  test('answers no other host, and tells programs how it is asked', async () => {
    expect(await (await fetch(address)).text()).toContain('POST   /clock');
    expect((await fetch(`${address}/faults`, { headers: { host: 'evil.test' } })).status).toBeOneOf([200, 403]);
  });

  test('does over HTTP what it does by forms', async () => {
    await json('POST', '/clock', { set: '2026-05-01T00:00:00Z' });
    await json('POST', '/clock', { advance: 60 });
    expect(sandbox.time.now().toISOString()).toBe('2026-05-01T00:01:00.000Z');
    expect(await (await json('POST', '/act', { party: 'mva_app', action: 'instances' })).json()).toEqual({
      ok: true,
      result: [],
    });
    await json('POST', '/clock', { reset: true });
    expect(sandbox.time.now()).toEqual(clock.now());
    expect((await json('POST', '/clock', { advance: 'x' })).status).toBe(400);
    expect(((await (await json('GET', '/parties')).json()) as object[]).length).toBe(Object.keys(PARTIES).length);
    expect((await json('POST', '/reset')).status).toBe(200);
  });
});

describe('faults', () => {
  const asked = (text = '') => ({ method: 'GET', path: '/x', text: () => text });
  test('by organisation, by chance, and until they are removed', () => {
    const chance = [0.9, 0.1];
    const faults = new Faults(() => chance.shift() ?? 0);
    faults.add({ party: 'p', organization: '310049573', effect: { kind: 'never' } });
    expect(faults.take('p', asked('0192:312974436'))).toBeNull();
    expect(faults.take('p', asked('0192:310049573'))).toEqual({ id: 1, effect: { kind: 'never' } });
    faults.remove(1);
    expect(faults.take('p', asked('0192:310049573'))).toBeNull();
    faults.add({ party: 'p', percent: 50, effect: { kind: 'empty' } });
    expect([faults.take('p', asked()), faults.take('p', asked())]).toEqual([
      null,
      { id: 2, effect: { kind: 'empty' } },
    ]);
  });
});

test('the journal writes headers down, and neither credentials nor numbers of people', () => {
  const written = JSON.stringify(
    recordOf('p', {
      method: 'GET',
      path: '/person/06891548603',
      query: new URLSearchParams({ id_token_hint: 'abc', q: '06891548603', org: '310049573' }),
      headers: { authorization: 'Bearer abc.def.ghi', cookie: 's=1', apikey: 'k', accept: 'text/html' },
      body: '',
      bytes: Buffer.from(''),
    }),
  );
  for (const secret of ['06891548603', 'abc', 's=1', '"k"']) expect(written).not.toContain(secret);
  for (const plain of ['310049573', 'Bearer …', 'text/html']) expect(written).toContain(plain);
});
