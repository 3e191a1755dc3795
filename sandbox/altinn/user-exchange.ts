import { SignJWT } from 'jose';
import { bearerClaims } from '../bearer.ts';
import type { SigningKeys } from '../maskinporten/signing-keys.ts';
import { personOf } from '../persons.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

const LEVELS: Record<string, number> = { 'idporten-loa-substantial': 3, 'idporten-loa-high': 4 };

/** Exchanges a token of ID-porten for one of Altinn, which expires with it. */
export async function exchangeUserToken(
  request: StandInRequest,
  world: StandInWorld,
  { keys, issuer, quoted }: { keys: SigningKeys; issuer: string; quoted: boolean },
): Promise<StandInAnswer> {
  const claims = await bearerClaims(request, world, ['idporten']);
  const person = typeof claims?.pid === 'string' ? personOf(claims.pid) : undefined;
  if (!claims || !person || typeof claims.acr !== 'string') return { status: 401 };
  const scopes = String(claims.scope).split(' ');
  if (!scopes.some((scope) => scope.startsWith('altinn:') || scope.startsWith('skatteetaten:'))) return { status: 403 };
  const { aud: _, at_hash: __, sub: ___, iss: originalIssuer, exp, ...rest } = claims;
  const userId = Number(person.pid.slice(0, 7));
  const token = await new SignJWT({
    ...rest,
    originaliss: originalIssuer,
    nameid: String(userId),
    'urn:altinn:userid': userId,
    'urn:altinn:username': '',
    'urn:altinn:partyid': 50_000_000 + Number(person.pid.slice(-6)),
    'urn:altinn:party:uuid': `00000000-0000-4000-8000-0${person.pid}`,
    'urn:altinn:authenticatemethod': 'IdportenTestId',
    'urn:altinn:authlevel': LEVELS[claims.acr] ?? 0,
  })
    .setProtectedHeader({ alg: 'RS256', kid: keys.current.kid })
    .setIssuer(issuer)
    .setExpirationTime(exp!)
    .sign(keys.current.privateKey);
  world.journal('token exchanged for a user');
  return quoted
    ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(token) }
    : { status: 200, body: token };
}
