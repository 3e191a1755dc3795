import { route, type Route } from '../../platform/http/route.ts';
import { nullable, Type } from '../../platform/http/schema.ts';
import { AuthorizeQuery, AuthorizeShape, loginQuestion, StatusShape } from '../id-porten/connection-shapes.ts';
import { beginAltinnLogin } from '../id-porten/login-begin.ts';
import { getAltinnStatus } from '../id-porten/status.ts';
import { listParties } from './parties-list.ts';
import { listReportees } from './reportees-list.ts';

const open = { additionalProperties: true };
const HAL = 'application/hal+json';

export const altinnUserRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/altinn/status',
    tag: 'Integrations',
    summary: 'Whether the user is connected to Altinn through ID-porten',
    operation: getAltinnStatus,
    client: 'none',
    response: StatusShape,
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/integrations/altinn/authorize',
    tag: 'Integrations',
    summary: 'Begin a login at ID-porten that connects the user to Altinn',
    operation: beginAltinnLogin,
    client: 'none',
    query: AuthorizeQuery,
    response: AuthorizeShape,
    input: ({ query, language }) => loginQuestion(query, language),
  }),
  route({
    method: 'GET',
    path: '/integrations/altinn/reportees',
    tag: 'Integrations',
    summary: 'The organizations and persons that the user can act for in Altinn 2, as Altinn tells them',
    operation: listReportees,
    client: 'none',
    produces: [HAL],
    input: ({ language }) => ({ language }),
    send: (value, reply) => reply.type(HAL).send(JSON.stringify(value)),
  }),
  route({
    method: 'GET',
    path: '/integrations/altinn/parties',
    tag: 'Integrations',
    summary: 'The organizations and persons that the user can represent, from Altinn 3',
    operation: listParties,
    client: 'none',
    response: Type.Array(
      Type.Object(
        {
          name: Type.Optional(nullable(Type.String())),
          organizationNumber: Type.Optional(nullable(Type.String())),
          selectable: Type.Boolean({ description: 'False: shown for its sub-units only, or deleted' }),
        },
        { ...open, description: 'A party as Altinn tells it, its sub-units likewise' },
      ),
    ),
    input: () => undefined,
  }),
];
