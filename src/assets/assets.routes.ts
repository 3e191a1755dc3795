import { type Ore, parseAmount } from '../kernel/money.ts';
import { requireSameClientAccount } from '../masters/index.ts';
import { type FieldProblem, invalid, problem } from '../platform/errors.ts';
import { listOf, pageOf, pageQuery, relations, WithQuery } from '../platform/http/paging.ts';
import { route, type Route } from '../platform/http/route.ts';
import {
  asBooleanOrAll,
  DateText,
  Id,
  MoneyInput,
  nullable,
  QueryBooleanOrAll,
  strict,
  Type,
} from '../platform/http/schema.ts';
import { ASSET_RELATIONS, AssetChanges, AssetView, NewAsset } from './asset.ts';
import { chooseClassAccounts } from './asset-class-choose-accounts.ts';
import { AssetClassView, listAssetClasses } from './asset-class-list.ts';
import { createAsset } from './asset-create.ts';
import { undoDisposal } from './disposal-undo.ts';
import { DisposalView, disposeAsset } from './asset-dispose.ts';
import { deactivateAsset } from './asset-deactivate.ts';
import { getAsset } from './asset-get.ts';
import { listAssets } from './asset-list.ts';
import { updateAsset } from './asset-update.ts';

const tag = 'Assets';
const one = {
  tag,
  path: '/assets/{id}',
  client: 'record',
  recordIn: 'assets',
  params: strict({ id: Id }),
  response: AssetView,
} as const;
const AccountCode = Type.String({ minLength: 1, maxLength: 70 });

function readProceeds(body: { kind: 'sale' | 'scrap'; proceeds?: string | number; tax_code?: string | null }): Ore {
  const proceeds = parseAmount(body.proceeds ?? 0);
  const problems: FieldProblem[] = [];
  const say = (path: string, en: string, nb: string) => problems.push(problem(path, en, nb));
  if (proceeds === null || proceeds < 0n)
    say('proceeds', 'must be an amount of at least 0', 'må være et beløp på minst 0');
  else if (body.kind === 'sale' && proceeds === 0n) say('proceeds', 'is required for a sale', 'må oppgis for et salg');
  else if (body.kind === 'scrap' && proceeds > 0n) say('proceeds', 'must be 0 for scrap', 'må være 0 for utrangering');
  if (body.kind === 'scrap' && body.tax_code != null)
    say('tax_code', 'must be left out for scrap', 'må utelates for utrangering');
  if (problems.length > 0) throw invalid(problems);
  return proceeds!;
}

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
      ...pageQuery(50, 100),
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
    method: 'POST',
    path: '/assets/{id}/disposal',
    tag,
    summary: 'Sell or scrap an asset: its cost, depreciation, price and gain or loss in one entry',
    operation: disposeAsset,
    client: 'record',
    recordIn: 'assets',
    status: 201,
    params: strict({ id: Id }),
    body: strict({
      kind: Type.Enum(['sale', 'scrap']),
      disposed_on: DateText,
      proceeds: Type.Optional({
        ...MoneyInput,
        description: 'What the buyer pays, with VAT where there is a tax_code',
      }),
      tax_code: Type.Optional(nullable(Type.String({ maxLength: 70 }))),
      proceeds_account_code: Type.Optional(AccountCode),
      business_partner_id: Type.Optional(nullable(Id)),
    }),
    response: DisposalView,
    input: ({ params, body }) => ({
      id: params.id,
      kind: body.kind,
      disposedOn: body.disposed_on,
      proceeds: readProceeds(body),
      taxCode: body.tax_code ?? null,
      proceedsAccount: body.proceeds_account_code ?? '1920',
      businessPartnerId: body.business_partner_id ?? null,
    }),
  }),
  route({
    method: 'POST',
    path: '/assets/{id}/disposal/undo',
    tag,
    summary: 'Undo a disposal: its entry is cancelled, the asset is as it was',
    operation: undoDisposal,
    client: 'record',
    recordIn: 'assets',
    params: strict({ id: Id }),
    body: strict({
      reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
      entry_date: Type.Optional({ ...DateText, description: 'Of the counter-entry' }),
    }),
    response: AssetView,
    input: ({ params, body }) => ({ id: params.id, reason: body.reason, entryDate: body.entry_date ?? null }),
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
