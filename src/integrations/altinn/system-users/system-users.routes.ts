import { pageOf, pageQuery } from '../../../platform/http/paging.ts';
import { route, type Route } from '../../../platform/http/route.ts';
import { Id, strict, Type } from '../../../platform/http/schema.ts';
import { getSystemUser } from './system-user-get.ts';
import { listSystemUsers } from './system-user-list.ts';
import { requestSystemUser } from './system-user-request.ts';
import { SystemUserShape } from './system-user.ts';

const PER_PAGE = 100;
const PATH = '/integrations/altinn/system-users';
const tag = 'Integrations';

export const systemUserRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    tag,
    summary: 'System user requests at Altinn; asked for one client account, their status is fetched first',
    operation: listSystemUsers,
    client: 'query',
    query: strict({ client_account_id: Type.Optional(Id), ...pageQuery(PER_PAGE, 1000) }),
    response: strict({
      items: Type.Array(SystemUserShape),
      page: Type.Integer(),
      per_page: Type.Integer(),
      total: Type.Integer(),
    }),
    input: ({ query }) => pageOf(query, PER_PAGE),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag,
    summary: 'Ask for a system user of the client account’s organisation at Altinn, or get the one that stands',
    operation: requestSystemUser,
    client: 'body',
    body: strict({ client_account_id: Id }),
    response: SystemUserShape,
    input: () => undefined,
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    tag,
    summary: 'A system user request, its status fetched from Altinn',
    operation: getSystemUser,
    client: 'none',
    params: strict({ id: Type.String({ minLength: 1, maxLength: 100, description: 'UUID' }) }),
    response: SystemUserShape,
    input: ({ params }) => params.id,
  }),
];
