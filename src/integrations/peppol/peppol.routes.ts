import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { getPeppolStatus, PeppolStatus, PeppolStatuses } from './peppol-status.ts';
import { switchPeppol } from './peppol-switch.ts';

const tag = 'Integrations';

export const peppolRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/peppol/status',
    tag,
    summary: 'Whether a client account uses Peppol and the network shows it; without client_account_id all that could',
    operation: getPeppolStatus,
    client: 'query',
    query: strict({ client_account_id: Type.Optional(Id) }),
    response: Type.Union([PeppolStatus, PeppolStatuses]),
    input: ({ query }) => ({ clientAccountId: query.client_account_id ?? null }),
  }),
  route({
    method: 'PATCH',
    path: '/integrations/peppol/status',
    tag,
    summary: 'Enable or disable Peppol: registers the organisation for invoices and credit notes, or ends that',
    operation: switchPeppol,
    client: 'query',
    query: strict({ client_account_id: Id }),
    body: strict({
      is_active: Type.Boolean(),
      migration_key: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'Of the provider that has the organisation now, to take it over',
        }),
      ),
    }),
    response: PeppolStatus,
    input: ({ body }) => ({ isActive: body.is_active, migrationKey: body.migration_key ?? null }),
  }),
];
