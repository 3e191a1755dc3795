import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { asBooleanOrAll, Id, nullable, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { ClientAccountShape, PROVIDER_TYPES } from './client-account.ts';
import { addClientAccount } from './client-account-add.ts';
import { getClientAccount } from './client-account-get.ts';
import { listClientAccounts } from './client-account-list.ts';
import { CLIENT_ACCOUNT_RELATIONS } from './client-account-relations.ts';
import { removeClientAccount } from './client-account-remove.ts';
import { resetClientAccount, RESETTABLE } from './client-account-reset.ts';
import { SettingsInput } from '../client-account-settings/client-account-settings.ts';
import { updateClientAccount } from './client-account-update.ts';
import { OrganizationInput } from '../organizations/organization.ts';

const tag = 'Client accounts';
const params = Type.Object({ client_account_id: Id });

const changeable = {
  unique_name: Type.Optional(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$' })),
  organization_number: Type.Optional(nullable(Type.String())),
  organization: Type.Optional(OrganizationInput),
  accounting_currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  is_provider: Type.Optional(Type.Boolean()),
  provider_type: Type.Optional(nullable(Type.Enum([...PROVIDER_TYPES]))),
  metadata: Type.Optional(Type.Object({}, { additionalProperties: true, maxProperties: 100 })),
};
const DisplayName = Type.String({ minLength: 1, maxLength: 200 });

export const ClientAccountBody = strict({
  display_name: DisplayName,
  ...changeable,
  settings: Type.Optional(SettingsInput),
});

const update = (method: 'PUT' | 'PATCH') =>
  route({
    method,
    path: '/client-accounts/{client_account_id}',
    tag,
    summary: 'Change a client account; what is left out stays',
    operation: updateClientAccount,
    client: 'path',
    params,
    body: strict({
      display_name: Type.Optional(DisplayName),
      is_active: Type.Optional(Type.Boolean()),
      ...changeable,
    }),
    response: ClientAccountShape,
    input: ({ body }) => body,
  });

export const clientAccountRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/client-accounts',
    tag,
    summary: 'Client accounts that the caller reaches, directly or through a contract',
    operation: listClientAccounts,
    client: 'none',
    query: strict({
      ...pageQuery(100),
      ...WithQuery,
      order_by: Type.Optional(Type.String({ maxLength: 200 })),
      has_direct_role: Type.Optional(QueryBooleanOrAll),
      is_provider: Type.Optional(QueryBooleanOrAll),
      provider_type: Type.Optional(Type.Enum([...PROVIDER_TYPES])),
      is_active: Type.Optional(QueryBooleanOrAll),
    }),
    response: listOf(ClientAccountShape),
    input: ({ query }) => ({
      hasDirectRole: asBooleanOrAll(query.has_direct_role ?? 'null', true),
      isProvider: asBooleanOrAll(query.is_provider ?? 'null', true),
      providerType: query.provider_type ?? null,
      isActive: asBooleanOrAll(query.is_active, true),
      orderBy: query.order_by,
      with: relations(query.with, CLIENT_ACCOUNT_RELATIONS),
      page: pageOf(query, 100),
    }),
  }),
  route({
    method: 'POST',
    path: '/client-accounts',
    tag,
    summary: 'Open a client account; the caller becomes its owner (CA)',
    operation: addClientAccount,
    client: 'none',
    body: ClientAccountBody,
    status: 201,
    response: ClientAccountShape,
    input: ({ body }) => body,
  }),
  route({
    method: 'GET',
    path: '/client-accounts/{client_account_id}',
    tag,
    summary: 'One client account',
    operation: getClientAccount,
    client: 'path',
    params,
    query: strict(WithQuery),
    response: ClientAccountShape,
    input: ({ query }) => ({ with: relations(query.with, CLIENT_ACCOUNT_RELATIONS) }),
  }),
  update('PUT'),
  update('PATCH'),
  route({
    method: 'DELETE',
    path: '/client-accounts/{client_account_id}',
    tag,
    summary: 'Remove a client account completely; refused while its books must be kept',
    operation: removeClientAccount,
    client: 'path',
    params,
    response: ClientAccountShape,
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/client-accounts/{client_account_id}/reset',
    tag,
    summary: 'Clear chosen data of a client account in which nothing was ever posted',
    operation: resetClientAccount,
    client: 'path',
    params,
    body: strict({ data: Type.Array(Type.Enum([...RESETTABLE]), { minItems: 1, uniqueItems: true }) }),
    response: ClientAccountShape,
    input: ({ body }) => body,
  }),
];
