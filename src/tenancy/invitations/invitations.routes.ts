import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { Id, LARGEST_INT4, strict, Type } from '../../platform/http/schema.ts';
import { InvitationShape, OpenInvitationShape } from './invitation.ts';
import { acceptInvitation } from './invitation-accept.ts';
import { cancelInvitation } from './invitation-cancel.ts';
import { getInvitation } from './invitation-get.ts';
import { listInvitations } from './invitation-list.ts';
import { getOpenInvitation } from './invitation-open.ts';
import { createInvitation } from './invitation-send.ts';
import { requestOrigin } from '../sign-in/origin.ts';

const tag = 'Invitations';
const params = Type.Object({ id: Id });
const tokenParams = Type.Object({ token: Type.String({ maxLength: 200 }) });

export const invitationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/invitations',
    tag,
    summary: 'Invitations of the client accounts that the caller administers',
    operation: listInvitations,
    client: 'query',
    query: strict({ ...pageQuery(100), client_account_id: Type.Optional(Id) }),
    response: listOf(InvitationShape),
    input: ({ query }) => pageOf(query, 100),
  }),
  route({
    method: 'POST',
    path: '/invitations',
    tag,
    summary: 'Invite a person by mail, valid for seven days; an earlier open invitation to the same person ends',
    operation: createInvitation,
    client: 'body',
    body: strict({
      email: Type.String({ maxLength: 254 }),
      client_account_id: Id,
      role_id: Type.Integer({ minimum: 1, maximum: LARGEST_INT4 }),
    }),
    status: 201,
    response: InvitationShape,
    input: ({ body, language, request }) => ({
      email: body.email,
      role_id: body.role_id,
      language,
      origin: requestOrigin(request),
    }),
  }),
  route({
    method: 'GET',
    path: '/invitations/{id}',
    tag,
    summary: 'One invitation',
    operation: getInvitation,
    client: 'record',
    recordIn: 'invitations',
    params,
    response: InvitationShape,
    input: ({ params: { id } }) => ({ id }),
  }),
  route({
    method: 'DELETE',
    path: '/invitations/{id}',
    tag,
    summary: 'Cancel an invitation',
    operation: cancelInvitation,
    client: 'record',
    recordIn: 'invitations',
    params,
    response: InvitationShape,
    input: ({ params: { id } }) => ({ id }),
  }),
  route({
    method: 'GET',
    prefix: '/public/v2',
    path: '/invitations/{token}',
    tag,
    summary: 'What a link invites to',
    operation: getOpenInvitation,
    client: 'none',
    params: tokenParams,
    response: OpenInvitationShape,
    input: ({ params: { token } }) => ({ token }),
  }),
  route({
    method: 'POST',
    prefix: '/public/v2',
    path: '/invitations/{token}/accept',
    tag,
    summary: 'Accept an invitation; somebody new gives name and password',
    operation: acceptInvitation,
    client: 'none',
    params: tokenParams,
    body: strict({
      first_name: Type.Optional(Type.String({ maxLength: 100 })),
      last_name: Type.Optional(Type.String({ maxLength: 100 })),
      password: Type.Optional(Type.String({ maxLength: 400 })),
    }),
    response: strict({ client_account_id: Id, user_id: Id, role_id: Type.Integer() }),
    input: ({ params: { token }, body, language }) => ({ token, ...body, language }),
  }),
];
