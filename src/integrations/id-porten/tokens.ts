import { decodeJwt } from 'jose';
import type { TokenEndpointResponse } from 'openid-client';

/** The result of a login or a renewal. Times in milliseconds since the epoch. */
export interface Tokens {
  accessToken: string;
  accessEndsAt: number;
  refreshToken: string | null;
  /** Null: not stated, or no refresh token. */
  refreshEndsAt: number | null;
  idToken: string | null;
  /** As granted; null if not stated, which means as requested (RFC 6749 section 5.1). */
  scopes: string[] | null;
}

export function readTokens(answer: TokenEndpointResponse, now: number): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken, scope } = answer;
  const refreshLife = answer.refresh_expires_in;
  return {
    accessToken,
    accessEndsAt: now + lifeOf(answer, now) * 1000,
    refreshToken: refreshToken ?? null,
    refreshEndsAt: refreshToken && typeof refreshLife === 'number' && refreshLife > 0 ? now + refreshLife * 1000 : null,
    idToken: idToken ?? null,
    scopes: scope === undefined ? null : scope.split(' ').filter(Boolean),
  };
}

/** Seconds. If not stated, the token is valid for this one use. */
function lifeOf({ access_token: token, expires_in: life }: TokenEndpointResponse, now: number): number {
  if (life !== undefined) return life;
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? 0 : Math.max(0, exp - now / 1000);
  } catch {
    return 0;
  }
}
