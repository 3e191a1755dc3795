import type { KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import { certificateKey, type RegisteredClient } from './clients.ts';
import { Refused } from './refusal.ts';

/** Allowed difference of the clocks, in seconds. */
const LEEWAY = 10;
const LONGEST_LIFE = 120;

export interface CheckWorld {
  issuer: string;
  now: number;
  clients: ReadonlyMap<string, RegisteredClient>;
  /** Records a jti; false if it was used before. */
  use(jti: string, until: number): boolean;
}

export interface CheckedAssertion {
  client: RegisteredClient;
  claims: JWTPayload;
}

/** The checks of a grant, in the order in which Maskinporten answers them. Throws Refused. */
export async function checkAssertion(form: URLSearchParams, world: CheckWorld): Promise<CheckedAssertion> {
  const assertion = form.get('assertion') ?? '';
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || assertion === '')
    throw new Refused('invalid_request', 'MP-011', 'grant_type or assertion is missing or unknown');
  const { header, claims } = parse(assertion);
  if (!header.kid && !Array.isArray(header.x5c))
    throw new Refused('invalid_grant', 'MP-123', 'the header has neither kid nor an x5c array');
  const client = world.clients.get(String(claims.iss));
  if (!client) throw new Refused('invalid_grant', 'MP-100', 'client not found');
  if (claims.aud !== world.issuer) throw new Refused('invalid_grant', 'MP-110', `aud must be ${world.issuer}`);
  await checkSignature(assertion, keyOf(client, header, world.now), header);
  checkTimes(claims, world.now);
  if (typeof claims.jti !== 'string' || claims.jti === '')
    throw new Refused('invalid_grant', 'MP-012', 'jti is missing');
  if (!world.use(claims.jti, claims.exp! + LEEWAY)) throw new Refused('invalid_grant', 'MP-012', 'jti is already used');
  return { client, claims };
}

function parse(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    throw new Refused('invalid_request', 'MP-011', 'the assertion is no JWT');
  }
}

function keyOf(client: RegisteredClient, header: ProtectedHeaderParameters, now: number): KeyObject {
  const registered = header.kid ? client.keys.get(header.kid) : undefined;
  const key = header.kid ? registered?.publicKey : certificateKey(header.x5c);
  if (!key) throw new Refused('invalid_grant', 'MP-124', 'the key is not registered on the client');
  if (registered?.expires !== undefined && registered.expires <= now)
    throw new Refused('invalid_grant', 'MP-121', 'the registered key has expired');
  return key;
}

async function checkSignature(assertion: string, key: KeyObject, { alg }: ProtectedHeaderParameters): Promise<void> {
  if (!alg || !['RS256', 'RS384', 'RS512'].includes(alg))
    throw new Refused('invalid_grant', 'MP-124', 'alg must be RS256, RS384 or RS512');
  try {
    // Times are checked here, with our own texts.
    await jwtVerify(assertion, key, { algorithms: [alg], currentDate: new Date(0) });
  } catch {
    throw new Refused('invalid_grant', 'MP-124', 'the signature is invalid');
  }
}

function checkTimes({ iat, exp }: JWTPayload, now: number): void {
  if (typeof iat !== 'number' || typeof exp !== 'number')
    throw new Refused('invalid_request', 'MP-011', 'iat or exp is missing');
  if (iat > now + LEEWAY) throw new Refused('invalid_grant', null, 'JWT issue time is in the future');
  if (exp <= now) throw new Refused('invalid_grant', 'MP-130', 'the assertion has expired');
  if (exp - iat > LONGEST_LIFE)
    throw new Refused('invalid_request', 'MP-011', 'exp is more than 120 seconds after iat');
}
