import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { Id, LARGEST_INT4, strict, Type } from '../../platform/http/schema.ts';
import { MemberShape } from './client-account-user.ts';
import { changeMember } from './client-account-user-change.ts';
import { listMembers } from './client-account-user-list.ts';
import { removeMember } from './client-account-user-remove.ts';
import { OrganizationalRoleShape, ROLE_TYPES } from '../organizational-roles/organizational-role.ts';
import { addOrganizationalRole } from '../organizational-roles/organizational-role-add.ts';
import { listOrganizationalRoles } from '../organizational-roles/organizational-role-list.ts';
import { removeOrganizationalRole } from '../organizational-roles/organizational-role-remove.ts';

const users = '/client-accounts/{client_account_id}/users';
const roles = '/client-accounts/{client_account_id}/organizational-roles';
const params = Type.Object({ client_account_id: Id });
const userParams = Type.Object({ client_account_id: Id, user_id: Id });

export const clientAccountUserRoutes: Route[] = [
  route({
    method: 'GET',
    path: users,
    tag: 'Client account users',
    summary: 'Active users of a client account',
    operation: listMembers,
    client: 'path',
    params,
    query: strict(WithQuery),
    response: Type.Array(MemberShape),
    input: ({ query }) => ({ with: relations(query.with, ['user', 'role']) }),
  }),
  route({
    method: 'PATCH',
    path: `${users}/{user_id}`,
    tag: 'Client account users',
    summary: 'Give a user another role; not oneself, AA only at firms, the last owner stays',
    operation: changeMember,
    client: 'path',
    params: userParams,
    body: strict({ role_id: Type.Integer({ minimum: 1, maximum: LARGEST_INT4 }) }),
    response: MemberShape,
    input: ({ params: { user_id }, body }) => ({ user_id, role_id: body.role_id }),
  }),
  route({
    method: 'DELETE',
    path: `${users}/{user_id}`,
    tag: 'Client account users',
    summary: 'Take a user off a client account',
    operation: removeMember,
    client: 'path',
    params: userParams,
    response: MemberShape,
    input: ({ params: { user_id } }) => ({ user_id }),
  }),
  route({
    method: 'GET',
    path: roles,
    tag: 'Organizational roles',
    summary: 'Who leads and governs the organisation',
    operation: listOrganizationalRoles,
    client: 'path',
    params,
    query: strict({ ...pageQuery(100), ...WithQuery }),
    response: listOf(OrganizationalRoleShape),
    input: ({ query }) => ({ with: relations(query.with, ['business_partner']), page: pageOf(query, 100) }),
  }),
  route({
    method: 'POST',
    path: roles,
    tag: 'Organizational roles',
    summary: 'Add a role of a business partner',
    operation: addOrganizationalRole,
    client: 'path',
    params,
    body: strict({ business_partner_id: Id, role_type: Type.Enum([...ROLE_TYPES]) }),
    status: 201,
    response: OrganizationalRoleShape,
    input: ({ body }) => body,
  }),
  route({
    method: 'DELETE',
    path: `${roles}/{role_id}`,
    tag: 'Organizational roles',
    summary: 'Remove a role',
    operation: removeOrganizationalRole,
    client: 'path',
    params: Type.Object({ client_account_id: Id, role_id: Id }),
    response: OrganizationalRoleShape,
    input: ({ params: { role_id } }) => ({ role_id }),
  }),
];
