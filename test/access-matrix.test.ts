import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../src/app.ts';
import { type Role, ROLES, type Scope, SCOPES } from '../src/platform/caller.ts';
import { type Route, route } from '../src/platform/http/route.ts';
import { API_PREFIX } from '../src/platform/http/api-prefix.ts';
import { type Access, readOperation } from '../src/platform/operation.ts';
import { accessMatrix, forgetCallers, renderAccessMatrix } from '../src/tenancy/index.ts';
import { Api } from './support/http/api.ts';
import { People } from './support/books/people.ts';
import { multipart, withFiles } from './support/http/upload.ts';

const people = new People();
const api = new Api(withFiles(people.platform), allRoutes);

/** Tokens of one person for each role: with all scopes, and with all but one. */
let own: number;
let foreign: number;
const tokens = {} as Record<Role, { all: string; without: Record<Scope, string>; userId: number }>;
beforeAll(async () => {
  for (const role of ROLES) {
    const { id: userId } = await people.user();
    const without = {} as Record<Scope, string>;
    for (const scope of SCOPES)
      without[scope] = await people.token(
        userId,
        SCOPES.filter((other) => other !== scope),
      );
    tokens[role] = { all: await people.token(userId), without, userId };
  }
  own = await ownClientAccount();
  foreign = await people.clientAccount((await people.user()).id);
});
afterAll(async () => {
  await api.close();
  await people.close();
});

it('docs/access-matrix.md is current', async () => {
  await expect(renderAccessMatrix(accessMatrix(allRoutes))).toMatchFileSnapshot('../docs/access-matrix.md');
});

/** A client account in which each of the five has its role. */
async function ownClientAccount(): Promise<number> {
  const id = await people.clientAccount(tokens.CA.userId, { isProvider: true });
  await people.platform.database.transaction({ clientAccounts: [id], mode: 'write' }, async (tx) => {
    for (const role of ROLES.filter((one) => one !== 'CA'))
      await tx.execute(sql`
        insert into client_account_users (client_account_id, user_id, role_id)
        values (${id}, ${tokens[role].userId}, (select id from roles where code = ${role}))`);
  });
  forgetCallers(people.platform.database);
  return id;
}

/** A record and a client account that do not exist. */
const NO_RECORD = 2 ** 31 - 1;
const NO_ACCOUNT = 2 ** 21;

function send(one: Route, token: string | undefined, clientAccountId: number) {
  const path = one.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'client_account_id') return String(clientAccountId);
    if (name === 'id') return String(one.client === 'record' ? clientAccountId * 2 ** 31 + NO_RECORD : NO_RECORD);
    return String(NO_RECORD);
  });
  const query = one.client === 'query' ? `?client_account_id=${clientAccountId}` : '';
  if (one.consumes?.includes('multipart/form-data')) {
    const { payload, headers } = multipart([{ name: 'client_account_id', value: String(clientAccountId) }]);
    return api.call(one.method, `${one.prefix ?? API_PREFIX}${path}${query}`, { token, body: payload, headers });
  }
  const body = one.client === 'body' ? { client_account_id: clientAccountId } : one.body ? {} : undefined;
  return api.call(one.method, `${one.prefix ?? API_PREFIX}${path}${query}`, { token, body });
}

const refusalText = ({ status, body }: { status: number; body: any }) => `${status} ${body?.details?.code}`;
const refusal = (answer: { status: number; body: any }) =>
  answer.status === 401 || answer.status === 403 ? refusalText(answer) : 'let in';

