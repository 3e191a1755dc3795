import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningKey } from './signing-key.ts';
import { type SystemUser, systemUserDetails } from './system-user.ts';

/** What a token is asked for. */
export interface TokenQuestion {
  scopes: readonly string[];
  /** The customer on whose behalf; absent for a token of our own. */
  systemUser?: SystemUser;
  /** The API the token is for (its `aud`). Left out where the API wants it left out. */
  resource?: string;
}

/** Maskinporten takes at most 120 seconds, and a few seconds of the clocks' difference. */
const LIFE_SECONDS = 110;

/**
 * A JWT bearer grant (RFC 7523, as Maskinporten profiles it): signed with RS256, usable once (`jti`).
 * `audience`: the issuer exactly as its metadata has it. `now`: seconds.
 */
export function signAssertion(
  question: TokenQuestion,
  { key, clientId, audience, now }: { key: SigningKey; clientId: string; audience: string; now: number },
): Promise<string> {
  return new SignJWT({
    scope: question.scopes.join(' '),
    ...(question.resource ? { resource: question.resource } : {}),
    ...(question.systemUser ? { authorization_details: systemUserDetails(question.systemUser) } : {}),
  })
    .setProtectedHeader({ alg: 'RS256', ...(key.kid ? { kid: key.kid } : { x5c: key.x5c ?? [] }) })
    .setAudience(audience)
    .setIssuer(clientId)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .setJti(randomUUID())
    .sign(key.privateKey);
}
