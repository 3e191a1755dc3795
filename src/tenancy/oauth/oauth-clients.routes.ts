import { type Route, route } from '../../platform/http/route.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import { OAuthClientInput, OAuthClientShape } from './oauth-client.ts';
import { createOAuthClient } from './oauth-client-create.ts';
import { listOAuthClients } from './oauth-client-list.ts';
import { removeOAuthClient } from './oauth-client-remove.ts';

const tag = 'OAuth clients';

export const oauthClientRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/oauth/clients',
    tag,
    summary: 'Own OAuth clients',
    operation: listOAuthClients,
    client: 'none',
    response: Type.Array(OAuthClientShape),
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/oauth/clients',
    tag,
    summary: 'Make an OAuth client; its secret is shown this once. Client credentials act as the caller',
    operation: createOAuthClient,
    client: 'none',
    body: OAuthClientInput,
    status: 201,
    response: strict({ ...OAuthClientShape.properties, client_secret: Type.String() }),
    input: ({ body }) => body,
  }),
  route({
    method: 'DELETE',
    path: '/oauth/clients/{client_id}',
    tag,
    summary: 'Remove an OAuth client, its tokens with it',
    operation: removeOAuthClient,
    client: 'none',
    params: Type.Object({ client_id: Type.String({ maxLength: 100 }) }),
    response: OAuthClientShape,
    input: ({ params }) => params,
  }),
];
