import { SCOPES } from '../../platform/caller.ts';
import { GRANT_TYPES } from './oauth-client.ts';
import { OAUTH_PATHS } from './oauth-provider.ts';

/** RFC 8414. PKCE is offered with S256 only: OAuth 2.1 section 7.5.1 does not want `plain` where S256 is possible. */
export function authorizationServerMetadata(publicUrl: string) {
  return {
    issuer: publicUrl,
    authorization_endpoint: publicUrl + OAUTH_PATHS.authorization,
    token_endpoint: publicUrl + OAUTH_PATHS.token,
    registration_endpoint: publicUrl + OAUTH_PATHS.registration,
    revocation_endpoint: publicUrl + OAUTH_PATHS.revocation,
    grant_types_supported: [...GRANT_TYPES].toSorted(),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    scopes_supported: [...SCOPES],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    resource_indicators_supported: true,
    service_documentation: `${publicUrl}/docs`,
  };
}

/** RFC 9728. */
export function protectedResourceMetadata(publicUrl: string) {
  return {
    resource: publicUrl,
    authorization_servers: [publicUrl],
    scopes_supported: [...SCOPES],
    bearer_methods_supported: ['header'],
    resource_name: 'Hovedbok',
    resource_documentation: `${publicUrl}/docs`,
  };
}
