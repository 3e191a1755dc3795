import { fastifyCookie } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { tenancyErrors } from '../errors.ts';
import { randomSecret, secretHash } from '../secret.ts';

const SESSION_HOURS = 12;

type Site = Pick<FastifyRequest, 'protocol' | 'host' | 'headers' | 'method'>;

/** `__Host-`: the browser itself refuses the cookie unless it is Secure and of exactly this host (RFC 6265bis 4.1.3.2). */
function cookieName(site: Site): string {
  return site.protocol === 'https' ? '__Host-hovedbok' : 'hovedbok';
}

/**
 * Starts a session and returns its secret, for the cookie. Deletes the user's expired sessions. The transaction must be
 * opened for the user.
 */
export async function openSession(tx: Transaction, userId: number, now: Date): Promise<string> {
  const secret = randomSecret();
  const expires = new Date(now.getTime() + SESSION_HOURS * 3_600_000);
  await tx.execute(sql`delete from sessions where user_id = ${userId} and expires_at <= ${now}`);
  await tx.execute(sql`
    insert into sessions (token_hash, user_id, created_at, expires_at)
    values (${secretHash(secret)}, ${userId}, ${now}, ${expires})`);
  return secret;
}

export async function closeSession(tx: Transaction, secret: string): Promise<void> {
  const hash = secretHash(secret);
  const found = await tx.maybe<{ user_id: number }>(sql`select user_id from sessions where token_hash = ${hash}`);
  if (!found) return;
  // The holder of the secret acts as its user.
  await tx.actFor(found.user_id);
  await tx.execute(sql`delete from sessions where token_hash = ${hash}`);
}

export function sessionSecretOf(site: Site): string | undefined {
  const header = site.headers.cookie;
  return (header && fastifyCookie.parse(header)[cookieName(site)]) || undefined;
}

/** The `Set-Cookie` header that sets a session, or with null clears it. */
export function sessionCookie(site: Site, secret: string | null): string {
  return fastifyCookie.serialize(cookieName(site), secret ?? '', {
    httpOnly: true,
    sameSite: 'lax',
    secure: site.protocol === 'https',
    path: '/',
    maxAge: secret === null ? 0 : SESSION_HOURS * 3600,
  });
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that another site made the browser send. Browsers send the origin of a request in Sec-Fetch-Site, or
 * at least in Origin on every request other than GET and HEAD; a sender without both is not a browser and must not use
 * a cookie.
 */
export function requireSameSite(site: Site): void {
  if (SAFE.has(site.method)) return;
  const fetchSite = site.headers['sec-fetch-site'];
  if (fetchSite !== undefined) {
    if (fetchSite === 'same-origin') return;
  } else if (site.headers.origin !== undefined && site.headers.origin === `${site.protocol}://${site.host}`) return;
  throw tenancyErrors.cross_site();
}
