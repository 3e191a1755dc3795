import { route, type Route } from '../../platform/http/route.ts';
import { AuthorizeQuery, AuthorizeShape, loginQuestion, StatusShape } from './connection-shapes.ts';
import { beginIdPortenLogin } from './login-begin.ts';
import { getIdPortenStatus } from './status.ts';

export const idPortenRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/integrations/id-porten/status',
    tag: 'Integrations',
    summary: 'Whether the user has an active ID-porten session',
    operation: getIdPortenStatus,
    client: 'none',
    response: StatusShape,
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/integrations/id-porten/authorize',
    tag: 'Integrations',
    summary: 'Begin a login at ID-porten; the user’s browser, signed in here, goes to the address and comes back',
    operation: beginIdPortenLogin,
    client: 'none',
    query: AuthorizeQuery,
    response: AuthorizeShape,
    input: ({ query, language }) => loginQuestion(query, language),
  }),
];
