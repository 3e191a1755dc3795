import { isLocalDate } from '../kernel/local-date.ts';
import { contentDisposition } from '../platform/http/content-disposition.ts';
import { listOf, pageOf, pageQuery } from '../platform/http/paging.ts';
import { route, type Route } from '../platform/http/route.ts';
import { DateText, Id, nullable, strict, Type } from '../platform/http/schema.ts';
import { getVatReport, printableVat, reportRoute, vatRows, VatRowView } from '../reports/index.ts';
import { BreachesView, getMessage, getMessageCheck } from './message/message-get.ts';
import { listRemarks, RemarkInput, RemarkView, saveRemarks } from './message/remarks.ts';
import { CATEGORIES } from './message/return-message.ts';
import { createSettlement } from './settlements/settlement-create.ts';
import { getSettlement, listSettlements } from './settlements/settlement-list.ts';
import { SettlementView } from './settlements/settlement.ts';
import { createSubmission } from './submissions/submission-create.ts';
import { getSubmission, listSubmissions } from './submissions/submission-list.ts';
import { SubmissionView } from './submissions/submission.ts';
import { listTerms, TermsView } from './terms/term-list.ts';

const tag = 'VAT return';

const Term = { client_account_id: Id, from_date: DateText, to_date: DateText };
const termOf = ({ from_date: from, to_date: to }: { from_date: string; to_date: string }) => ({ from, to });

const Message = {
  ...Term,
  category: Type.Optional(Type.Enum([...CATEGORIES], { default: 'alminnelig' })),
  kid: Type.Optional(Type.String({ maxLength: 25, description: 'For a refund' })),
};

const messageOf = (query: {
  from_date: string;
  to_date: string;
  category?: (typeof CATEGORIES)[number];
  kid?: string;
}) => ({
  term: termOf(query),
  category: query.category ?? 'alminnelig',
  kid: query.kid ?? null,
});

const report = reportRoute({
  path: '/vat-return/report',
  summary: 'Rows of the VAT report, as JSON or, with Accept: application/pdf, as a file',
  query: strict({
    ...Term,
    format: Type.Optional(Type.String({ description: 'One of json, html, pdf; else by Accept' })),
  }),
  question: (query) => ({ range: termOf(query), asOf: null }),
  read: getVatReport,
  view: (read, language) => ({ data: vatRows(read, language) }),
  response: strict({ data: Type.Array(VatRowView) }),
  print: printableVat,
  formats: ['html', 'pdf', 'json'],
});

/** The report's own paths use `format`; here only the header is documented. */
const byAccept = <Q extends object>(query: Q, accept: string | undefined): Q =>
  'format' in query || !/\bapplication\/pdf\b/i.test(accept ?? '') ? query : { ...query, format: 'pdf' };

const range = {
  from_date: Type.Optional(nullable(DateText)),
  to_date: Type.Optional(nullable(DateText)),
};

