import { pageOf, listOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, Id, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { createProject } from './project-create.ts';
import { deactivateProject } from './project-deactivate.ts';
import { getProject } from './project-get.ts';
import { listProjects } from './project-list.ts';
import { PROJECT_RELATIONS, ProjectView } from './project-relations.ts';
import { updateProject } from './project-update.ts';
import { NewValue, ValueChanges } from './dimension-value.ts';
import { requireSameClientAccount } from '../read-only.ts';

const tag = 'Projects';
const one = {
  tag,
  path: '/projects/{id}',
  client: 'record',
  recordIn: 'dimension_values',
  params: strict({ id: Id }),
  response: ProjectView,
} as const;

export const projectRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/projects',
    tag,
    summary: 'List projects',
    operation: listProjects,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      name: Type.Optional(Type.String()),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(ProjectView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      isActive: asBooleanOrAll(query.is_active, true),
      name: query.name,
      orderBy: query.order_by,
      with: relations(query.with, PROJECT_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/projects',
    tag,
    summary: 'Create a project',
    operation: createProject,
    client: 'body',
    status: 201,
    body: NewValue,
    response: ProjectView,
    input: ({ body }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A project',
    operation: getProject,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, PROJECT_RELATIONS) }),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change a project',
      operation: updateProject,
      body: ValueChanges,
      input: ({ params: { id }, body }) => {
        requireSameClientAccount(id, body.client_account_id);
        return { id, changes: body };
      },
    }),
  ),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Deactivate a project',
    operation: deactivateProject,
    input: ({ params }) => ({ id: params.id }),
  }),
];
