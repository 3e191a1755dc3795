import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { DialogShape } from './dialog.ts';
import { searchDialogs } from './dialog-search.ts';

export const dialogportenRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/dialogporten/dialogs',
    tag: 'Integrations',
    summary: 'Dialogs of the client account’s organisation in Dialogporten, live; the 1,000 last changed at most',
    operation: searchDialogs,
    client: 'none',
    query: strict({
      client_account_id: Id,
      status: Type.Optional(
        Type.String({ minLength: 1, maxLength: 100, pattern: '^\\w+$', description: '`InProgress`, `Completed`' }),
      ),
      service_resource: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 300,
          pattern: '\\S',
          description: 'With or without `urn:altinn:resource:`',
        }),
      ),
    }),
    response: strict(
      {
        items: Type.Array(DialogShape),
        error: Type.Optional(Type.String({ description: 'Why the search could not be made; the list is then empty' })),
      },
      { description: 'Fetched live; nothing is kept' },
    ),
    input: ({ query }) => ({
      clientAccountId: query.client_account_id,
      status: query.status,
      serviceResource: query.service_resource?.trim(),
    }),
  }),
];
