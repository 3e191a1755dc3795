import { listOf, pageOf, pageQuery } from '../platform/http/paging.ts';
import { route, type Route } from '../platform/http/route.ts';
import { Id, strict } from '../platform/http/schema.ts';
import { listOrders, OrderView } from './order-list.ts';

export const billingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/billing/orders',
    tag: 'Billing',
    summary: 'What the client account has ordered: its add-ons',
    operation: listOrders,
    client: 'query',
    query: strict({ ...pageQuery(100), client_account_id: Id }),
    response: listOf(OrderView),
    input: ({ query }) => pageOf(query, 100),
  }),
];
