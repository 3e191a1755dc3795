import { listOf, pageOf, pageQuery } from '../platform/http/paging.ts';
import { route, type Route } from '../platform/http/route.ts';
import { Id, strict } from '../platform/http/schema.ts';
import { DeliveryStatusView, DeliveryView, getDeliveryStatus, listDeliveries } from './delivery-list.ts';

const tag = 'Bank deliveries';

export const deliveryRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/banking/deliveries',
    tag,
    summary: 'Files that the banks delivered, the latest first',
    operation: listDeliveries,
    client: 'query',
    query: strict({ client_account_id: Id, ...pageQuery(50) }),
    response: listOf(DeliveryView),
    input: ({ query, language }) => ({ ...pageOf(query, 50), language }),
  }),
  route({
    method: 'GET',
    path: '/banking/delivery-status',
    tag,
    summary: 'Whether each connected bank delivers, and who is silent',
    operation: getDeliveryStatus,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: DeliveryStatusView,
    input: ({ language }) => ({ language }),
  }),
];
