import sql from 'sql-template-tag';
import { SCOPES } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { strict, TimeText, Type } from '../../platform/http/schema.ts';
import { randomSecret, secretHash } from '../secret.ts';

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
const AUTH_METHODS = ['client_secret_post', 'client_secret_basic'] as const;

export const OAuthClientInput = strict({
  client_name: Type.String({ minLength: 1, maxLength: 100 }),
  redirect_uris: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 20 })),
  grant_types: Type.Optional(Type.Array(Type.Enum([...GRANT_TYPES]), { minItems: 1, uniqueItems: true })),
  response_types: Type.Optional(Type.Array(Type.Enum(['code']))),
  scope: Type.Optional(Type.String({ maxLength: 200 })),
  token_endpoint_auth_method: Type.Optional(Type.Enum([...AUTH_METHODS])),
});

export const OAuthClientShape = strict({
  client_id: Type.String(),
  client_name: Type.String(),
  redirect_uris: Type.Array(Type.String()),
  grant_types: Type.Array(Type.String()),
  response_types: Type.Array(Type.String()),
  scope: Type.String(),
  token_endpoint_auth_method: Type.String(),
  created_at: TimeText,
});

export interface OAuthClientRequest {
  client_name: string;
  redirect_uris?: string[];
  grant_types?: (typeof GRANT_TYPES)[number][];
  response_types?: 'code'[];
  scope?: string;
  token_endpoint_auth_method?: (typeof AUTH_METHODS)[number];
}

export interface OAuthClientRow {
  client_id: string;
  metadata: Required<OAuthClientRequest>;
  created_at: Date;
}

export function oauthClientJson({ client_id, metadata, created_at }: OAuthClientRow) {
  return {
    client_id,
    client_name: metadata.client_name,
    redirect_uris: metadata.redirect_uris,
    grant_types: metadata.grant_types,
    response_types: metadata.response_types,
    scope: metadata.scope,
    token_endpoint_auth_method: metadata.token_endpoint_auth_method,
    created_at: isoSeconds(created_at),
  };
}

/** The request with its defaults (RFC 7591 section 2). */
export function completed(request: OAuthClientRequest): Required<OAuthClientRequest> {
  const grantTypes = request.grant_types ?? ['authorization_code', 'refresh_token'];
  return {
    client_name: request.client_name,
    redirect_uris: request.redirect_uris ?? [],
    grant_types: grantTypes,
    response_types: grantTypes.includes('authorization_code') ? ['code'] : [],
    scope: request.scope?.trim() || SCOPES.join(' '),
    token_endpoint_auth_method: request.token_endpoint_auth_method ?? 'client_secret_post',
  };
}

export function clientProblems(client: Required<OAuthClientRequest>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (client.grant_types.includes('authorization_code') && client.redirect_uris.length === 0)
    problems.push(problem('redirect_uris', 'must have at least 1 item(s)', 'må ha minst 1 element(er)'));
  client.redirect_uris.forEach((uri, i) => {
    if (!isRedirectUri(uri))
      problems.push(
        problem(
          `redirect_uris[${i}]`,
          'must be https, or http on localhost, without a fragment or user name',
          'må være https, eller http på localhost, uten fragment og brukernavn',
        ),
      );
  });
  const unknown = client.scope.split(' ').filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0)
    problems.push(
      problem(
        'scope',
        `unknown ${unknown.join(' ')}; known: ${SCOPES.join(' ')}`,
        `ukjent ${unknown.join(' ')}; kjente: ${SCOPES.join(' ')}`,
      ),
    );
  return problems;
}

/** RFC 6749 section 3.1.2 forbids the fragment; RFC 8252 section 7.3 allows http on the loopback. */
function isRedirectUri(text: string): boolean {
  const url = parsed(text);
  if (!url || url.hash || text.includes('#') || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function isLoopback(host: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(host);
}

/** Inserts a client and returns it with its secret, only this once. `userId` null: it registered itself. */
export async function insertOAuthClient(
  tx: Transaction,
  client: Required<OAuthClientRequest>,
  userId: number | null,
): Promise<OAuthClientRow & { client_secret: string }> {
  const clientId = randomSecret('hbc_').slice(0, 26);
  const secret = randomSecret('hbs_');
  const local = client.redirect_uris.some((uri) => uri.startsWith('http:'));
  const metadata = { ...client, application_type: local ? 'native' : 'web' };
  const row = await tx.one<OAuthClientRow>(sql`
    insert into oauth_clients (client_id, user_id, secret_hash, metadata)
    values (${clientId}, ${userId}, ${secretHash(secret)}, ${JSON.stringify(metadata)})
    returning client_id, metadata, created_at`);
  return { ...row, client_secret: secret };
}
