import { expect } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { atLogin, idPortenWorld, rowsOf } from '../support/outside/id-porten.ts';
import type { MovingClock } from '../support/outside/sandbox.ts';
import type { FaultCall } from './faults.ts';

const DAY = 86_400;

/** Our calls to ID-porten, Altinn and Altinn 2 on behalf of a user. */
export async function userPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const patient = await idPortenWorld(sandbox, clock);
  const hasty = await idPortenWorld(sandbox, clock, { timeoutMs: 500 });
  // The same people and keys, regardless of the server's timeout.
  hasty.platform.columnKeys = patient.keys;
  const [one, starter] = [await patient.user(), await patient.user()];
  const worlds = (isSlow: boolean) => (isSlow ? hasty : patient).api.as(one.token);
  let loggedInAt = 0;
  const connected = async () => {
    // The circuit breakers of both close again.
    clock.pass(31);
    const now = clock.now().getTime();
    // Well before the two hours for which a login is valid.
    if (now - loggedInAt < 3_600_000 && (await one.status()).connected) return;
    loggedInAt = now;
    await one.logIn();
  };
  let path = '';
  const back = async () => {
    clock.pass(31);
    path = await atLogin(await one.begin());
  };
  const comeBack = (isSlow: boolean) => (isSlow ? hasty : patient).api.call('GET', path, { token: one.token });
  const endAll = async () => {
    await patient.api.call('POST', '/integrations/disconnect', { token: one.token });
    expect((await rowsOf(one.id)).sessions).toBe(0);
  };
  const nothingConnected = async () => expect(await rowsOf(one.id)).toMatchObject({ sessions: 0, logins: 0 });
  const stillConnected = async () => expect(await rowsOf(one.id)).toMatchObject({ sessions: 1 });
  const authorize = (isSlow: boolean) =>
    (isSlow ? hasty : patient).api.as(starter.token).post('/integrations/altinn/authorize');
  const onAuthorize = { party: 'idporten', service: 'ID-porten', ask: authorize, healthy: 200 };
  return [
    {
      ...onAuthorize,
      name: 'metadata (POST /integrations/altinn/authorize)',
      path: 'openid-configuration',
      prepare: async () => clock.pass(DAY + 1),
    },
    {
      ...onAuthorize,
      name: 'pushed request (POST /integrations/altinn/authorize)',
      path: '^/par$',
      prepare: async () => clock.pass(31),
    },
    {
      party: 'idporten',
      service: 'ID-porten',
      name: 'keys (the way back from a login)',
      path: '^/jwks.json$',
      healthy: 303,
      prepare: async () => {
        await endAll();
        clock.pass(DAY + 1);
        await back();
      },
      ask: comeBack,
      intact: nothingConnected,
    },
    {
      party: 'idporten',
      service: 'ID-porten',
      name: 'tokens (the way back from a login)',
      path: '^/token$',
      healthy: 303,
      prepare: async () => {
        await endAll();
        await back();
      },
      ask: comeBack,
      intact: nothingConnected,
    },
    {
      party: 'idporten',
      service: 'ID-porten',
      name: 'renewal (GET /integrations/altinn/reportees)',
      path: '^/token$',
      healthy: 200,
      prepare: async () => {
        await connected();
        clock.pass(125);
      },
      ask: (isSlow) => worlds(isSlow).get('/integrations/altinn/reportees'),
      intact: stillConnected,
    },
    {
      party: 'altinn',
      service: 'Altinn',
      name: 'exchange of the token (GET /integrations/altinn/reportees)',
      path: '/exchange/id-porten$',
      healthy: 200,
      prepare: async () => {
        await connected();
        clock.pass(125);
      },
      ask: (isSlow) => worlds(isSlow).get('/integrations/altinn/reportees'),
      intact: stillConnected,
      allowed: { '401': 403, '403': 403 },
    },
    {
      party: 'altinn',
      service: 'Altinn',
      name: 'parties (GET /integrations/altinn/parties)',
      path: '/enduser/authorizedparties$',
      healthy: 200,
      prepare: connected,
      ask: (isSlow) => worlds(isSlow).get('/integrations/altinn/parties'),
      intact: stillConnected,
      allowed: { '401': 403, '403': 403 },
    },
    {
      party: 'altinn2',
      service: 'Altinn 2',
      name: 'reportees (GET /integrations/altinn/reportees)',
      path: '/api/reportees$',
      healthy: 200,
      prepare: connected,
      ask: (isSlow) => worlds(isSlow).get('/integrations/altinn/reportees'),
      intact: stillConnected,
      allowed: { '401': 403, '403': 403, redirect: 403 },
    },
    {
      party: 'idporten',
      service: 'ID-porten',
      name: 'revocation (the page’s button to disconnect: what fails is tried again later)',
      path: '^/revoke$',
      healthy: 303,
      prepare: connected,
      ask: (isSlow) => (isSlow ? hasty : patient).api.call('POST', '/integrations/disconnect', { token: one.token }),
      intact: async () => expect(await rowsOf(one.id)).toMatchObject({ sessions: 0, logins: 0 }),
      allowed: { '*': 303 },
    },
  ];
}
