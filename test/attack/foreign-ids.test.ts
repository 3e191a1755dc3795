import { beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../../src/app.ts';
import type { Route } from '../../src/platform/http/route.ts';
import { API_PREFIX } from '../../src/platform/http/api-prefix.ts';
import { Random } from '../crash/random.ts';
import { type Ground, openGround } from './fuzz/fuzz.ts';
import { fault } from './fuzz/oracle.ts';
import { ID_OF_PATH, objectsIn } from './fuzz/request.ts';
import { fingerprint, touched } from './fuzz/untouched.ts';
import { type Schema, validValue } from './fuzz/values.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';

/** Ids that belong to no client account, or that a body may state without any effect. */
const OF_NO_ACCOUNT = new Set(['relation_id', 'organization_id', 'user_id', 'role_id', 'accounting_currency_code']);

/** Here such an id only filters the caller's own records, and matches none. */
const CHOOSERS = ['/banking/matches/automatic'];

let running: Attacked;
let ground: Ground;
let before: Record<string, string>;
beforeAll(async () => {
  running = await attacked();
  ground = await openGround(running);
  before = await fingerprint(running.connection, ground.victim.clientAccountId);
});

const routes = allRoutes.map((route) => [`${route.method} ${route.path}`, route] as const);

/** The path with ids of these books. */
function pathOf(route: Route, ids: Record<string, number[]>): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const kind = name === 'id' ? ID_OF_PATH.find(([pattern]) => pattern.test(route.path))?.[1] : name;
    return String(ids[kind ?? '']?.[0] ?? 1);
  });
  return (route.prefix ?? API_PREFIX) + path;
}

function queryWith(route: Route, clientAccountId: number): string {
  const { properties = {}, required = [] } = (route.query ?? {}) as Schema;
  const pairs = required.map((name) => [name, String(validValue(new Random(7), properties[name]!, name, { ids: {} }))]);
  const query = new URLSearchParams([
    ...pairs.filter(([name]) => name !== 'client_account_id'),
    ...('client_account_id' in properties ? [['client_account_id', String(clientAccountId)]] : []),
  ] as [string, string][]);
  return query.size > 0 ? `?${query.toString()}` : '';
}

describe('who has no access to a client account', () => {
  test.each(routes)('changes and reads nothing of it: %s', async (_, route) => {
    const { own, victim, callers } = ground;
    for (const caller of callers.slice(0, 7)) {
      const body = route.body
        ? { ...(validValue(new Random(3), route.body, 'body', { ids: own.ids }) as object) }
        : undefined;
      if (body && 'client_account_id' in ((route.body as Schema).properties ?? {}))
        Object.assign(body, { client_account_id: victim.clientAccountId });
      const url = pathOf(route, victim.ids) + queryWith(route, victim.clientAccountId);
      const answer = await new HttpCaller(running.server, caller.token).send(route.method, url, body);
      const type = String(answer.headers['content-type'] ?? '');
      expect([caller.name, fault(route, { ...answer, type })]).toEqual([caller.name, undefined]);
      const { access } = route.operation;
      const isAboutIt = route.client !== 'none' && (access.kind === 'client' || access.kind === 'clients');
      if (isAboutIt)
        expect([caller.name, answer.status]).toEqual([caller.name, expect.toBeOneOf([400, 401, 403, 404, 415])]);
    }
    if (route.method !== 'GET')
      expect(touched(before, await fingerprint(running.connection, ground.victim.clientAccountId))).toEqual([]);
  });
});

describe('ids of another client account in every integer of a body', () => {
  const written = routes.filter(([, route]) => route.body && route.method !== 'DELETE' && !route.consumes);

  test.each(written)('are refused, and nothing changes there: %s', async (_, route) => {
    const { own, victim } = ground;
    const caller = new HttpCaller(running.server, own.owner.token);
    for (let seed = 1; seed <= 1; seed++) {
      const make = () => validValue(new Random(seed), filled(route.body as Schema), 'body', { ids: own.ids });
      const places = integersIn(make());
      for (const [at, name] of places) {
        for (const id of idsLike(name, victim.ids)) {
          const body = make();
          Object.assign(objectsIn(body)[at]!, { [name]: id });
          // Each separately: a refusal is part of a successful response.
          if ('mode' in (body as object)) Object.assign(body as object, { mode: 'all' });
          const answer = await caller.send(route.method, pathOf(route, own.ids), body as object);
          const type = String(answer.headers['content-type'] ?? '');
          expect([name, id, fault(route, { ...answer, type })]).toEqual([name, id, undefined]);
          if (!OF_NO_ACCOUNT.has(name) && name in victim.ids && !CHOOSERS.includes(route.path))
            expect([name, id, answer.status, answer.text.slice(0, 300)]).toEqual([
              name,
              id,
              expect.toBeOneOf([400, 403, 404, 409, 422]),
              expect.anything(),
            ]);
        }
      }
    }
    expect(touched(before, await fingerprint(running.connection, victim.clientAccountId))).toEqual([]);
  });
});

/** The schema with every property present: an optional field must be attacked like any other. */
function filled(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, each]) => [name, filled(each)] as const);
  const typed = properties.filter(([, each]) => each.type ?? each.anyOf ?? each.enum ?? each.const);
  return {
    ...schema,
    ...(schema.properties ? { properties: Object.fromEntries(properties), required: typed.map(([name]) => name) } : {}),
    ...(schema.items ? { items: filled(schema.items), minItems: Math.max(1, schema.minItems ?? 0) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.filter(({ type }) => type !== 'null').map(filled) } : {}),
  };
}

/** Each whole number below a name: the object of the body, and the name. */
function integersIn(body: unknown): [at: number, name: string][] {
  return objectsIn(body).flatMap((object, at) =>
    Object.entries(object).flatMap(([name, value]): [number, string][] =>
      Number.isInteger(value) ? [[at, name]] : [],
    ),
  );
}

function idsLike(name: string, ids: Record<string, number[]>): number[] {
  const exact = ids[name];
  if (exact) return exact.slice(0, 1);
  return [ids.client_account_id![0]!, ids.business_partner_id![0]!];
}
