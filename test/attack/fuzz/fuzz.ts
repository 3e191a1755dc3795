import type { FastifyInstance } from 'fastify';
import sql from 'sql-template-tag';
import { type Role, type Scope, SCOPES } from '../../../src/platform/caller.ts';
import type { Route } from '../../../src/platform/http/route.ts';
import { createAccessToken, forgetCallers } from '../../../src/tenancy/index.ts';
import { Random } from '../../crash/random.ts';
import type { Attacked } from '../support/server.ts';
import { giveRole, newOwned, newPerson, openWorld, type World } from '../support/world.ts';
import { fault } from './oracle.ts';
import { endsTheWorld, type FuzzRequest, fuzzRequest, payloadOf, urlOf } from './request.ts';
import { smallest } from './smallest.ts';
import { fingerprint } from './untouched.ts';

export interface FuzzOptions {
  requests: number;
  seed: number;
  routes: readonly Route[];
  /** Called now and then with the number of requests sent. */
  progress?: (sent: number) => void;
  /** Called with each failure of a new kind, at once. */
  found?: (failure: Failure) => void;
  /** Limit of different failures, after which the run stops. */
  most?: number;
}

export interface Failure {
  what: string;
  /** The request in a form that can be sent by hand. */
  line: string;
  logged: string[];
  /** Every endpoint at which it occurred. */
  routes: Set<string>;
}

export interface FuzzResult {
  sent: number;
  /** Answers by status. */
  statuses: Record<number, number>;
  failures: Failure[];
  /** Tables of the inaccessible client account that differ from before. */
  touched: string[];
  ready: boolean;
}

interface Caller {
  name: string;
  token?: string;
  userId?: number;
  /** In the own books. */
  role?: Role;
  scopes: readonly Scope[];
}

/** The books attacked from inside, the inaccessible ones, and the callers. */
export interface Ground {
  own: World;
  victim: World;
  callers: Caller[];
}

export async function openGround({ server, platform: { database } }: Attacked): Promise<Ground> {
  const firm = await newOwned(server, database, { isProvider: true });
  const own = await openWorld(server, database, firm);
  const victim = await openWorld(server, database, firm);
  const stranger = await newOwned(server, database);
  const owner: Caller = { name: 'owner', token: own.owner.token!, userId: own.ownerId, role: 'CA', scopes: SCOPES };
  const callers: Caller[] = [
    { name: 'nobody', scopes: [] },
    owner,
    { name: 'owner of another', token: stranger.owner.token!, userId: stranger.ownerId, scopes: SCOPES },
  ];
  const others: [name: string, role: Role, scopes: readonly Scope[]][] = [
    ['employee', 'EM', SCOPES],
    ['accountant', 'AA', SCOPES],
    ['bookkeeper', 'BK', SCOPES],
    ['too few scopes', 'CA', ['read:profile']],
  ];
  for (const [name, role, scopes] of others) {
    const { userId, token } = await newPerson(database, scopes);
    await giveRole(database, own.clientAccountId, userId, role);
    callers.push({ name, token, userId, role, scopes });
  }
  // Requests of an owner reach further than those of the others.
  callers.push(...Array.from({ length: 8 }, () => owner));
  return { own, victim, callers };
}

/** Restores what the requests took from their senders: a revoked token, a changed role. */
async function mend({ platform: { database } }: Attacked, { own, callers }: Ground): Promise<void> {
  await database.transaction({ clientAccounts: [own.clientAccountId], mode: 'write' }, async (tx) => {
    await tx.execute(sql`update client_accounts set is_active = true where id = ${own.clientAccountId}`);
    for (const caller of new Set(callers)) {
      const { userId, role, scopes } = caller;
      if (userId === undefined) continue;
      caller.token = (await createAccessToken(tx, { userId, name: 'mended', scopes: [...scopes] })).token;
      if (role)
        await tx.execute(sql`
          insert into client_account_users (client_account_id, user_id, role_id)
          values (${own.clientAccountId}, ${userId}, (select id from roles where code = ${role}))
          on conflict (client_account_id, user_id) do update set role_id = excluded.role_id`);
    }
  });
  forgetCallers(database);
}

