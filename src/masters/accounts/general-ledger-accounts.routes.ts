import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, Id, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { AccountView } from './general-ledger-account.ts';
import { createAccount } from './general-ledger-account-create.ts';
import { deactivateAccount } from './general-ledger-account-deactivate.ts';
import { getAccount } from './general-ledger-account-get.ts';
import { AccountChanges, AsOf, NewAccount } from './general-ledger-account-input.ts';
import { listAccounts } from './general-ledger-account-list.ts';
import { ACCOUNT_RELATIONS } from './general-ledger-account-relations.ts';
import { updateAccount } from './general-ledger-account-update.ts';

const tag = 'General ledger accounts';
const one = {
  tag,
  path: '/general-ledger-accounts/{id}',
  params: strict({ id: Id }),
  response: AccountView,
} as const;

export const accountRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/general-ledger-accounts',
    tag,
    summary: 'List accounts: the national chart, or the chart of a client account',
    operation: listAccounts,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      description: Type.Optional(Type.String()),
      country_code: Type.Optional(Type.Enum(['NO'])),
      account_code: Type.Optional(Type.String({ description: 'One or several, separated by comma' })),
      is_active: Type.Optional(QueryBooleanOrAll),
      as_of: AsOf,
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100, 1000),
      ...WithQuery,
    }),
    response: listOf(AccountView),
    input: ({ query, language }) => ({
      ...pageOf(query, 100),
      clientAccountId: query.client_account_id,
      description: query.description,
      accountCodes: query.account_code?.split(',').map((code) => code.trim()),
      isActive: query.is_active === undefined ? null : asBooleanOrAll(query.is_active, true),
      asOf: query.as_of,
      orderBy: query.order_by,
      with: relations(query.with, ACCOUNT_RELATIONS),
      language,
    }),
  }),
  route({
    method: 'POST',
    path: '/general-ledger-accounts',
    tag,
    summary: 'Create an account of the client account’s own',
    operation: createAccount,
    client: 'body',
    status: 201,
    body: NewAccount,
    response: AccountView,
    input: ({ body, language }) => ({ ...body, language }),
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'An account, named as it is or was on a day',
    operation: getAccount,
    client: 'query',
    query: strict({ client_account_id: Type.Optional(Id), as_of: AsOf, ...WithQuery }),
    input: ({ params, query, language }) => ({
      id: params.id,
      clientAccountId: query.client_account_id,
      asOf: query.as_of,
      with: relations(query.with, ACCOUNT_RELATIONS),
      language,
    }),
  }),
  route({
    ...one,
    method: 'PUT',
    summary: 'Change an own account, or a client account’s settings for a national one',
    operation: updateAccount,
    client: 'body',
    body: AccountChanges,
    input: ({ params, body, language }) => ({ id: params.id, changes: body, language }),
  }),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Deactivate an account for a client account',
    operation: deactivateAccount,
    client: 'query',
    query: strict({ client_account_id: Id }),
    input: ({ params, language }) => ({ id: params.id, language }),
  }),
];
