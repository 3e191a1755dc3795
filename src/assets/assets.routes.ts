import { requireSameClientAccount } from '../masters/index.ts';
import { listOf, pageOf, pageQuery, relations, WithQuery } from '../platform/http/paging.ts';
import { route, type Route } from '../platform/http/route.ts';
import { asBooleanOrAll, Id, nullable, QueryBooleanOrAll, strict, Type } from '../platform/http/schema.ts';
import { ASSET_RELATIONS, AssetChanges, AssetView, NewAsset } from './asset.ts';
import { chooseClassAccounts } from './asset-class-choose-accounts.ts';
import { AssetClassView, listAssetClasses } from './asset-class-list.ts';
import { createAsset } from './asset-create.ts';
import { deactivateAsset } from './asset-deactivate.ts';
import { getAsset } from './asset-get.ts';
import { listAssets } from './asset-list.ts';
import { updateAsset } from './asset-update.ts';

const tag = 'Assets';
const one = {
  tag,
  path: '/assets/{id}',
  client: 'record',
  params: strict({ id: Id }),
  response: AssetView,
} as const;
const AccountCode = Type.String({ minLength: 1, maxLength: 70 });

export const assetRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/assets',
    tag,
    summary: 'List assets',
    operation: listAssets,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      ...pageQuery(50),
      ...WithQuery,
    }),
    response: listOf(AssetView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      isActive: asBooleanOrAll(query.is_active, true),
      with: relations(query.with, ASSET_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/assets',
    tag,
    summary: 'Create an asset',
    operation: createAsset,
    client: 'body',
    status: 201,
    body: NewAsset,
    response: AssetView,
    input: ({ body }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'An asset',
    operation: getAsset,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, ASSET_RELATIONS) }),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change an asset',
      operation: updateAsset,
      body: AssetChanges,
      input: ({ params: { id }, body }) => {
        requireSameClientAccount(id, body.client_account_id);
        return { id, changes: body };
      },
    }),
  ),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Deactivate an asset',
    operation: deactivateAsset,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    method: 'GET',
    path: '/asset-classes',
    tag,
    summary: 'The asset classes, with the accounts of a client account where one is named',
    operation: listAssetClasses,
    client: 'query',
    query: strict({ client_account_id: Type.Optional(Id) }),
    response: Type.Array(AssetClassView),
    input: ({ query, language }) => ({ language, clientAccountId: query.client_account_id ?? null }),
  }),
  route({
    method: 'PUT',
    path: '/asset-classes/{code}/accounts',
    tag,
    summary: 'Choose the accounts on which assets of a class are posted',
    operation: chooseClassAccounts,
    client: 'body',
    params: strict({ code: Type.String({ maxLength: 40 }) }),
    body: strict({
      client_account_id: Id,
      asset_account: AccountCode,
      accumulated_account: nullable(AccountCode),
      expense_account: nullable(AccountCode),
    }),
    response: AssetClassView,
    input: ({ params, body, language }) => ({
      code: params.code,
      language,
      accounts: {
        asset: body.asset_account,
        accumulated: body.accumulated_account,
        expense: body.expense_account,
      },
    }),
  }),
];