/** Sends seeded requests to every route in turn and reports faults of the responses. */
export async function fuzz(attacked: Attacked, ground: Ground, options: FuzzOptions): Promise<FuzzResult> {
  const { server, connection } = attacked;
  const routes = options.routes.filter((route) => !endsTheWorld(route));
  const { own, victim, callers } = ground;
  const foreign = Object.values(victim.ids).flat();
  const target = { own: { ids: own.ids }, foreign, callers: callers.length };
  const before = await fingerprint(connection, victim.clientAccountId);
  const result: FuzzResult = { sent: 0, statuses: {}, failures: [], touched: [], ready: false };
  const kinds = new Map<string, Failure>();
  for (let n = 0; n < options.requests; n++) {
    const route = routes[n % routes.length]!;
    // A separate seed for each request: each one can be repeated without those before it.
    const request = fuzzRequest(new Random(options.seed * 1_000_003 + n), route, target);
    const { status, what } = await attempt(server, request, callers);
    result.statuses[status] = (result.statuses[status] ?? 0) + 1;
    result.sent++;
    if (status === 401 && callers[request.caller]!.token) await mend(attacked, ground);
    if (n % 250 === 249) await mend(attacked, ground);
    if (n % 500 === 499) options.progress?.(result.sent);
    const logged = attacked.takeErrors();
    if (what === undefined) continue;
    const kind = `${what} ${cause(logged)}`;
    const where = `${route.method} ${route.path}`;
    const known = kinds.get(kind);
    if (known) {
      known.routes.add(where);
      continue;
    }
    const small = await smallest(request, async (smaller) => {
      const again = await attempt(server, smaller, callers);
      return again.what === what && cause(attacked.takeErrors()) === cause(logged);
    });
    const failure = { what, line: lineOf(small, callers, options.seed, n), logged, routes: new Set([where]) };
    kinds.set(kind, failure);
    result.failures.push(failure);
    options.found?.(failure);
    if (result.failures.length >= (options.most ?? 200)) break;
  }
  const after = await fingerprint(connection, victim.clientAccountId);
  result.touched = Object.keys(before).filter((table) => before[table] !== after[table]);
  result.ready = (await server.inject({ url: '/readyz' })).statusCode === 200;
  return result;
}

/** The first line of the first error, without the parts that differ between requests. */
function cause(logged: readonly string[]): string {
  const text = logged.find((line) => line.includes('"err"')) ?? '';
  return (/"err":"([^\\]{0,160})/.exec(text)?.[1] ?? '').replace(/\d+/g, 'n');
}

async function attempt(server: FastifyInstance, request: FuzzRequest, callers: readonly Caller[]) {
  const { token } = callers[request.caller]!;
  const { payload, headers } = payloadOf(request);
  const reply = await server.inject({
    method: request.route.method,
    url: urlOf(request),
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    ...(payload ? { payload } : {}),
  });
  const type = reply.headers['content-type'] ?? '';
  return { status: reply.statusCode, what: fault(request.route, { status: reply.statusCode, text: reply.body, type }) };
}

function lineOf(request: FuzzRequest, callers: readonly Caller[], seed: number, n: number): string {
  const { payload, headers } = payloadOf(request);
  const shown = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const text = payload?.toString('utf8') ?? '';
  const body = payload ? [`--data-binary ${quoted(text.length > 600 ? `${text.slice(0, 600)}…` : text)}`] : [];
  const url = urlOf(request);
  const parts = [
    'curl',
    '-X',
    request.route.method,
    ...shown,
    ...body,
    quoted(url.length > 400 ? `${url.slice(0, 400)}…` : url),
  ];
  return `${parts.join(' ')}  # as ${callers[request.caller]!.name}; seed ${seed}, request ${n}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
