import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { IdPortenClient } from './clients.ts';
import { OAuthRefused } from './refusal.ts';

const BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_LIFE = 120;
const LEEWAY = 10;

export interface ClientWorld {
  issuer: string;
  now: number;
  clients: ReadonlyMap<string, IdPortenClient>;
  /** Notes a jti; false when it was used before. */
  use(jti: string, until: number): boolean;
}

/** Authenticates the client of a form by private_key_jwt (RFC 7523 section 3), as it is registered. Throws OAuthRefused. */
export async function checkClient(form: URLSearchParams, world: ClientWorld): Promise<IdPortenClient> {
  const refuse = (why: string) => new OAuthRefused('invalid_client', why);
  if (form.has('client_secret')) throw refuse('the client is registered for private_key_jwt');
  const assertion = form.get('client_assertion') ?? '';
  if (form.get('client_assertion_type') !== BEARER || assertion === '') throw refuse('client assertion is missing');
  const client = world.clients.get(form.get('client_id') ?? '');
  if (!client) throw refuse('client_id is missing or unknown');
  let claims: JWTPayload;
  try {
    const { kid, alg } = decodeProtectedHeader(assertion);
    const key = client.keys.get(kid ?? '');
    if (!key) throw refuse('the key is not registered on the client');
    if (key.expires !== undefined && key.expires <= world.now) throw refuse('the key has expired');
    if (!alg || !['RS256', 'RS384', 'RS512'].includes(alg)) throw refuse('alg must be RS256, RS384 or RS512');
    await compactVerify(assertion, key.publicKey, { algorithms: [alg] });
    claims = decodeJwt(assertion);
  } catch (error) {
    throw error instanceof OAuthRefused ? error : refuse('the signature is invalid');
  }
  const { iss, sub, aud, exp, iat, jti } = claims;
  if (iss !== client.clientId || sub !== client.clientId) throw refuse('iss and sub must be the client');
  if (![aud].flat().some((one) => one === world.issuer || one === `${world.issuer}/token`)) throw refuse('wrong aud');
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp - iat > LONGEST_LIFE)
    throw refuse('exp must be at most 120 seconds after iat');
  if (exp <= world.now - LEEWAY || iat > world.now + LEEWAY) throw refuse('the assertion is not valid now');
  if (typeof jti !== 'string' || jti === '' || !world.use(jti, exp + LEEWAY)) throw refuse('jti is missing or used');
  return client;
}
