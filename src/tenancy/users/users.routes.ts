import { SCOPES } from '../../platform/caller.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { AccessTokenShape } from '../access-tokens/access-token.ts';
import { createToken } from '../access-tokens/access-token-create.ts';
import { listTokens } from '../access-tokens/access-token-list.ts';
import { revokeToken } from '../access-tokens/access-token-revoke.ts';
import { sessionCookie, sessionSecretOf } from '../sign-in/session.ts';
import { endSession } from '../sign-in/session-end.ts';
import { startSession } from '../sign-in/session-start.ts';
import { EndedShape, MeShape } from './user.ts';
import { getMe } from './user-me-get.ts';
import { updateMe } from './user-me-update.ts';

export const userRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users/me',
    tag: 'Users',
    summary: 'The signed-in user',
    operation: getMe,
    client: 'none',
    response: MeShape,
    input: () => undefined,
  }),
  route({
    method: 'PATCH',
    path: '/users/me',
    tag: 'Users',
    summary: 'Change name, language or password; a new password ends all other sessions, access tokens and grants',
    operation: updateMe,
    client: 'none',
    body: strict({
      first_name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      last_name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      language: Type.Optional(Type.Enum(['nb', 'en'])),
      profile_image_url: Type.Optional(nullable(Type.String({ pattern: '^https://', maxLength: 500 }))),
      current_password: Type.Optional(Type.String({ maxLength: 400 })),
      new_password: Type.Optional(Type.String({ maxLength: 400 })),
      keep_access_tokens: Type.Optional(
        Type.Boolean({ description: 'With a new password: access tokens and grants to programs stay' }),
      ),
    }),
    response: strict({ ...MeShape.properties, ended: Type.Optional(EndedShape) }),
    input: ({ body, request }) => ({ changes: body, session: sessionSecretOf(request), address: request.ip }),
  }),
  route({
    method: 'POST',
    path: '/sessions',
    tag: 'Users',
    summary: 'Sign in with a password; the session is kept in a cookie',
    operation: startSession,
    client: 'none',
    body: strict({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 400 }) }),
    status: 201,
    response: strict({ user: MeShape }),
    input: ({ body, request }) => ({ ...body, address: request.ip }),
    send: ({ secret, user }, reply) =>
      reply
        .header('set-cookie', sessionCookie(reply.request, secret))
        .header('cache-control', 'no-store')
        .send({ user }),
  }),
  route({
    method: 'DELETE',
    path: '/sessions/current',
    tag: 'Users',
    summary: 'Sign out',
    operation: endSession,
    client: 'none',
    status: 204,
    input: ({ request }) => ({ secret: sessionSecretOf(request) }),
    send: (_, reply) => reply.header('set-cookie', sessionCookie(reply.request, null)).send(),
  }),
  route({
    method: 'GET',
    path: '/access-tokens',
    tag: 'Users',
    summary: 'Own personal access tokens',
    operation: listTokens,
    client: 'none',
    query: strict(pageQuery(100)),
    response: listOf(AccessTokenShape),
    input: ({ query }) => pageOf(query, 100),
  }),
  route({
    method: 'POST',
    path: '/access-tokens',
    tag: 'Users',
    summary: 'Make a personal access token, shown this once; expires after 90 days unless said otherwise',
    operation: createToken,
    client: 'none',
    body: strict({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      scopes: Type.Optional(Type.Array(Type.Enum([...SCOPES]), { minItems: 1, uniqueItems: true })),
      expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
    }),
    status: 201,
    response: strict({ ...AccessTokenShape.properties, token: Type.String() }),
    input: ({ body }) => body,
  }),
  route({
    method: 'DELETE',
    path: '/access-tokens/{id}',
    tag: 'Users',
    summary: 'Revoke a personal access token, at once',
    operation: revokeToken,
    client: 'none',
    params: Type.Object({ id: Id }),
    response: AccessTokenShape,
    input: ({ params }) => params,
  }),
];