export const vatReturnRoutes: Route[] = [
  {
    ...report,
    tag,
    faults: (query, request) => report.faults!(byAccept(query as object, request.headers.accept), request),
    input: (parts) => report.input({ ...parts, query: byAccept(parts.query as object, parts.request.headers.accept) }),
  },
  route({
    method: 'GET',
    path: '/vat-return/terms',
    tag,
    summary: 'The terms of a year with their due dates and settlements',
    operation: listTerms,
    client: 'query',
    query: strict({ client_account_id: Id, year: Type.Integer({ minimum: 1970, maximum: 2199 }) }),
    response: TermsView,
    input: ({ query }) => ({ year: query.year }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/message',
    tag,
    summary: 'The VAT return of a term as mva-melding XML',
    operation: getMessage,
    client: 'query',
    query: strict(Message),
    produces: ['application/xml'],
    input: ({ query }) => messageOf(query),
    send: ({ xml, fileName }, reply) =>
      reply
        .type('application/xml; charset=utf-8')
        .header('content-disposition', contentDisposition('attachment', fileName))
        .header('x-content-type-options', 'nosniff')
        .send(xml),
  }),
  route({
    method: 'GET',
    path: '/vat-return/message/check',
    tag,
    summary: 'Which validation rules of mva-meldingen the return breaks',
    operation: getMessageCheck,
    client: 'query',
    query: strict(Message),
    response: BreachesView,
    input: ({ query, language }) => ({ ...messageOf(query), language }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/remarks',
    tag,
    summary: 'Remarks on the return of a term and its lines',
    operation: listRemarks,
    client: 'query',
    query: strict(Term),
    response: strict({ data: Type.Array(RemarkView) }),
    input: ({ query }) => termOf(query),
  }),
  route({
    method: 'PUT',
    path: '/vat-return/remarks',
    tag,
    summary: 'Put these remarks in place of those of the term',
    operation: saveRemarks,
    client: 'body',
    body: strict({ ...Term, remarks: Type.Array(RemarkInput, { maxItems: 200 }) }),
    response: strict({ data: Type.Array(RemarkView) }),
    input: ({ body }) => ({ term: termOf(body), remarks: body.remarks }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/settlements',
    tag,
    summary: 'Settlements of VAT terms',
    operation: listSettlements,
    client: 'query',
    query: strict({ client_account_id: Id, ...range, ...pageQuery(100) }),
    response: listOf(SettlementView),
    input: ({ query }) => ({ ...pageOf(query, 100), from: query.from_date ?? null, to: query.to_date ?? null }),
  }),
  route({
    method: 'POST',
    path: '/vat-return/settlements',
    tag,
    summary: 'Post the settlement of a VAT term, or what changed since it was settled',
    operation: createSettlement,
    client: 'body',
    status: 201,
    body: strict({
      ...Term,
      entry_date: Type.Optional(Type.String({ format: 'date', description: 'The last day of the term if not given' })),
      dry_run: Type.Optional(Type.Boolean({ description: 'Tell what would be posted, and post nothing' })),
    }),
    response: SettlementView,
    input: ({ body }) => ({
      term: termOf(body),
      ...(body.entry_date !== undefined && isLocalDate(body.entry_date) ? { entryDate: body.entry_date } : {}),
      dryRun: body.dry_run ?? false,
    }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/settlements/{id}',
    tag,
    summary: 'One settlement of a VAT term',
    operation: getSettlement,
    client: 'record',
    recordIn: 'vat_settlements',
    params: strict({ id: Id }),
    response: SettlementView,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/submissions',
    tag,
    summary: 'Returns that were sent, and those of settled terms that were not yet',
    operation: listSubmissions,
    client: 'query',
    query: strict({
      client_account_id: Id,
      ...range,
      order_by: Type.Optional(Type.Enum(['from_date', 'from_date asc', 'from_date desc', '-from_date'])),
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
      page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
      per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
    }),
    response: listOf(SubmissionView),
    input: ({ query, language }) => ({
      language,
      page: query.page ?? 1,
      perPage: query.page_size ?? query.per_page ?? 100,
      from: query.from_date ?? null,
      to: query.to_date ?? null,
      newestFirst: query.order_by === '-from_date' || query.order_by === 'from_date desc',
    }),
  }),
  route({
    method: 'POST',
    path: '/vat-return/submissions',
    tag,
    summary: 'Send the return of a settled term to Skatteetaten through Altinn, in the caller’s name',
    operation: createSubmission,
    client: 'body',
    status: 201,
    body: strict(Message),
    response: SubmissionView,
    input: ({ body, language }) => ({ ...messageOf(body), language }),
  }),
  route({
    method: 'GET',
    path: '/vat-return/submissions/{id}',
    tag,
    summary: 'One submission of a VAT return, with its answer',
    operation: getSubmission,
    client: 'record',
    recordIn: ['vat_submissions', 'vat_settlements'],
    params: strict({ id: Id }),
    response: SubmissionView,
    input: ({ params, language }) => ({ id: params.id, language }),
  }),
];
