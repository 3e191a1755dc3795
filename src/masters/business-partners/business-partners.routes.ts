import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import {
  asBoolean,
  asBooleanOrAll,
  Id,
  QueryBoolean,
  QueryBooleanOrAll,
  strict,
  Type,
} from '../../platform/http/schema.ts';
import { NewPartner, PartnerChanges, PartnerView } from './business-partner.ts';
import { createBusinessPartner } from './business-partner-create.ts';
import { deactivateBusinessPartner } from './business-partner-deactivate.ts';
import { getBusinessPartner } from './business-partner-get.ts';
import { listBusinessPartners, PARTNER_RELATIONS } from './business-partner-list.ts';
import { updateBusinessPartner } from './business-partner-update.ts';
import { requireSameClientAccount } from '../read-only.ts';

const tag = 'Business partners';
const one = {
  tag,
  path: '/business-partners/{id}',
  client: 'record',
  recordIn: 'business_partners',
  params: strict({ id: Id }),
  response: PartnerView,
} as const;

const flag = Type.Optional(QueryBoolean);
const given = (text: Parameters<typeof asBoolean>[0]) => (text === undefined ? undefined : asBoolean(text, false));

export const businessPartnerRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/business-partners',
    tag,
    summary: 'List business partners',
    operation: listBusinessPartners,
    client: 'query',
    query: strict({
      client_account_id: Id,
      is_organization: flag,
      is_customer: flag,
      is_supplier: flag,
      is_employee: flag,
      organization_id: Type.Optional(Id),
      organization_number: Type.Optional(Type.String()),
      user_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      free_text: Type.Optional(Type.String()),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(PartnerView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      isOrganization: given(query.is_organization),
      isCustomer: given(query.is_customer),
      isSupplier: given(query.is_supplier),
      isEmployee: given(query.is_employee),
      organizationId: query.organization_id,
      organizationNumber: query.organization_number,
      userId: query.user_id,
      isActive: asBooleanOrAll(query.is_active, true),
      freeText: query.free_text,
      orderBy: query.order_by,
      with: relations(query.with, PARTNER_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/business-partners',
    tag,
    summary: 'Create a business partner',
    operation: createBusinessPartner,
    client: 'body',
    status: 201,
    body: NewPartner,
    response: PartnerView,
    input: ({ body }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A business partner',
    operation: getBusinessPartner,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, PARTNER_RELATIONS) }),
  }),
  route({
    ...one,
    method: 'PUT',
    summary: 'Change a business partner; fields left out stay',
    operation: updateBusinessPartner,
    body: PartnerChanges,
    input: ({ params: { id }, body }) => {
      requireSameClientAccount(id, body.client_account_id);
      return { id, changes: body };
    },
  }),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Deactivate a business partner',
    operation: deactivateBusinessPartner,
    input: ({ params }) => ({ id: params.id }),
  }),
];
