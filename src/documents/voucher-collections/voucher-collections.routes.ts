import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { COLLECTION_RELATIONS, CollectionChanges, CollectionView, NewCollection } from './voucher-collection.ts';
import { createCollection } from './voucher-collection-create.ts';
import { listCollections } from './voucher-collection-list.ts';
import { updateCollection } from './voucher-collection-update.ts';

const tag = 'Voucher collections';

export const voucherCollectionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/voucher-collections',
    tag,
    summary: 'List voucher collections',
    operation: listCollections,
    client: 'query',
    query: strict({
      client_account_id: Id,
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(CollectionView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      orderBy: query.order_by,
      with: relations(query.with, COLLECTION_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/voucher-collections',
    tag,
    summary: 'Create a voucher collection',
    operation: createCollection,
    client: 'body',
    status: 201,
    body: NewCollection,
    response: CollectionView,
    input: ({ body }) => body,
  }),
  route({
    method: 'PUT',
    path: '/voucher-collections/{id}',
    tag,
    summary: 'Change a voucher collection',
    operation: updateCollection,
    client: 'record',
    recordIn: 'voucher_collections',
    params: strict({ id: Id }),
    body: CollectionChanges,
    response: CollectionView,
    input: ({ params: { id }, body }) => ({ id, changes: body }),
  }),
];
