import { createHash } from 'node:crypto';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { hasAltinnScope } from '../id-porten/connection-scopes.ts';
import { userToken } from '../id-porten/user-token.ts';
import { type Token, TokenCache, usableUntil } from '../maskinporten/token-cache.ts';
import { type Altinn, TokenRefused } from './altinn.ts';
import { SERVICE } from './altinn-problem.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    altinn: Altinn;
  }
}

/** The Altinn platform's client. Throws outbound.not_configured (503). */
export function altinnOf({ outside }: Platform): Altinn {
  if (!outside?.altinn) throw outboundErrors.not_configured({ service: SERVICE });
  return outside.altinn;
}

/** Cached by the ID-porten token they were exchanged for: a new session never uses an old one's token. */
const caches = new WeakMap<Altinn, TokenCache>();

/**
 * Altinn's token for a user, in exchange for the user's ID-porten token; null if the user is not connected to Altinn,
 * or no longer. Calls parties, so never use it inside a transaction. `scopes`: without each of these there is no token.
 * `refused`: Altinn refused this token; both are fetched again. Throws like `userToken`, and the outbound errors of
 * Altinn.
 */
export async function altinnUserToken(
  platform: Platform,
  userId: number,
  { scopes = [], refused }: { scopes?: readonly string[]; refused?: string } = {},
): Promise<{ token: string } | null> {
  const altinn = altinnOf(platform);
  const cache = caches.get(altinn) ?? new TokenCache();
  caches.set(altinn, cache);
  let old: string | undefined;
  for (let attempt = 1; attempt <= 2; attempt++) {
    const own = await userToken(platform, userId, { scopes, ...(old === undefined ? {} : { refused: old }) });
    if (!own || !hasAltinnScope(own.scopes)) return null;
    const now = platform.clock.now().getTime();
    const key = createHash('sha256').update(own.accessToken).digest('base64');
    try {
      const token = await cache.get(key, now, () => exchanged(altinn, own.accessToken, now));
      if (token !== refused) return { token };
      cache.drop(token);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      if (error.status === 403) return null;
    }
    old = own.accessToken;
  }
  return null;
}

async function exchanged(altinn: Altinn, accessToken: string, now: number): Promise<Token> {
  const { value, claims } = await altinn.exchange(accessToken);
  return { value, until: usableUntil(now, Math.max(0, claims.exp! - now / 1000)) };
}
