import { contentDisposition } from '../platform/http/content-disposition.ts';
import { prefersAsync, sendAccepted } from '../platform/http/respond-async.ts';
import { route, type Route } from '../platform/http/route.ts';
import { asBoolean, DateText, Id, QueryBoolean, strict, Type } from '../platform/http/schema.ts';
import { JobShape } from '../platform/jobs/job-view.ts';
import { AsOfQuery, asOfFaults } from '../reports/index.ts';
import { getSafTExport } from './export-get.ts';
import { SAF_T_VERSIONS } from './saf-t-version.ts';

/** No file for a submission is smaller; a smaller limit is a mistake. */
const SMALLEST_FILE = 10_000;

export const safTExportRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/reports/saf-t-financial',
    tag: 'Reports',
    summary: 'SAF-T Financial (Norway) of a range of days, as a ZIP with the XML',
    operation: getSafTExport,
    client: 'query',
    refusesRange: true,
    query: strict({
      client_account_id: Id,
      start_date: DateText,
      end_date: DateText,
      version: Type.Optional(
        Type.Enum([...SAF_T_VERSIONS], {
          description: 'Of the schema. Otherwise the one that is mandatory for the newest year',
        }),
      ),
      max_file_bytes: Type.Optional(
        Type.Integer({
          minimum: SMALLEST_FILE,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'Divides the XML into files of at most this size, each valid alone, with the totals of the set',
        }),
      ),
      warnings: Type.Optional({
        ...QueryBoolean,
        description: 'Adds a text file that tells what is odd in the books',
      }),
      ...AsOfQuery,
    }),
    produces: ['application/zip'],
    asJob: JobShape,
    faults: (query) => asOfFaults(query),
    input: ({ query, language, request, left }) => ({
      request: {
        from: query.start_date,
        to: query.end_date,
        version: query.version,
        maxFileBytes: query.max_file_bytes,
        warnings: asBoolean(query.warnings, false),
        asOf: query.as_of === undefined ? null : new Date(query.as_of),
      },
      language,
      asJob: prefersAsync(request),
      left,
    }),
    send: (made, reply) => {
      reply.header('vary', 'accept-language, prefer');
      if ('job' in made) return sendAccepted(reply, made.job);
      return reply
        .type(made.contentType)
        .headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' })
        .header('content-disposition', contentDisposition('attachment', made.fileName))
        .send(made.bytes);
    },
  }),
];
