import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { integrationRoutes } from '../../../src/integrations/index.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import { ColumnKeys } from '../../../src/platform/encryption/column-keys.ts';
import { authenticate } from '../../../src/tenancy/index.ts';
import { registerPages } from '../../../src/web-pages/index.ts';
import { Api } from '../http/api.ts';
import { asOwner, People } from '../books/people.ts';
import { connect, PUBLIC_URL } from './sandbox.ts';

export interface Browsing {
  purpose?: 'id-porten' | 'altinn';
  /** Synthetic person at the login page. */
  person?: string;
  level?: string;
  /** The button that the person presses there. */
  action?: string;
  clientAccountId?: number;
  anotherPerson?: boolean;
}

/** The accountant with many clients. */
export const ACCOUNTANT = '06891548603';

type Connecting = Parameters<typeof connect>[2];

/** A server that is connected to the stand-ins, and people who log in through them. */
export async function idPortenWorld(sandbox: Sandbox, clock: Clock, more: Connecting = {}) {
  const people = new People(clock);
  const { outside, calls, logged, waits } = await connect(sandbox, clock, more);
  const key = { id: 'test', key: randomBytes(32) };
  const keys = new ColumnKeys([key]);
  const keep = (...facts: unknown[]) => void logged.push(JSON.stringify(facts, errorsToo));
  const log = { info: keep, warn: keep, error: keep };
  const platform = { ...people.platform, outside, columnKeys: keys, publicUrl: PUBLIC_URL, log };
  const api = new Api(platform, integrationRoutes);
  await registerPages(api.server, { platform, authenticate: authenticate(platform), demoSignIns: [], sendsMail: true });
  afterAll(async () => {
    await api.close();
    await people.close();
  });

  async function user() {
    const { id } = await people.user();
    const token = await people.token(id);
    const me = api.as(token);

    /** Begins a login; returns the address for the browser. */
    async function begin({ purpose = 'altinn', clientAccountId, anotherPerson }: Browsing = {}) {
      const query = new URLSearchParams({
        ...(clientAccountId === undefined ? {} : { client_account_id: String(clientAccountId) }),
        ...(anotherPerson ? { another_person: 'true' } : {}),
      }).toString();
      const answer = await me.post(`/integrations/${purpose}/authorize${query && `?${query}`}`);
      if (answer.status !== 200) throw new Error(`authorize: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body.authorization_url as string;
    }

    /** The browser returns to our callback with ID-porten's parameters. */
    const comeBack = (path: string, as = token) => api.call('GET', path, { token: as });

    /** Goes through a login as a person. */
    async function logIn(browsing: Browsing = {}) {
      return comeBack(await atLogin(await begin(browsing), browsing));
    }

    const status = async (purpose: 'id-porten' | 'altinn' = 'altinn') =>
      (await me.get(`/integrations/${purpose}/status`)).body as { connected: boolean; end_session_url: string | null };

    return { id, token, me, begin, comeBack, logIn, status };
  }

  return { api, people, platform, outside, calls, logged, waits, key, keys, user };
}

/** A person's actions on the login page; returns the path of our callback that the browser is sent to. */
export async function atLogin(url: string, { person = ACCOUNTANT, level, action }: Browsing = {}): Promise<string> {
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: {
      'x-sandbox-person': person,
      ...(level ? { 'x-sandbox-level': level } : {}),
      ...(action ? { 'x-sandbox-action': action } : {}),
    },
  });
  const location = answer.headers.get('location');
  if (answer.status !== 303 || !location?.startsWith(PUBLIC_URL))
    throw new Error(`login: ${answer.status} ${location} ${await answer.text()}`);
  return location.slice(PUBLIC_URL.length);
}

/** How many rows a user has in the tables of ID-porten. */
export async function rowsOf(userId: number): Promise<{ logins: number; sessions: number; revocations: number }> {
  const { rows } = await asOwner(
    `select (select count(*)::int from id_porten_logins where user_id = $1) as logins,
       (select count(*)::int from id_porten_sessions where user_id = $1) as sessions,
       (select count(*)::int from id_porten_revocations where user_id = $1) as revocations`,
    [userId],
    'id_porten',
  );
  return rows[0];
}

/** Errors as a logger writes them, with all their properties. */
function errorsToo(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return Object.fromEntries(Object.getOwnPropertyNames(value).map((name) => [name, value[name as keyof Error]]));
}
