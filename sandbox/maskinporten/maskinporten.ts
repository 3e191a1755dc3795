import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { checkAssertion, type CheckedAssertion } from './assertion-check.ts';
import { checkAuthorizationDetails } from './authorization-details.ts';
import { readClient, type RegisteredClient } from './clients.ts';
import { Refused } from './refusal.ts';
import { SigningKeys } from './signing-keys.ts';

/** Maskinporten: metadata, JWKS and the token endpoint with its checks. Tokens live 119 seconds unless set otherwise. */
export async function maskinporten({ clock, address, journal, act }: StandInWorld): Promise<StandIn> {
  const issuer = `${address}/`;
  const clients = new Map<string, RegisteredClient>();
  const keys = await SigningKeys.make();
  const used = new Map<string, number>();
  let lifeSeconds = 119;

  function use(jti: string, until: number): boolean {
    for (const [old, end] of used) if (end < clock.seconds()) used.delete(old);
    if (used.has(jti)) {
      journal(`replayed jti ${jti}`);
      return false;
    }
    used.set(jti, until);
    return true;
  }

  async function token(request: StandInRequest): Promise<StandInAnswer> {
    const world = { issuer, now: clock.seconds(), clients, use };
    const checked = await checkAssertion(new URLSearchParams(request.body), world);
    const scopes = checkScopes(checked);
    const { clientId } = checked.client;
    const details = await checkAuthorizationDetails(
      checked.claims.authorization_details,
      async (organizationNumber, externalRef) => {
        const found = await act('altinn', 'systemUser', { clientId, organizationNumber, externalRef });
        return found as { id: string; systemId: string } | null;
      },
    );
    journal(`token for ${details ? JSON.stringify(checked.claims.authorization_details) : 'the client itself'}`);
    const { kid, privateKey } = keys.current;
    const scope = scopes.join(' ');
    const accessToken = await new SignJWT({
      scope,
      client_id: checked.client.clientId,
      client_amr: 'private_key_jwt',
      token_type: 'Bearer',
      consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${checked.client.organizationNumber}` },
      ...(details ? { authorization_details: details } : {}),
    })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setAudience(audienceOf(checked.claims.resource))
      .setIssuedAt(clock.seconds())
      .setExpirationTime(clock.seconds() + lifeSeconds)
      .setJti(randomUUID())
      .sign(privateKey);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { access_token: accessToken, token_type: 'Bearer', expires_in: lifeSeconds, scope },
    };
  }

  return {
    async answer(request) {
      switch (`${request.method} ${request.path}`) {
        case 'GET /.well-known/oauth-authorization-server':
          return {
            status: 200,
            body: {
              issuer,
              token_endpoint: `${address}/token`,
              jwks_uri: `${address}/jwk`,
              token_endpoint_auth_methods_supported: ['private_key_jwt'],
              grant_types_supported: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
              token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'],
              authorization_details_types_supported: ['urn:altinn:systemuser'],
            },
          };
        case 'GET /jwk':
          return { status: 200, body: keys.jwks };
        case 'POST /token':
          try {
            return await token(request);
          } catch (error) {
            if (error instanceof Refused) return error.answer();
            throw error;
          }
        default:
          return { status: 404, body: { error: 'not_found' } };
      }
    },
    error: (status) => ({
      status,
      body: {
        error: status >= 500 ? 'server_error' : status === 403 ? 'forbidden' : 'invalid_client',
        error_description: `status ${status}`,
      },
    }),
    actions: {
      register(input) {
        const client = readClient(input);
        clients.set(client.clientId, client);
      },
      rotate: ({ keepOld = false }) => keys.rotate({ keepOld: keepOld === true }),
      life({ seconds }) {
        if (typeof seconds !== 'number' || seconds < 1) throw new Error('seconds: a number from 1 expected');
        lifeSeconds = seconds;
      },
    },
  };
}

function checkScopes({ client, claims }: CheckedAssertion): string[] {
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : [];
  if (scopes.length === 0) throw new Refused('invalid_scope', 'MP-200', 'scope is missing');
  for (const scope of scopes) {
    if (!client.scopes.includes(scope))
      throw new Refused('invalid_scope', 'MP-200', `the client does not have ${scope}`);
    if (client.notGranted.includes(scope))
      throw new Refused('forbidden', 'MP-250', `the organisation is not granted ${scope}`, 403);
  }
  if (claims.consumer_org === client.organizationNumber)
    throw new Refused('invalid_request', null, 'consumer_org is the client itself');
  if (claims.consumer_org !== undefined) throw new Refused('forbidden', 'MP-251', 'no delegation to the supplier', 403);
  return scopes;
}

function audienceOf(resource: unknown): string | string[] {
  if (typeof resource === 'string') return resource;
  return Array.isArray(resource) ? (resource as string[]) : 'unspecified';
}
