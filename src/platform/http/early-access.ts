import type { FastifyRequest } from 'fastify';
import sql, { raw } from 'sql-template-tag';
import { clientAccountOf as clientAccountOfRecord } from '../../kernel/ids.ts';
import type { Caller } from '../caller.ts';
import { AppError, requestErrors } from '../errors.ts';
import { type Access, type Call, decideAccess, type Platform } from '../operation.ts';
import type { Route } from './route.ts';

/** Identifies the sender of a request; `anew`: from the database, without the cache. */
export type Authenticate = (request: FastifyRequest, options?: { anew: boolean }) => Promise<Caller | null>;

interface Deciding {
  platform: Platform;
  route: Route;
  authenticate: Authenticate;
}

/**
 * Refuses a request as early as possible: called before its body is read, and again afterwards if the body names the
 * client account. An unknown client account is 404; a known one without access is 403.
 */
export async function decideEarly(deciding: Deciding, request: FastifyRequest): Promise<void> {
  const { platform, route, authenticate } = deciding;
  const { access } = route.operation;
  const caller = requireScope(route, request);
  if (access.kind === 'public' || access.kind === 'user' || !caller) return;
  const clientAccountId = clientAccountOf(route, request);
  if (clientAccountId === null || isAllowed(access, { caller, clientAccountId })) return;
  // The cache never causes a refusal: another node may have opened the client account or granted the role.
  request.caller = await authenticate(request, { anew: true });
  const known = requireScope(route, request)!;
  if (!known.roles.has(clientAccountId)) await requireExisting(platform, route, request, clientAccountId);
  decideAccess(access, { caller: known, clientAccountId });
}

function isAllowed(access: Access, call: Call): boolean {
  try {
    decideAccess(access, call);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** Checks that do not need the client account. Returns the caller, or null for a public endpoint. */
function requireScope(route: Route, { caller }: FastifyRequest): Caller | null {
  const { access } = route.operation;
  if (access.kind === 'public') return null;
  if (!caller) throw requestErrors.unauthenticated();
  if (!caller.scopes.has(access.scope)) throw requestErrors.scope_missing({ scope: access.scope });
  return caller;
}

/** 404 if the client account, or the record in it, does not exist. It discloses nothing else. */
async function requireExisting(
  { database }: Platform,
  route: Route,
  request: FastifyRequest,
  clientAccountId: number,
): Promise<void> {
  const id = recordOf(route, request);
  const refusal = await database.transaction(
    { clientAccounts: [clientAccountId], mode: 'read' },
    async (tx): Promise<AppError | null> => {
      if (!(await tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`)))
        return requestErrors.not_found(id === undefined ? { what: 'Client account' } : { what: 'Record', id });
      if (id === undefined) return null;
      for (const table of [route.recordIn ?? []].flat())
        if (
          await tx.maybe(sql`select 1 from ${raw(table)} where client_account_id = ${clientAccountId} and id = ${id}`)
        )
          return null;
      return requestErrors.not_found({ what: 'Record', id });
    },
  );
  if (refusal) throw refusal;
}

/** The record that a request names by its id, as written in the request. */
function recordOf({ client, queryRecord }: Route, { params, query }: FastifyRequest): string | undefined {
  if (client === 'record') return (params as { id?: string }).id;
  const named = queryRecord === undefined ? undefined : (query as Record<string, unknown>)[queryRecord];
  return typeof named === 'string' ? named : undefined;
}

const ID = /^[1-9]\d{0,15}$/;

/** The client account that a request names, or null if it names none or an impossible one. */
export function clientAccountOf(route: Route, request: FastifyRequest): number | null {
  const params = request.params as Record<string, unknown>;
  const record = recordOf(route, request);
  const named = {
    none: () => undefined,
    record: () => record,
    path: () => params.client_account_id,
    query: () => record ?? (request.query as Record<string, unknown>).client_account_id,
    body: () => (request.body as Record<string, unknown> | null | undefined)?.client_account_id,
  }[route.client]();
  const id = typeof named === 'number' ? named : typeof named === 'string' && ID.test(named) ? Number(named) : null;
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  return record === undefined ? id : clientAccountOfRecord(id);
}
