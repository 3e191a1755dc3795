import type { IdPortenClient } from './clients.ts';
import { OAuthRefused } from './refusal.ts';

/** A login as a client asks for it. */
export interface AuthorizationRequest {
  client: IdPortenClient;
  redirectUri: string;
  state: string;
  nonce: string;
  scopes: string[];
  challenge: string;
  /** The level asked for. */
  acr: string;
  prompt: string | null;
}

export const LEVELS = ['idporten-loa-low', 'idporten-loa-substantial', 'idporten-loa-high'];

/**
 * The client that a response may be sent to; null if it is unknown, or not at this address: then no redirect is made.
 */
export function addresseeOf(
  query: URLSearchParams,
  clients: ReadonlyMap<string, IdPortenClient>,
): { client: IdPortenClient; redirectUri: string } | null {
  const client = clients.get(query.get('client_id') ?? '');
  const redirectUri = query.get('redirect_uri') ?? '';
  return client?.redirectUris.includes(redirectUri) ? { client, redirectUri } : null;
}

/** Reads a request; `state`, `nonce` and PKCE with S256 are mandatory for all clients. Throws OAuthRefused. */
export function readAuthorization(
  query: URLSearchParams,
  { client, redirectUri }: { client: IdPortenClient; redirectUri: string },
): AuthorizationRequest {
  const required = (name: string) => {
    const value = query.get(name) ?? '';
    if (value === '' || query.getAll(name).length > 1) throw new OAuthRefused('invalid_request', `${name} is missing`);
    return value;
  };
  if (required('response_type') !== 'code') throw new OAuthRefused('unsupported_response_type', 'only code');
  if (required('code_challenge_method') !== 'S256') throw new OAuthRefused('invalid_request', 'S256 is required');
  const challenge = required('code_challenge');
  if (!/^[\w-]{43}$/.test(challenge)) throw new OAuthRefused('invalid_request', 'code_challenge is malformed');
  const scopes = required('scope').split(' ').filter(Boolean);
  if (!scopes.includes('openid')) throw new OAuthRefused('invalid_scope', 'openid is missing');
  const foreign = scopes.find((scope) => !client.scopes.includes(scope));
  if (foreign) throw new OAuthRefused('invalid_scope', `the client does not have ${foreign}`);
  const [acr = 'idporten-loa-substantial'] = (query.get('acr_values') ?? '').split(' ').filter(Boolean);
  if (!LEVELS.includes(acr)) throw new OAuthRefused('invalid_request', 'acr_values is unknown');
  const [state, nonce] = [required('state'), required('nonce')];
  return { client, redirectUri, state, nonce, scopes, challenge, acr, prompt: query.get('prompt') };
}
