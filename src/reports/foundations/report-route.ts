import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { FieldProblem, Language } from '../../platform/errors.ts';
import { contentDisposition } from '../../platform/http/content-disposition.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { Operation } from '../../platform/operation.ts';
import { deliverReport, type DeliveredReport, type ReportRequest } from '../delivery/report-deliver.ts';
import type { PrintableReport } from '../printed/printable-report.ts';
import { JobShape } from '../../platform/jobs/job-view.ts';
import { prefersAsync, sendAccepted } from '../../platform/http/respond-async.ts';
import { readFormat, REPORT_FORMATS, type ReportFormat } from './report-format.ts';

export interface ReportRouteSpec<Q, R, S extends TSchema, V extends TSchema> {
  /** Below /api/v2. */
  path: string;
  summary: string;
  /** Its query, including `format` and the client account. */
  query: S;
  /** Faults of the query that its schema cannot detect. Those of `format` are reported here. */
  faults?(query: Static<S>, request: FastifyRequest): FieldProblem[];
  question(query: Static<S>): Q;
  /** JSON: read by the operation, in the report's own view. */
  read: Operation<Q, R>;
  view(report: R, language: Language): Static<V>;
  response: V;
  /** Every other format. */
  print: PrintableReport<Q>;
  /** All, if not given. */
  formats?: readonly ReportFormat[];
}

const CONTENT_TYPES: Record<ReportFormat, string> = {
  json: 'application/json',
  html: 'text/html',
  pdf: 'application/pdf',
  excel: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A report's endpoint in all its formats. */
export function reportRoute<Q, R, S extends TSchema, V extends TSchema>(spec: ReportRouteSpec<Q, R, S, V>): Route {
  const formats = spec.formats ?? REPORT_FORMATS;
  const formatOf = ({ format }: { format?: string }, { headers }: FastifyRequest) =>
    readFormat(format, headers.accept, formats);
  return route<ReportRequest<Q>, DeliveredReport<R>, undefined, TSchema>({
    method: 'GET',
    path: spec.path,
    tag: 'Reports',
    summary: spec.summary,
    operation: deliverReport(spec),
    client: 'query',
    refusesRange: true,
    query: spec.query,
    response: spec.response,
    asJob: JobShape,
    produces: formats.toSorted().map((format) => CONTENT_TYPES[format]),
    faults: (query, request) => [
      ...(spec.faults?.(query as Static<S>, request) ?? []),
      ...formatOf(query as object, request).problems,
    ],
    input: ({ query, language, request, left }) => ({
      question: spec.question(query as Static<S>),
      format: formatOf(query as object, request).format,
      asJob: prefersAsync(request),
      language,
      left,
    }),
    send: (delivered, reply, { language }) => send(delivered, reply, (report) => spec.view(report, language)),
  });
}

function send<R>(delivered: DeliveredReport<R>, reply: FastifyReply, view: (report: R) => unknown): unknown {
  reply.header('vary', 'accept, accept-language, prefer');
  if ('job' in delivered) return sendAccepted(reply, delivered.job);
  if ('report' in delivered) {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(view(delivered.report)));
  }
  const { fileName, contentType, inline, headers, body } = delivered;
  return reply
    .type(contentType)
    .headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff', ...headers })
    .header('content-disposition', contentDisposition(inline ? 'inline' : 'attachment', fileName))
    .send(body);
}
