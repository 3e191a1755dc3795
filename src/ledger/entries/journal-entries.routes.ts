import { invalid } from '../../platform/errors.ts';
import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { BODY_LIMITS } from '../../platform/http/request-body.ts';
import { route, type Route } from '../../platform/http/route.ts';
import {
  asBoolean,
  DateText,
  Id,
  LARGEST_INT4,
  nullable,
  QueryBoolean,
  strict,
  Type,
  MultiLineText,
} from '../../platform/http/schema.ts';
import { deleteDraft } from '../drafts/draft-delete.ts';
import { missingFields } from '../drafts/draft-entry.ts';
import { postDraft } from '../drafts/draft-post.ts';
import { updateDraft } from '../drafts/draft-update.ts';
import { cancelEntry } from './entry-cancel.ts';
import { createEntry } from './entry-create.ts';
import { getEntry } from './entry-get.ts';
import { DraftFields, DraftInput, EntryInput } from './entry-input.ts';
import { ENTRY_RELATIONS, listEntries } from './entry-list.ts';
import { EntryView } from './entry-view.ts';
import { LARGEST_BULK, postEntries } from './entries-post-bulk.ts';

const tag = 'Journal entries';
const params = strict({ id: Id });
const one = {
  tag,
  client: 'record' as const,
  recordIn: ['journal_entries', 'draft_journal_entries'],
  params,
  response: EntryView,
};

const NInt = nullable(Type.Integer());
const NText = nullable(Type.String());
const BulkView = strict({
  posted: Type.Integer(),
  failed: Type.Integer(),
  results: Type.Array(
    strict({
      index: Type.Integer(),
      id: NInt,
      series: NText,
      sequence_number: NInt,
      total: NText,
      posted_at: NText,
      error: nullable(Type.Object({}, { additionalProperties: true })),
    }),
  ),
});

export const journalEntryRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/journal-entries',
    tag,
    summary: 'List journal entries, posted ones or drafts',
    operation: listEntries,
    client: 'query',
    query: strict({
      client_account_id: Id,
      date_from: Type.Optional(DateText),
      date_to: Type.Optional(DateText),
      relation_type: Type.Optional(Type.String()),
      relation_id: Type.Optional(Id),
      series: Type.Optional(Type.String()),
      fiscal_year: Type.Optional(Type.Integer({ minimum: 1, maximum: 9999 })),
      sequence_number: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_INT4 })),
      account_code: Type.Optional(Type.String()),
      voucher_id: Type.Optional(Id),
      source: Type.Optional(Type.String()),
      is_draft: Type.Optional(QueryBoolean),
      order_by: Type.Optional(Type.String()),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(EntryView),
    input: ({ query, language }) => ({
      ...pageOf(query, 100),
      dateFrom: query.date_from,
      dateTo: query.date_to,
      relationType: query.relation_type,
      relationId: query.relation_id,
      series: query.series,
      fiscalYear: query.fiscal_year,
      sequenceNumber: query.sequence_number,
      accountCode: query.account_code,
      voucherId: query.voucher_id,
      source: query.source,
      isDraft: asBoolean(query.is_draft, false),
      orderBy: query.order_by,
      with: relations(query.with, ENTRY_RELATIONS),
      language,
    }),
  }),
  route({
    ...one,
    method: 'GET',
    path: '/journal-entries/{id}',
    summary: 'A journal entry or draft with its lines and their accounts',
    operation: getEntry,
    query: strict(WithQuery),
    input: ({ params: { id }, query, language }) => {
      relations(query.with, ENTRY_RELATIONS);
      return { id, language };
    },
  }),
  route({
    method: 'POST',
    path: '/journal-entries',
    tag,
    summary: 'Post a journal entry, or keep it as a draft (is_draft)',
    operation: createEntry,
    client: 'body',
    status: 201,
    bodyLimit: BODY_LIMITS.large,
    body: strict({ client_account_id: Id, is_draft: Type.Optional(Type.Boolean()), ...DraftFields }),
    response: EntryView,
    input: ({ body, language }) => {
      const { client_account_id: _, is_draft: isDraft, ...draft } = body;
      if (isDraft) return { draft, language };
      const missing = missingFields(draft);
      if (missing.length > 0) throw invalid(missing);
      return { entry: draft as EntryInput };
    },
  }),
  route({
    method: 'POST',
    path: '/journal-entries/bulk',
    tag,
    summary: `Post up to ${LARGEST_BULK} entries in one transaction`,
    operation: postEntries,
    client: 'body',
    status: 201,
    bodyLimit: BODY_LIMITS.large,
    body: strict({
      client_account_id: Id,
      mode: Type.Optional(Type.Enum(['all', 'each'])),
      entries: Type.Array(EntryInput, { minItems: 1, maxItems: LARGEST_BULK }),
    }),
    response: BulkView,
    input: ({ body, language }) => ({ entries: body.entries, mode: body.mode ?? 'all', language }),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    route({
      ...one,
      method,
      bodyLimit: BODY_LIMITS.large,
      path: '/journal-entries/{id}',
      summary: method === 'PUT' ? 'Replace a draft' : 'Change fields of a draft',
      operation: updateDraft,
      body: DraftInput,
      input: ({ params: { id }, body, language }) => ({ id, draft: body, replace: method === 'PUT', language }),
    }),
  ),
  route({
    method: 'DELETE',
    path: '/journal-entries/{id}',
    tag,
    summary: 'Delete a draft; a posted entry is never deleted',
    operation: deleteDraft,
    client: 'record',
    recordIn: ['journal_entries', 'draft_journal_entries'],
    params,
    status: 204,
    input: ({ params: { id } }) => ({ id }),
    send: (_, reply) => reply.send(),
  }),
  route({
    ...one,
    method: 'POST',
    path: '/journal-entries/{id}/post',
    summary: 'Post a draft',
    operation: postDraft,
    input: ({ params: { id } }) => ({ id }),
  }),
  route({
    ...one,
    method: 'POST',
    path: '/journal-entries/{id}/cancel',
    summary: 'Cancel a posted entry with a linked counter-entry',
    operation: cancelEntry,
    status: 201,
    body: strict({ reason: MultiLineText({ minLength: 1, maxLength: 500 }), entry_date: Type.Optional(DateText) }),
    input: ({ params: { id }, body }) => ({
      id,
      reason: body.reason,
      ...(body.entry_date ? { entryDate: body.entry_date } : {}),
    }),
  }),
];
