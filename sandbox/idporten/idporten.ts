import { createLocalJWKSet, jwtVerify } from 'jose';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { addresseeOf, readAuthorization } from './authorization.ts';
import { checkClient } from './client-check.ts';
import { readIdPortenClient } from './clients.ts';
import { IdPortenEngine, type Wrong } from './engine.ts';
import { OAuthRefused } from './refusal.ts';
import { tokenAnswer } from './token-answer.ts';

/** ID-porten's issuer: metadata, keys, pushed requests, tokens, revocation. Its login pages stand on another host. */
export async function idporten(world: StandInWorld): Promise<StandIn> {
  const engine = await IdPortenEngine.make(world);
  let pushedStatus = 201;

  async function push(form: URLSearchParams): Promise<StandInAnswer> {
    const client = await checkClient(form, engine);
    if (form.has('request_uri')) throw new OAuthRefused('invalid_request', 'request_uri is not accepted here');
    const addressee = addresseeOf(form, engine.clients);
    if (!addressee) throw new OAuthRefused('invalid_request', 'redirect_uri is not registered');
    world.journal(
      `pushed request of ${client.clientId} with ${[...form.keys()]
        .filter((name) => !name.startsWith('client_'))
        .sort()
        .join(' ')}`,
    );
    return { status: pushedStatus, body: engine.push(readAuthorization(form, addressee)) };
  }

  async function token(form: URLSearchParams): Promise<StandInAnswer> {
    const client = await checkClient(form, engine);
    const grantType = form.get('grant_type') ?? '';
    if (!client.grantTypes.includes(grantType)) throw new OAuthRefused('unsupported_grant_type', 'not registered');
    const first = grantType === 'authorization_code';
    const grant = first
      ? engine.grants.redeem(form, client, engine.now)
      : engine.grants.renew(form, client, engine.now);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: await tokenAnswer(engine, grant, { first }),
    };
  }

  /** RFC 7009: 200 for what is unknown, too. Revoking kills the whole grant. */
  async function revoke(form: URLSearchParams): Promise<StandInAnswer> {
    const client = await checkClient(form, engine);
    const grant = engine.grants.find(form.get('token') ?? '');
    if (grant?.client.clientId === client.clientId) {
      grant.revoked = true;
      world.journal(`revoked ${grant.scopes.join(' ')}`);
    }
    return { status: 200 };
  }

  async function introspect(form: URLSearchParams): Promise<StandInAnswer> {
    await checkClient(form, engine);
    const grant = engine.grants.find(form.get('token') ?? '');
    return {
      status: 200,
      body: grant && !grant.revoked ? { active: true, scope: grant.scopes.join(' ') } : { active: false },
    };
  }

  async function userinfo(request: StandInRequest): Promise<StandInAnswer> {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      const options = { issuer: engine.issuer, currentDate: world.clock.now() };
      const { payload } = await jwtVerify(bearer, createLocalJWKSet(engine.keys.jwks), options);
      return { status: 200, body: { sub: payload.sub, pid: payload.pid, locale: 'nb' } };
    } catch {
      return { status: 401 };
    }
  }

  const posts: Record<string, (form: URLSearchParams) => Promise<StandInAnswer>> = {
    '/par': push,
    '/token': token,
    '/revoke': revoke,
    '/tokenintrospect': introspect,
  };

  return {
    async answer(request) {
      const post = request.method === 'POST' ? posts[request.path] : undefined;
      if (post) {
        try {
          return await post(new URLSearchParams(request.body));
        } catch (error) {
          if (error instanceof OAuthRefused) return error.answer();
          throw error;
        }
      }
      switch (`${request.method} ${request.path}`) {
        case 'GET /.well-known/openid-configuration':
          return { status: 200, body: metadata(engine) };
        case 'GET /jwks.json':
          return { status: 200, body: engine.keys.jwks };
        case 'GET /userinfo':
          return userinfo(request);
        default:
          return { status: 404, body: { error: 'not_found' } };
      }
    },
    error: (status) => ({
      status,
      body: { error: status >= 500 ? 'server_error' : 'invalid_request', error_description: `status ${status}` },
    }),
    help: {
      wrong: {
        nb: 'Gjør svaret på neste innlogging galt: påstander (null utelater en), signatur, iss eller state',
        en: 'Make the answer to the next login wrong: claims (null leaves one out), signature, iss or state',
        example: { claims: { acr: 'idporten-loa-low' }, signature: false },
      },
      revoke: {
        nb: 'Trekk tilbake alle tillatelser, som om brukerne hadde gjort det',
        en: 'Take back all grants, as if their users had done so',
      },
      pushed: {
        nb: 'Status for en forhåndssendt forespørsel: 201 (RFC 9126) eller 200',
        en: 'Status of a pushed request: 201 (RFC 9126) or 200',
        example: { status: 200 },
      },
      rotateRefreshTokens: {
        nb: 'Om en fornyelse gir et nytt refresh token (rotates: true) eller beholder det gamle',
        en: 'Whether a renewal gives a new refresh token (rotates: true) or keeps the old one',
        example: { rotates: false },
      },
    },
    actions: {
      engine: () => engine,
      register(input) {
        const client = readIdPortenClient(input);
        engine.clients.set(client.clientId, client);
      },
      rotate: ({ keepOld = false }) => engine.keys.rotate({ keepOld: keepOld === true }),
      /** Of the next login's answers; see `Wrong`. */
      wrong: (input) => void (engine.wrong = input as Wrong),
      /** Ends all grants now, as if their users had revoked them. */
      revoke: () => engine.grants.all.forEach((grant) => void (grant.revoked = true)),
      /** RFC 9126 says 201; ID-porten says nothing. */
      pushed: ({ status }) => void (pushedStatus = status === 200 ? 200 : 201),
      /** Whether a renewal replaces the refresh token. */
      rotateRefreshTokens: ({ rotates }) => void (engine.grants.rotates = rotates !== false),
    },
  };
}

function metadata({ issuer, loginHost }: IdPortenEngine): object {
  return {
    issuer,
    authorization_endpoint: `${loginHost}/authorize`,
    end_session_endpoint: `${loginHost}/logout`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/tokenintrospect`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks.json`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'],
    acr_values_supported: ['idporten-loa-low', 'idporten-loa-substantial', 'idporten-loa-high'],
    ui_locales_supported: ['nb', 'nn', 'en', 'se'],
    authorization_response_iss_parameter_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
  };
}
