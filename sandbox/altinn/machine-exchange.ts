import { SignJWT } from 'jose';
import { bearerClaims, consumerOf } from '../bearer.ts';
import type { SigningKeys } from '../maskinporten/signing-keys.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

const LIFE_SECONDS = 1800;

/**
 * Exchanges a token of Maskinporten for one of Altinn, valid for half an hour whatever the remaining life of the first.
 */
export async function exchangeMachineToken(
  request: StandInRequest,
  world: StandInWorld,
  { keys, issuer, quoted }: { keys: SigningKeys; issuer: string; quoted: boolean },
): Promise<StandInAnswer> {
  if (request.headers['x-altinn-enterpriseuser-authentication'] !== undefined) return { status: 410 };
  const claims = await bearerClaims(request, world, ['maskinporten']);
  const organizationNumber = claims && consumerOf(claims);
  if (!claims || !organizationNumber) return { status: 401 };
  const { scope, client_id, consumer, authorization_details: details } = claims;
  const now = world.clock.seconds();
  const token = await new SignJWT({
    scope,
    client_id,
    consumer,
    ...(details ? { authorization_details: details } : {}),
    'urn:altinn:orgNumber': organizationNumber,
    'urn:altinn:authenticatemethod': 'maskinporten',
    'urn:altinn:authlevel': 3,
  })
    .setProtectedHeader({ alg: 'RS256', kid: keys.current.kid })
    .setIssuer(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .sign(keys.current.privateKey);
  world.journal(`token exchanged for ${details ? 'a system user' : 'the vendor'}`);
  return quoted
    ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(token) }
    : { status: 200, body: token };
}
