import { pageOf, listOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, Id, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { createDepartment } from './department-create.ts';
import { deactivateDepartment } from './department-deactivate.ts';
import { getDepartment } from './department-get.ts';
import { DEPARTMENT_RELATIONS, listDepartments } from './department-list.ts';
import { updateDepartment } from './department-update.ts';
import { NewValue, ValueChanges, ValueView } from './dimension-value.ts';
import { requireSameClientAccount } from '../read-only.ts';

const tag = 'Departments';
const one = {
  tag,
  path: '/departments/{id}',
  client: 'record',
  recordIn: 'dimension_values',
  params: strict({ id: Id }),
  response: ValueView,
} as const;

export const departmentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/departments',
    tag,
    summary: 'List departments',
    operation: listDepartments,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      name: Type.Optional(Type.String()),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(50),
      ...WithQuery,
    }),
    response: listOf(ValueView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      isActive: asBooleanOrAll(query.is_active, true),
      name: query.name,
      orderBy: query.order_by,
      with: relations(query.with, DEPARTMENT_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/departments',
    tag,
    summary: 'Create a department',
    operation: createDepartment,
    client: 'body',
    status: 201,
    body: NewValue,
    response: ValueView,
    input: ({ body }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A department',
    operation: getDepartment,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, DEPARTMENT_RELATIONS) }),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change a department',
      operation: updateDepartment,
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
    summary: 'Deactivate a department',
    operation: deactivateDepartment,
    input: ({ params }) => ({ id: params.id }),
  }),
];
