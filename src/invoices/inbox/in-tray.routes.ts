import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict } from '../../platform/http/schema.ts';
import { getInTray, InTrayView, renewInTrayAddress } from './in-tray.ts';

const tag = 'Received invoices';

export const inTrayRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/in-tray',
    tag,
    summary: 'The address that invoices can be mailed to',
    operation: getInTray,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: InTrayView,
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/in-tray/address',
    tag,
    summary: 'Make the address, or another one; what is mailed to the old one is not taken in any more',
    operation: renewInTrayAddress,
    client: 'body',
    body: strict({ client_account_id: Id }),
    response: InTrayView,
    input: () => undefined,
  }),
];
