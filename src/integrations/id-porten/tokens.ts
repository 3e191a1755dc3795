import { decodeJwt } from 'jose';
import type { TokenEndpointResponse } from 'openid-client';

/** What a login or a renewal brought. Times in milliseconds since the epoch. */
export interface Tokens {
  accessToken: string;
  accessEndsAt: number;
  refreshToken: string | null;
  /** Null: not said, or no refresh token. */
  refreshEndsAt: number | null;
  idToken: string | null;
  /** As granted; null where it was not said, which means as asked for (RFC 6749 section 5.1). */
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

/** Seconds. Where nothing tells it, the token is good for this one use. */
function lifeOf({ access_token: token, expires_in: life }: TokenEndpointResponse, now: number): number {
  if (life !== undefined) return life;
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? 0 : Math.max(0, exp - now / 1000);
  } catch {
    return 0;
  }
}
