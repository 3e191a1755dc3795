import type { FastifyInstance } from 'fastify';
import type { Route } from '../../../src/platform/http/route.ts';
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
  /** Failures of different kinds after which there is no use in going on. */
  most?: number;
}

export interface Failure {
  what: string;
  /** As one would send it by hand. */
  line: string;
  logged: string[];
  /** Every endpoint where it was seen. */
  routes: Set<string>;
}

export interface FuzzResult {
  sent: number;
  /** Answers by status. */
  statuses: Record<number, number>;
  failures: Failure[];
  /** Tables of the client account that nobody had access to, which differ from before. */
  touched: string[];
  ready: boolean;
}

interface Caller {
  name: string;
  token?: string;
}

/** The books that are attacked from inside, the one that nobody may touch, and who calls. */
export interface Ground {
  own: World;
  victim: World;
  callers: Caller[];
}

export async function openGround({ server, platform: { database } }: Attacked): Promise<Ground> {
  const firm = await newOwned(server, database, { isProvider: true });
  const own = await openWorld(server, database, firm);
  const victim = await openWorld(server, database, firm);
  const callers: Caller[] = [{ name: 'nobody' }, { name: 'owner', token: own.owner.token! }];
  for (const role of ['EM', 'AA', 'BK'] as const) {
    const person = await newPerson(database);
    await giveRole(database, own.clientAccountId, person.userId, role);
    callers.push({ name: role, token: person.token });
  }
  const stranger = await newOwned(server, database);
  callers.push({ name: 'owner of another', token: stranger.owner.token! });
  const narrow = await newPerson(database, ['read:profile']);
  await giveRole(database, own.clientAccountId, narrow.userId, 'CA');
  callers.push({ name: 'too few scopes', token: narrow.token });
  // What an owner sends gets further than what the others send.
  callers.push(...Array.from({ length: 8 }, () => callers[1]!));
  return { own, victim, callers };
}

/** Sends seeded requests to every route in turn and says what went wrong with the answers. */
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
    // A seed of its own for each request: any one can be made again without those before it.
    const request = fuzzRequest(new Random(options.seed * 1_000_003 + n), route, target);
    const { status, what } = await attempt(server, request, callers);
    result.statuses[status] = (result.statuses[status] ?? 0) + 1;
    result.sent++;
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

/** The first line of the first error, without what differs from request to request. */
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
  const type = String(reply.headers['content-type'] ?? '');
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
