import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import { findOrganizations } from './organization-find.ts';
import { getOrganization } from './organization-get.ts';
import { OrganizationShape } from './organization.ts';

export const organizationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/organizations',
    tag: 'Organizations',
    summary: 'Public facts about organisations, by number or by the beginning of the name',
    operation: findOrganizations,
    client: 'none',
    query: strict({
      ...pageQuery(100),
      organization_number: Type.Optional(Type.String({ maxLength: 20 })),
      name: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
    }),
    response: listOf(OrganizationShape),
    input: ({ query }) => ({
      organizationNumber: query.organization_number ?? null,
      name: query.name ?? null,
      page: pageOf(query, 100),
    }),
  }),
  route({
    method: 'GET',
    path: '/organizations/{organization_number}',
    tag: 'Organizations',
    summary: 'The organisation with a number',
    operation: getOrganization,
    client: 'none',
    params: Type.Object({ organization_number: Type.String({ pattern: '^\\d{9}$' }) }),
    response: OrganizationShape,
    input: ({ params }) => ({ organizationNumber: params.organization_number }),
  }),
];
