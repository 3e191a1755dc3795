import type { FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import { type Caller, type Scope, SCOPES } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Platform } from '../../platform/operation.ts';
import { callerCacheOf } from './caller-cache.ts';
import { loadCaller } from './caller-load.ts';
import { secretHash } from '../secret.ts';
import { requireSameSite, sessionSecretOf } from '../sign-in/session.ts';

type Authenticate = (
  request: Pick<FastifyRequest, 'protocol' | 'host' | 'headers' | 'method'>,
  options?: {
    /**
     * Reads from the database instead of the cache: before a refusal, because another node may have granted the access.
     */
    anew?: boolean;
  },
) => Promise<Caller | null>;

interface Credentials {
  userId: number;
  scopes: readonly string[];
  expiresAt: Date | null;
  via: NonNullable<Caller['via']>;
}

/**
 * Identifies the sender of a request by a bearer token (personal access token or OAuth access token), or by the session
 * cookie. If there is an Authorization header, only that counts. Null where the credentials are missing, unknown,
 * expired or revoked. Throws `tenancy.cross_site` for a change with a cookie from another site.
 */
export function authenticate(platform: Platform): Authenticate {
  const cache = callerCacheOf(platform.database);
  return async (request, { anew = false } = {}) => {
    const presented = presentedBy(request);
    if (!presented) return null;
    const hash = secretHash(presented.secret);
    const now = platform.clock.now();
    const key = `${presented.kind} ${hash.toString('base64')}`;
    const known = anew ? undefined : cache.get(key, now);
    if (known) return known;
    const { generation } = cache;
    const found = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
      const credentials = presented.kind === 'cookie' ? await session(tx, hash, now) : await token(tx, hash, now);
      if (!credentials) return null;
      const caller = await loadCaller(tx, credentials.userId, knownScopes(credentials.scopes), now);
      return caller && { caller: { ...caller, via: credentials.via }, credentials };
    });
    if (!found) return null;
    cache.keep(key, found.caller, found.credentials.expiresAt, generation);
    if (found.credentials.via === 'access_token') await noteUse(platform, found.credentials.userId, hash, now);
    return found.caller;
  };
}

function presentedBy(request: Parameters<Authenticate>[0]): { kind: 'bearer' | 'cookie'; secret: string } | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const match = /^Bearer +([\w.~+/=-]{1,500})$/i.exec(authorization);
    return match ? { kind: 'bearer', secret: match[1]! } : null;
  }
  const secret = sessionSecretOf(request);
  if (!secret) return null;
  requireSameSite(request);
  return { kind: 'cookie', secret };
}

async function session(tx: Transaction, hash: Buffer, now: Date): Promise<Credentials | null> {
  const row = await tx.maybe<{ user_id: number; expires_at: Date }>(sql`
    select user_id, expires_at from sessions where token_hash = ${hash} and expires_at > ${now}`);
  return row ? { userId: row.user_id, scopes: SCOPES, expiresAt: row.expires_at, via: 'session' } : null;
}

async function token(tx: Transaction, hash: Buffer, now: Date): Promise<Credentials | null> {
  const personal = await tx.maybe<{ user_id: number; scopes: string[]; expires_at: Date | null }>(sql`
    select user_id, scopes, expires_at from access_tokens
    where token_hash = ${hash} and revoked_at is null and (expires_at is null or expires_at > ${now})`);
  if (personal)
    return {
      userId: personal.user_id,
      scopes: personal.scopes,
      expiresAt: personal.expires_at,
      via: 'access_token',
    };
  // A token obtained by a program's own credentials acts as the user who created the program.
  const delegated = await tx.maybe<{ user_id: number | null; scope: string | null; expires_at: Date }>(sql`
    select case t.kind when 'AccessToken' then (t.payload ->> 'accountId')::bigint else c.user_id end as user_id,
      coalesce(t.payload ->> 'scope', case t.kind when 'ClientCredentials' then c.metadata ->> 'scope' end) as scope,
      t.expires_at
    from oauth_records t
    join oauth_clients c on c.client_id = t.payload ->> 'clientId'
    where t.kind in ('AccessToken', 'ClientCredentials') and t.id_hash = ${hash} and t.expires_at > ${now}`);
  if (!delegated || delegated.user_id === null) return null;
  return {
    userId: delegated.user_id,
    scopes: (delegated.scope ?? '').split(' '),
    expiresAt: delegated.expires_at,
    via: 'oauth',
  };
}

function knownScopes(scopes: readonly string[]): Set<Scope> {
  return new Set(SCOPES.filter((scope) => scopes.includes(scope)));
}

/** Rounded to five minutes: precise enough to find unused tokens, without a write per request. */
async function noteUse(platform: Platform, userId: number, hash: Buffer, now: Date): Promise<void> {
  const before = new Date(now.getTime() - 300_000);
  await platform.database.transaction({ clientAccounts: [], mode: 'write', userId }, (tx) =>
    tx.execute(sql`
      update access_tokens set last_used_at = ${now}
      where token_hash = ${hash} and (last_used_at is null or last_used_at < ${before})`),
  );
}
