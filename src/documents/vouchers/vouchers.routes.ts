import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBoolean, Id, QueryBoolean, strict, Type } from '../../platform/http/schema.ts';
import { choicesOf, idsOf, QueryList } from '../query-list.ts';
import { VOUCHER_STATUSES, VoucherView } from './voucher.ts';
import { getVoucher } from './voucher-get.ts';
import { linkVoucher } from './voucher-link.ts';
import { listVouchers } from './voucher-list.ts';
import { VOUCHER_RELATIONS } from './voucher-relations.ts';
import { unlinkVoucher } from './voucher-unlink.ts';
import { updateVoucher, VoucherChanges } from './voucher-update.ts';

const tag = 'Vouchers';
const one = { tag, client: 'record', recordIn: 'vouchers', params: strict({ id: Id }), response: VoucherView } as const;
const flag = Type.Optional(QueryBoolean);
const given = (text: Parameters<typeof asBoolean>[0]) => (text === undefined ? undefined : asBoolean(text, false));

export const voucherRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/vouchers',
    tag,
    summary: 'List vouchers of one, several or all client accounts',
    operation: listVouchers,
    client: 'query',
    query: strict({
      client_account_id: QueryList,
      status: QueryList,
      business_partner_id: QueryList,
      collection_id: QueryList,
      project_id: QueryList,
      free_text: Type.Optional(Type.String()),
      has_project: flag,
      has_collection: flag,
      has_journal_entry: flag,
      has_attachment: flag,
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(VoucherView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      clientAccountIds: idsOf('client_account_id', query.client_account_id),
      statuses: choicesOf('status', query.status, VOUCHER_STATUSES),
      businessPartnerIds: idsOf('business_partner_id', query.business_partner_id),
      collectionIds: idsOf('collection_id', query.collection_id),
      projectIds: idsOf('project_id', query.project_id),
      freeText: query.free_text,
      hasProject: given(query.has_project),
      hasCollection: given(query.has_collection),
      hasJournalEntry: given(query.has_journal_entry),
      hasAttachment: given(query.has_attachment),
      orderBy: query.order_by,
      with: relations(query.with, VOUCHER_RELATIONS),
    }),
  }),
  route({
    ...one,
    method: 'GET',
    path: '/vouchers/{id}',
    summary: 'A voucher',
    operation: getVoucher,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, VOUCHER_RELATIONS) }),
  }),
  route({
    ...one,
    method: 'PATCH',
    path: '/vouchers/{id}',
    summary: 'Change status, description or collections of a voucher',
    operation: updateVoucher,
    body: VoucherChanges,
    input: ({ params: { id }, body }) => ({ id, changes: body }),
  }),
  route({
    ...one,
    method: 'POST',
    path: '/vouchers/{id}/journal-entries',
    summary: 'Link a voucher to a posted entry',
    operation: linkVoucher,
    status: 201,
    body: strict({ journal_entry_id: Id }),
    input: ({ params: { id }, body }) => ({ id, entryId: body.journal_entry_id }),
  }),
  route({
    ...one,
    method: 'DELETE',
    path: '/vouchers/{id}/journal-entries/{journal_entry_id}',
    summary: 'Take away a link that was made after posting',
    operation: unlinkVoucher,
    params: strict({ id: Id, journal_entry_id: Id }),
    input: ({ params }) => ({ id: params.id, entryId: params.journal_entry_id }),
  }),
];
