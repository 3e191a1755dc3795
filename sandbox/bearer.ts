import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { StandInRequest, StandInWorld } from './stand-in.ts';

/** The address of each token issuer's keys, below its own address, and its name. */
const ISSUERS = {
  maskinporten: { issuer: '/', keys: '/jwk' },
  idporten: { issuer: '', keys: '/jwks.json' },
  altinn: {
    issuer: '/authentication/api/v1/openid/',
    keys: '/authentication/api/v1/openid/.well-known/openid-configuration/jwks',
  },
} as const;

export type Issuer = keyof typeof ISSUERS;

/** The claims of the request's token, verified against its issuer's current keys; null if it is invalid. */
export async function bearerClaims(
  { headers }: Pick<StandInRequest, 'headers'>,
  { clock, addressOf }: Pick<StandInWorld, 'clock' | 'addressOf'>,
  issuers: readonly Issuer[],
): Promise<JWTPayload | null> {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (!token) return null;
  try {
    const named = decodeJwt(token).iss;
    const found = issuers.find((one) => named === addressOf(one) + ISSUERS[one].issuer);
    if (!found) return null;
    const keys = (await (await fetch(addressOf(found) + ISSUERS[found].keys)).json()) as JSONWebKeySet;
    const options = { issuer: named!, algorithms: ['RS256'], currentDate: clock.now() };
    return (await jwtVerify(token, createLocalJWKSet(keys), options)).payload;
  } catch {
    return null;
  }
}

export function hasScope({ scope }: JWTPayload, wanted: string): boolean {
  return typeof scope === 'string' && scope.split(' ').includes(wanted);
}

/** The organisation of `consumer`: the owner of the client that requested the token. */
export function consumerOf({ consumer }: JWTPayload): string | null {
  return organizationIn(consumer);
}

/** The customer of a system user's token; null for a token of the vendor itself. */
export function customerOf({ authorization_details: details }: JWTPayload): string | null {
  const [one] = Array.isArray(details) ? (details as { systemuser_org?: unknown }[]) : [];
  return organizationIn(one?.systemuser_org);
}

function organizationIn(actor: unknown): string | null {
  const id = typeof actor === 'object' && actor !== null && 'ID' in actor ? actor.ID : undefined;
  return /^0192:(\d{9})$/.exec(String(id))?.[1] ?? null;
}
