import { beforeEach, expect, test } from 'vitest';
import { Metrics } from '../../src/platform/observability/metrics.ts';
import { observeHttp } from '../../src/platform/observability/observe-http.ts';
import type { IdPortenEngine } from '../../sandbox/idporten/engine.ts';
import type { Answer } from '../support/http/api.ts';
import { ACCOUNTANT, atLogin, idPortenWorld } from '../support/outside/id-porten.ts';
import { asOwner } from '../support/books/people.ts';
import { MovingClock, testSandbox } from '../support/outside/sandbox.ts';
import { userToken, altinnUserToken } from '../../src/integrations/index.ts';
import { loadSession } from '../../src/integrations/id-porten/session.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const world = await idPortenWorld(sandbox, clock);
beforeEach(() => sandbox.reset());

/** Every column of all our tables, as text. */
async function everyColumn(): Promise<string> {
  const tables = await asOwner(`
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and (c.relname like 'id_porten%' or c.relname in ('audit_log', 'idempotency_keys', 'users', 'sessions', 'jobs', 'mail_outbox'))`);
  let text = '';
  for (const { name } of tables.rows) {
    const { rows } = await asOwner(`select string_agg(t::text, e'\\n') as text from ${name} t`, [], 'id_porten');
    text += `${name}\n${rows[0].text ?? ''}\n`;
  }
  return text;
}

test('row 14: no personal number, token, code or assertion is in a log, an error, an address or a column', async () => {
  observeHttp(world.api.server, { platform: world.platform, metrics: new Metrics() });
  const one = await world.user();
  const answers: string[] = [];
  // Altinn's list of the parties a user represents contains personal numbers by its nature.
  const keep = ({ status, body, headers }: Answer) => {
    if (status !== 200) answers.push(JSON.stringify([body, headers]));
  };
  const secrets = new Map<string, string>([['pid', ACCOUNTANT]]);

  const path = await atLogin(await one.begin());
  const code = new URLSearchParams(path.split('?')[1]).get('code')!;
  secrets.set('code', code);
  keep(await one.comeBack(path));
  // A second time, forged, cancelled, with a failing party, and with another user's token.
  keep(await one.comeBack(path));
  for (const kind of ['nonsense', 'half', 'html', 'reset', 'empty'] as const) {
    const again = await atLogin(await one.begin());
    secrets.set(`code ${kind}`, new URLSearchParams(again.split('?')[1]).get('code')!);
    sandbox.fault({ party: 'idporten', path: '^/token$', effect: { kind } });
    keep(await one.comeBack(again));
    sandbox.reset();
    clock.pass(31);
  }
  for (const wrong of [{ claims: { nonce: 'x' } }, { claims: { aud: 'x' } }, { signature: true }]) {
    await sandbox.act('idporten', 'wrong', wrong);
    keep(await one.logIn());
  }
  keep(await one.logIn({ person: '21865898093' }));
  const session = await loadSession(world.platform, world.keys, one.id);
  secrets.set('access token', session!.secrets.accessToken);
  secrets.set('refresh token', session!.secrets.refreshToken!);
  secrets.set('id token', session!.secrets.idToken);
  secrets.set('logout state', session!.secrets.logoutState);
  const engine = (await sandbox.act('idporten', 'engine')) as IdPortenEngine;
  secrets.set('sid', engine.grants.all.at(-2)!.login.sid);
  secrets.set('nonce', engine.grants.all.at(-2)!.nonce);
  secrets.set('Altinn token', (await altinnUserToken(world.platform, one.id))!.token);
  for (const [party, kind] of [
    ['altinn', 'nonsense'],
    ['altinn', 'half'],
    ['altinn2', 'html'],
    ['altinn2', 'redirect'],
  ] as const) {
    clock.pass(31);
    sandbox.fault({ party, effect: { kind } });
    keep(await one.me.get('/integrations/altinn/reportees'));
    keep(await one.me.get('/integrations/altinn/parties'));
    sandbox.reset();
  }
  clock.pass(125);
  sandbox.fault({ party: 'idporten', path: '^/token$', effect: { kind: 'nonsense' } });
  keep(await one.me.get('/integrations/altinn/parties'));
  sandbox.reset();
  await sandbox.act('idporten', 'revoke');
  expect(await userToken(world.platform, one.id)).toBeNull();

  const columns = await everyColumn();
  const places = {
    log: world.logged.join('\n'),
    columns,
    'errors and pages': answers.join('\n'),
    'addresses outside': sandbox.journal.entries.map(({ query }) => query).join('\n'),
  };
  expect(world.logged.length).toBeGreaterThan(20);
  expect(columns).toContain('id_porten_session');
  for (const [name, secret] of secrets) {
    expect([name, secret]).toEqual([name, expect.stringMatching(/^.{11,}$/)]);
    for (const [place, text] of Object.entries(places))
      expect([place, name, text.includes(secret)]).toEqual([place, name, false]);
  }
  // No token at all, of any issuer: three long parts separated by points.
  for (const [place, text] of Object.entries(places))
    expect([place, /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/.exec(text)?.[0]]).toEqual([place, undefined]);
});
