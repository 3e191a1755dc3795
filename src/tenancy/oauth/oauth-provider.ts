import { generateKeyPairSync, timingSafeEqual } from 'node:crypto';
import type { Configuration, interactionPolicy, Provider } from 'oidc-provider';
import sql from 'sql-template-tag';
import { SCOPES } from '../../platform/caller.ts';
import type { Platform } from '../../platform/operation.ts';
import { cookieKey, oauthAdapter } from './oauth-adapter.ts';
import { oidcLibrary } from './oidc-library.ts';
import { secretHash } from '../secret.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

export const OAUTH_PATHS = {
  authorization: '/v2/oauth/authorize',
  token: '/v2/oauth/token',
  revocation: '/v2/oauth/revoke',
  registration: '/v2/oauth/register',
  interaction: '/oauth/interaction',
} as const;

export interface OAuthSettings {
  /** The address that users and programs see, without a trailing slash. It is the issuer (RFC 8414 section 2). */
  publicUrl: string;
  /** Whether to trust X-Forwarded-* of the proxy in front. */
  trustProxy?: boolean;
}

/**
 * Resources that a token may be requested for (RFC 8707): this site, its API, its MCP endpoint. All have the same
 * scopes.
 */
function isOwnResource(identifier: string, publicUrl: string): boolean {
  return ['', '/', '/api/v2', '/mcp'].some((path) => identifier === publicUrl + path);
}

/** The protocol engine: authorization code with PKCE, client credentials, refresh with rotation, revocation. */
export async function oauthProvider(
  platform: Platform,
  { publicUrl, trustProxy }: OAuthSettings,
  renderError: NonNullable<Configuration['renderError']>,
): Promise<Provider> {
  const oidc = await oidcLibrary();
  const provider = new oidc.Provider(publicUrl, {
    adapter: oauthAdapter(platform.database),
    routes: {
      authorization: OAUTH_PATHS.authorization,
      token: OAUTH_PATHS.token,
      revocation: OAUTH_PATHS.revocation,
    },
    scopes: [...SCOPES],
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    // OAuth 2.1 section 4.1.1: code_challenge is required, for every client.
    pkce: { required: () => true },
    jwks: { keys: [unusedKey()] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: {
      keys: [await cookieKey(platform.database)],
      names: { session: 'hovedbok_oauth', interaction: 'hovedbok_grant', resume: 'hovedbok_resume' },
      long: { httpOnly: true, sameSite: 'lax', overwrite: true },
      short: { httpOnly: true, sameSite: 'lax', overwrite: true },
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      // RFC 7009 section 2.1: only the client that a token was issued to may revoke it.
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => publicUrl,
        useGrantedResource: () => true,
        getResourceServerInfo(_, identifier) {
          if (!isOwnResource(identifier, publicUrl)) throw new oidc.errors.InvalidTarget();
          return { scope: SCOPES.join(' '), audience: publicUrl, accessTokenFormat: 'opaque' };
        },
      },
    },
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      AuthorizationCode: 60,
      Interaction: HOUR,
      Session: HOUR,
      Grant: 90 * DAY,
      RefreshToken: 30 * DAY,
    },
    // A refresh token is used once; a second use ends the whole grant (RFC 9700 section 4.14.2).
    rotateRefreshToken: true,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    findAccount: async (_, id) =>
      (await isActiveUser(platform, id)) ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    interactions: {
      url: (_, interaction) => `${OAUTH_PATHS.interaction}/${interaction.uid}`,
      policy: alwaysAsk(oidc.interactionPolicy),
    },
    renderError,
  });
  provider.proxy = trustProxy ?? false;
  // A code is returned in the query only. The library also supports fragments and forms; it refuses unknown modes
  // itself.
  provider.use(async (ctx, next) => {
    const { response_mode: mode } = ctx.query;
    if (ctx.path === OAUTH_PATHS.authorization && mode !== undefined && mode !== 'query')
      ctx.query = { ...ctx.query, response_mode: 'unsupported' };
    await next();
  });
  // RFC 6749 section 3.3: a request without a scope asks for what the client registered.
  provider.use(async (ctx, next) => {
    if (ctx.path === OAUTH_PATHS.authorization && ctx.query.scope === undefined) {
      const client = await provider.Client.find(String(ctx.query.client_id ?? ''));
      if (client?.scope) ctx.query = { ...ctx.query, scope: client.scope };
    }
    await next();
  });
  provider.Client.prototype.compareClientSecret = function (actual: string) {
    return timingSafeEqual(secretHash(actual), Buffer.from(this.clientSecret ?? '', 'base64url'));
  };
  provider.on('server_error', (_, error) => platform.log.error({ err: error }, 'OAuth server failed'));
  return provider;
}

/** Our own session decides who is signed in, and consent is given anew each time: the library stores neither. */
function alwaysAsk({ Check, base }: typeof interactionPolicy) {
  const policy = base();
  for (const name of ['login', 'consent'] as const)
    policy
      .get(name)!
      .checks.add(
        new Check(`${name}_anew`, `${name} is asked for each time`, (ctx) =>
          ctx.oidc.result?.[name] ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
        ),
      );
  return policy;
}

/** The library requires a key for ID tokens; none are issued, because the scope openid is not offered. */
function unusedKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as { kty: 'EC' };
}

async function isActiveUser(platform: Platform, id: string): Promise<boolean> {
  if (!/^\d{1,15}$/.test(id)) return false;
  return platform.database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) =>
    Boolean(await tx.maybe(sql`select 1 as found from users where id = ${Number(id)} and is_active`)),
  );
}
