import { route, type Route } from '../platform/http/route.ts';
import { Id, strict } from '../platform/http/schema.ts';
import { getArchive } from './archive-get.ts';

export const archiveRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/client-accounts/{client_account_id}/archive',
    tag: 'Client accounts',
    summary: 'Everything kept of a client account as a ZIP: books, masters, log, hash chain and files',
    operation: getArchive,
    client: 'path',
    params: strict({ client_account_id: Id }),
    produces: ['application/zip'],
    input: () => ({}),
    send: ({ name, stream }, reply) =>
      reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .send(stream),
  }),
];
