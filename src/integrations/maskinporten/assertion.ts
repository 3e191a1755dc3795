import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningKey } from './signing-key.ts';
import { type SystemUser, systemUserDetails } from './system-user.ts';

/** The parameters of a token request. */
export interface TokenQuestion {
  scopes: readonly string[];
  /** The customer on whose behalf; absent for a token of the vendor itself. */
  systemUser?: SystemUser;
  /** The API the token is for (its `aud`). Omitted if the API requires that. */
  resource?: string;
}

/** Maskinporten accepts at most 120 seconds; the rest allows for a clock difference of a few seconds. */
const LIFE_SECONDS = 110;

/**
 * A JWT bearer grant (RFC 7523, as Maskinporten profiles it): signed with RS256, usable once (`jti`).
 * `audience`: the issuer exactly as in its metadata. `now`: seconds.
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
