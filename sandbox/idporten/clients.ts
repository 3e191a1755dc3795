import { createPublicKey, type KeyObject } from 'node:crypto';

/** A client as registered; what it says changes how ID-porten behaves. */
export interface IdPortenClient {
  clientId: string;
  organizationNumber: string;
  scopes: readonly string[];
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  frontchannelLogoutUri: string | null;
  /** Only then is `sid` in its id tokens. */
  frontchannelSession: boolean;
  grantTypes: readonly string[];
  /** Access tokens as JWT, or opaque. */
  tokenType: 'jwt' | 'opaque';
  keys: ReadonlyMap<string, { publicKey: KeyObject; expires?: number }>;
  /** Seconds. */
  lifetimes: { access: number; refresh: number; authorization: number };
}

/** Reads a registration. Throws with what is wrong. */
export function readIdPortenClient(input: Record<string, unknown>): IdPortenClient {
  const texts = (name: string, otherwise?: string[]): string[] => {
    const value = input[name] ?? otherwise;
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
      throw new Error(`${name}: texts expected`);
    return value as string[];
  };
  const { clientId, organizationNumber, frontchannelLogoutUri = null } = input;
  if (typeof clientId !== 'string' || clientId === '') throw new Error('clientId: text expected');
  const redirectUris = texts('redirectUris');
  if (frontchannelLogoutUri !== null && !redirectUris.some((uri) => hostOf(uri) === hostOf(frontchannelLogoutUri)))
    throw new Error('frontchannelLogoutUri: must share its domain with a redirect URI');
  const keys = new Map<string, { publicKey: KeyObject; expires?: number }>();
  const { keys: registered = [] } = (input.jwks ?? {}) as { keys?: { kid?: unknown; expires?: unknown }[] };
  if (registered.length > 5) throw new Error('jwks: at most five keys');
  for (const jwk of registered) {
    if (typeof jwk.kid !== 'string') throw new Error('jwks: every key needs a kid');
    const publicKey = createPublicKey({ key: jwk as never, format: 'jwk' });
    keys.set(jwk.kid, { publicKey, ...(typeof jwk.expires === 'number' ? { expires: jwk.expires } : {}) });
  }
  return {
    clientId,
    organizationNumber: String(organizationNumber),
    scopes: texts('scopes'),
    redirectUris,
    postLogoutRedirectUris: texts('postLogoutRedirectUris', []),
    frontchannelLogoutUri: frontchannelLogoutUri as string | null,
    frontchannelSession: input.frontchannelSession !== false,
    grantTypes: texts('grantTypes', ['authorization_code', 'refresh_token']),
    tokenType: input.tokenType === 'opaque' ? 'opaque' : 'jwt',
    keys,
    lifetimes: { access: 120, refresh: 600, authorization: 7200, ...(input.lifetimes as object | undefined) },
  };
}

function hostOf(uri: unknown): string | null {
  return typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).hostname : null;
}