describe.each(allRoutes.map((one) => [`${one.method} ${one.prefix ?? API_PREFIX}${one.path}`, one] as const))(
  '%s',
  (_, one) => {
    const access: Access = one.operation.access;

    it('answers each kind of caller as declared', async () => {
      const found: Record<string, string> = {};
      const expected: Record<string, string> = {};
      const ask = async (caller: string, token: string | undefined, at: number, answer: string) => {
        found[caller] = refusal(await send(one, token, at));
        expected[caller] = answer;
      };
      if (access.kind === 'public') {
        const { status, body } = await send(one, undefined, own);
        expect([403, 500]).not.toContain(status);
        if (status === 401) expect(body.details.code).not.toBe('request.unauthenticated');
        return;
      }
      await ask('nobody', undefined, own, '401 request.unauthenticated');
      await ask('unknown token', 'hb_unknown', own, '401 request.unauthenticated');
      const named = one.client !== 'none';
      for (const role of ROLES) {
        const { all, without } = tokens[role];
        await ask(`${role} without ${access.scope}`, without[access.scope], own, '403 request.scope_missing');
        if (access.kind === 'user' || !named) continue;
        // A record that does not exist gives 404, also if the caller has no access.
        const isAbsent = one.client === 'record';
        found[`${role}, foreign`] = refusalText(await send(one, all, foreign));
        expected[`${role}, foreign`] = isAbsent ? '404 request.not_found' : '403 request.no_access';
        found[`${role}, unknown`] = refusalText(await send(one, all, NO_ACCOUNT));
        expected[`${role}, unknown`] = '404 request.not_found';
      }
      if (access.kind !== 'user' && named)
        for (const role of ROLES) {
          const place = one.client === 'path' && one.method === 'DELETE' ? await ownClientAccount() : own;
          await ask(
            `${role}, own`,
            tokens[role].all,
            place,
            allows(access, role) ? 'let in' : '403 request.role_missing',
          );
        }
      expect(found).toEqual(expected);
      if (access.kind === 'user' || !named) {
        const inside = await send(one, tokens.CA.all, own);
        expect(inside.status).not.toBe(401);
        // No external party is connected here.
        if (refusalText(inside) !== '503 outbound.not_configured') expect(inside.status).toBeLessThan(500);
        expect(inside.body?.details?.code).not.toBe('request.scope_missing');
      }
    });
  },
);

it('a record that exists without access is 403, whatever is asked of it', async () => {
  const made = await api
    .as(tokens.AA.all)
    .post('/departments', { client_account_id: own, name: 'Avdeling for den som ikke har tilgang' });
  expect(made.status).toBe(201);
  const outsider = await people.token((await people.user()).id);
  for (const method of ['get', 'put', 'delete'] as const) {
    const answer = await api.as(outsider)[method](`/departments/${made.body.id}`, method === 'put' ? {} : undefined);
    expect(refusalText(answer)).toBe('403 request.no_access');
  }
});

it('every route on a record says in which table it is', async () => {
  const tables = await people.platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ table_name: string }>(sql`
      select table_name from information_schema.columns where table_schema = 'public' and column_name = 'id'
      intersect
      select table_name from information_schema.columns
      where table_schema = 'public' and column_name = 'client_account_id'`),
  );
  const known = new Set(tables.map((row) => row.table_name));
  const wrong = allRoutes
    .filter(({ client }) => client === 'record')
    .filter(({ recordIn }) => {
      const named = [recordIn ?? []].flat();
      return named.length === 0 || !named.every((table) => known.has(table));
    });
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

function allows(access: Access, role: Role): boolean {
  return 'roles' in access && access.roles.includes(role);
}

describe('a route without a rule', () => {
  const operation = readOperation({
    name: 'test.open',
    access: { kind: 'client', scope: 'read:accounting', roles: ['CA'] },
    run: async () => null,
  });
  const declared = route({
    method: 'GET',
    path: '/things/{id}',
    tag: 'Test',
    summary: 'Test',
    operation,
    client: 'record',
    input: () => undefined,
  });
  const withAccess = (access: unknown, more: object = {}) => [
    { ...declared, ...more, operation: { ...operation, access } } as Route,
  ];

  it('does not compile', () => {
    // @ts-expect-error an operation must say who may call it
    readOperation({ name: 'test.none', run: async () => null });
    // @ts-expect-error an operation on a client account must say which roles
    readOperation({ name: 'test.none', access: { kind: 'client', scope: 'read:accounting' }, run: async () => null });
    expect(accessMatrix([declared])).toHaveLength(1);
  });

  it.each<[string, Route[]]>([
    ['no access', withAccess(undefined)],
    ['an unknown kind', withAccess({ kind: 'all' })],
    ['no scope', withAccess({ kind: 'user' })],
    ['no roles', withAccess({ kind: 'client', scope: 'read:accounting', roles: [] })],
    ['an unknown role', withAccess({ kind: 'client', scope: 'read:accounting', roles: ['XX'] })],
    ['no client account', withAccess(operation.access, { client: 'none' })],
    ['a client account in the path that is not there', withAccess(operation.access, { client: 'path' })],
    ['the same address twice', [declared, { ...declared, path: '/things/{thing_id}{id}' }, declared]],
  ])('fails: %s', (_, routes) => {
    expect(() => accessMatrix(routes)).toThrow(/declares|does not say|has no|declared twice/);
  });
});
