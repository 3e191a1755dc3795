import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import type { IdPortenEngine } from './engine.ts';
import type { Grant } from './grants.ts';

/** Pairwise: the same person is another subject at every client. */
function subjectOf({ client, login }: Grant): string {
  return createHash('sha256')
    .update(`${client.clientId} ${login.pid ?? login.sid}`)
    .digest('base64url');
}

/** The tokens of a grant, as in the token endpoint's response. */
export async function tokenAnswer(
  engine: IdPortenEngine,
  grant: Grant,
  { first }: { first: boolean },
): Promise<object> {
  const { client, scopes } = grant;
  const now = engine.now;
  const refresh = engine.grants.refreshTokenFor(grant, now);
  const life = client.lifetimes.access;
  const accessToken =
    client.tokenType === 'opaque' ? randomBytes(24).toString('base64url') : await accessJwt(engine, grant, life);
  engine.grants.noteAccessToken(accessToken, grant);
  engine.world.journal(`tokens for ${client.clientId}: ${scopes.join(' ')}`);
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: life,
    scope: scopes.join(' '),
    ...(refresh ? { refresh_token: refresh.token, refresh_expires_in: refresh.seconds } : {}),
    ...(first ? { id_token: await idToken(engine, grant, life) } : {}),
  };
}

function accessJwt(engine: IdPortenEngine, grant: Grant, life: number): Promise<string> {
  const { client, login, scopes } = grant;
  return new SignJWT({
    client_id: client.clientId,
    client_amr: 'private_key_jwt',
    consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${client.organizationNumber}` },
    scope: scopes.join(' '),
    ...(login.pid === null ? {} : { pid: login.pid }),
    acr: login.acr,
    token_type: 'Bearer',
  })
    .setProtectedHeader({ alg: 'RS256', kid: engine.keys.current.kid })
    .setIssuer(engine.issuer)
    .setSubject(subjectOf(grant))
    .setAudience('unspecified')
    .setIssuedAt(engine.now)
    .setExpirationTime(engine.now + life)
    .setJti(randomUUID())
    .sign(engine.keys.current.privateKey);
}

async function idToken(engine: IdPortenEngine, grant: Grant, life: number): Promise<string> {
  const { client, login, nonce } = grant;
  const wrong = engine.takeWrong();
  const claims: Record<string, unknown> = {
    iss: engine.issuer,
    sub: subjectOf(grant),
    aud: client.clientId,
    iat: engine.now,
    exp: engine.now + life,
    jti: randomUUID(),
    auth_time: login.at,
    nonce,
    acr: login.acr,
    amr: ['TestID'],
    locale: 'nb',
    ...(login.pid === null ? {} : { pid: login.pid }),
    ...(client.frontchannelSession && client.frontchannelLogoutUri ? { sid: login.sid } : {}),
    ...wrong.claims,
  };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const key = wrong.signature ? (await generateKeyPair('RS256')).privateKey : engine.keys.current.privateKey;
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: engine.keys.current.kid }).sign(key);
}
