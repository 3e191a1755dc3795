import { beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../../src/app.ts';
import { API_PREFIX } from '../../src/platform/http/api-prefix.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';
import { newOwned, openWorld, type World } from './support/world.ts';
import { fingerprint } from './fuzz/untouched.ts';

let running: Attacked;
let own: World;
let victim: World;
beforeAll(async () => {
  running = await attacked();
  const firm = await newOwned(running.server, running.platform.database, { isProvider: true });
  own = await openWorld(running.server, running.platform.database, firm);
  victim = await openWorld(running.server, running.platform.database, firm);
});

const unknown = (many: number) => Object.fromEntries(Array.from({ length: many }, (_, i) => [`u${i}`, i]));

describe.each([1, 999, 1_000, 1_001, 5_000])('%i unknown fields', (many) => {
  test('are refused by every endpoint with a body', async () => {
    const caller = new HttpCaller(running.server, own.owner.token);
    const accepted: string[] = [];
    for (const route of allRoutes.filter(({ body, consumes }) => body && !consumes)) {
      const path = route.path.replace(/\{client_account_id\}/g, String(own.clientAccountId)).replace(/\{\w+\}/g, '1');
      const body = { client_account_id: own.clientAccountId, ...unknown(many) };
      const { status } = await caller.send(route.method, (route.prefix ?? API_PREFIX) + path, body);
      if (status < 400 || status >= 500) accepted.push(`${status} ${route.method} ${route.path}`);
    }
    expect(accepted).toEqual([]);
  });

  test('do not carry an id of somebody else into a client account', async () => {
    const before = await fingerprint(running.connection, victim.clientAccountId);
    const body = { display_name: 'Overtatt AS', id: victim.clientAccountId, ...unknown(many) };
    const { status } = await own.owner.send('PATCH', `/client-accounts/${own.clientAccountId}`, body);
    expect(status).toBeOneOf([400, 413]);
    expect(await fingerprint(running.connection, victim.clientAccountId)).toEqual(before);
  });
});

test.each([1_001, 3_000])('%i unknown query parameters are refused', async (many) => {
  const query = Array.from({ length: many }, (_, i) => `u${i}=1`).join('&');
  for (const path of ['/assets', '/organizations', '/business-partners']) {
    const { status } = await own.owner.send('GET', `${path}?client_account_id=${own.clientAccountId}&${query}`);
    expect([path, status]).toEqual([path, expect.toBeOneOf([400, 413, 414])]);
  }
});
