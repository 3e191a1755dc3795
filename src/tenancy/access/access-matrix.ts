import { assert } from '../../kernel/assert.ts';
import { type Role, ROLES, type Scope, SCOPES } from '../../platform/caller.ts';
import type { Route } from '../../platform/http/route.ts';
import { API_PREFIX } from '../../platform/http/api-prefix.ts';

/** What each kind of caller may do at one endpoint, according to its declaration. */
export interface AccessRow {
  method: string;
  path: string;
  kind: 'client' | 'clients' | 'user' | 'public';
  scope: Scope | null;
  /**
   * With the scope, in a client account where the caller has this role. Null if the endpoint is not about a client
   * account.
   */
  roles: Record<Role, boolean> | null;
}

const KINDS = {
  client: 'one client account',
  clients: 'all client accounts with the role, or one of them',
  user: 'signed in; the operation itself decides about records',
  public: 'anybody',
} as const;

/**
 * The matrix of all endpoints, sorted by path. Throws where a declaration could not be enforced: no or unknown roles or
 * scope, an endpoint about a client account that does not say where the request names it, two with one address.
 */
export function accessMatrix(routes: readonly Route[]): AccessRow[] {
  const rows = routes.map(rowOf);
  const addresses = rows.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
  const twice = addresses.find((address, i) => addresses.indexOf(address) !== i);
  assert(twice === undefined, `declared twice: ${twice}`);
  return rows.toSorted((a, b) => (a.path === b.path ? order(a.method, b.method) : order(a.path, b.path)));
}

function rowOf(route: Route): AccessRow {
  const path = (route.prefix ?? API_PREFIX) + route.path;
  const { access } = route.operation;
  const here = `${route.method} ${path}`;
  assert(access && access.kind in KINDS, `${here} declares no access`);
  if (access.kind === 'public') return { method: route.method, path, kind: 'public', scope: null, roles: null };
  assert(SCOPES.includes(access.scope), `${here} declares no scope`);
  const reads = route.method === 'GET';
  assert(reads === access.scope.startsWith('read:') || !reads, `${here} reads under ${access.scope}`);
  if (access.kind === 'user') return { method: route.method, path, kind: 'user', scope: access.scope, roles: null };
  assert(access.roles.length > 0 && access.roles.every((role) => ROLES.includes(role)), `${here} declares no roles`);
  assert(access.kind === 'clients' || route.client !== 'none', `${here} does not say which client account it is about`);
  const needed = { path: '{client_account_id}', record: '{id}', query: '', body: '', none: '' }[route.client];
  assert(path.includes(needed), `${here} has no ${needed}`);
  const roles = Object.fromEntries(ROLES.map((role) => [role, access.roles.includes(role)])) as Record<Role, boolean>;
  return { method: route.method, path, kind: access.kind, scope: access.scope, roles };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const HEAD = `# Access matrix

Generated from the declared routes (\`src/tenancy/access/access-matrix.ts\`) and executed as \`test/access-matrix.test.ts\`. To
bring it up to date: \`npx vitest run test/access-matrix.test.ts -u\`.

- No, unknown, expired or revoked credentials: 401, everywhere but at public endpoints.
- Credentials without the scope: 403.
- A client account in which the caller has no role (foreign): 403, whether it exists or not.
- A role marked ✓ may, the others get 403. A caller may hold several: its own, and one through a contract.

Roles: AA accountant, CA client account owner, BK bookkeeper, US user, EM employee.

Through an approved contract, within its dates, people of an accounting firm act at its clients: AA as AA, BK as BK, CA
(the firm's owner) as AA, never as the client's owner. People of an auditing firm (AA, BK, CA) read as US. A firm's US and
EM get nothing at clients.

`;

/** The matrix as the page \`docs/access-matrix.md\`. */
export function renderAccessMatrix(rows: readonly AccessRow[]): string {
  const columns: Role[] = ['AA', 'CA', 'BK', 'US', 'EM'];
  const lines = [
    `| endpoint | about | scope | ${columns.join(' | ')} |`,
    `|---|---|---|${columns.map(() => ':-:').join('|')}|`,
    ...rows.map((row) => {
      const cells = columns.map((role) => (row.roles ? (row.roles[role] ? '✓' : '–') : ''));
      return `| \`${row.method} ${row.path}\` | ${KINDS[row.kind]} | ${row.scope ?? ''} | ${cells.join(' | ')} |`;
    }),
  ];
  return `${HEAD}${lines.join('\n')}\n`;
}
