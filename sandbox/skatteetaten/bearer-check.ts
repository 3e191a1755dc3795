import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { isSynthetic } from '../organizations.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { commonError } from './refusal.ts';

const SCOPE = 'skatteetaten:formueinntekt/skattemelding/eiendom';
/** Organisations whose system user does not have the right to the tax return. */
const WITHOUT_RIGHT = new Set(['310904473']);

/**
 * The organisation that the token belongs to, or the response that refuses it. Verified against Maskinporten's current
 * keys.
 */
export async function checkBearer(
  request: StandInRequest,
  { clock, addressOf }: StandInWorld,
): Promise<{ organizationNumber: string } | { refused: StandInAnswer }> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return { refused: commonError(401) };
  const maskinporten = addressOf('maskinporten');
  let claims: JWTPayload;
  try {
    const keys = (await (await fetch(`${maskinporten}/jwk`)).json()) as JSONWebKeySet;
    const options = { issuer: `${maskinporten}/`, algorithms: ['RS256'], currentDate: clock.now() };
    claims = (await jwtVerify(token, createLocalJWKSet(keys), options)).payload;
  } catch {
    return { refused: commonError(401) };
  }
  // A token for a named API is refused: the claim must be absent from the assertion.
  if (claims.aud !== 'unspecified' || !String(claims.scope).split(' ').includes(SCOPE))
    return { refused: commonError(401) };
  const [details] = (claims.authorization_details ?? []) as { systemuser_org?: { ID?: string } }[];
  const organizationNumber = /^0192:(\d{9})$/.exec(details?.systemuser_org?.ID ?? '')?.[1];
  if (!organizationNumber || !isSynthetic(organizationNumber) || WITHOUT_RIGHT.has(organizationNumber))
    return { refused: commonError(403) };
  return { organizationNumber };
}
