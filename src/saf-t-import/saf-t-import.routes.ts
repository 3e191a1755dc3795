import type { FastifyReply, FastifyRequest } from 'fastify';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { invalid, problem } from '../platform/errors.ts';
import { asBoolean, Id, QueryBoolean, strict, Type } from '../platform/http/schema.ts';
import { stageBody } from '../platform/http/staged-body.ts';
import { route, type Route } from '../platform/http/route.ts';
import type { JobUpload } from '../platform/jobs/job-queue.ts';
import { findJob, JobShape, type JobView, jobView } from '../platform/jobs/job-view.ts';
import { type Access, decideAccess, type Platform, writeOperation } from '../platform/operation.ts';
import { safTImportErrors } from './errors.ts';
import { SAF_T_IMPORT_JOB, type ImportJobInput } from './import-job.ts';

interface StartInput {
  clientAccountId: number | null;
  file: JobUpload;
}

const access: Access = { kind: 'clients', scope: 'write:accounting', roles: BOOKKEEPERS };

/** Accepts the file and responds with the job that will import it. */
const startSafTImport = writeOperation<StartInput, JobView>({
  name: 'saf-t-import.start',
  access,
  async run({ tx, platform, caller, requestId, audit }, { clientAccountId, file }) {
    if (!platform.jobs) throw safTImportErrors.no_jobs();
    const input: ImportJobInput = {
      file_name: file.name,
      client_account_id: clientAccountId,
      request_id: requestId ?? null,
    };
    const id = await platform.jobs.add(tx, {
      kind: SAF_T_IMPORT_JOB,
      userId: caller.userId,
      clientAccountId: clientAccountId ?? 0,
      input,
      upload: file,
    });
    audit({ recordType: 'job', recordId: id, after: { kind: SAF_T_IMPORT_JOB, sha256: file.sha256, size: file.size } });
    return jobView(await findJob(tx, caller, id), caller, platform.jobs);
  },
});

const Query = strict({
  client_account_id: Type.Optional(Id),
  new: Type.Optional(QueryBoolean),
  file_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
});

/** A caller who may not import must not send gigabytes: target and access are checked before the body is read. */
async function takeFile(request: FastifyRequest, reply: FastifyReply, platform: Platform): Promise<JobUpload> {
  const query = request.query as Record<string, string | undefined>;
  const target = query['client_account_id'];
  if ((target === undefined) === !asBoolean(query['new'] as 'true' | undefined, false)) {
    throw invalid([
      problem(
        'client_account_id',
        'give either client_account_id or new=true',
        'oppgi enten client_account_id eller new=true',
      ),
    ]);
  }
  if (target !== undefined && !/^[1-9]\d{0,15}$/.test(target)) {
    throw invalid([problem('client_account_id', 'must be an integer', 'må være et heltall')]);
  }
  decideAccess(access, { caller: request.caller, clientAccountId: target === undefined ? null : Number(target) });
  if (!platform.jobs) throw safTImportErrors.no_jobs();
  return stageBody(request, reply, {
    jobs: platform.jobs,
    name: query['file_name'] ?? 'saf-t',
    empty: safTImportErrors.empty,
  });
}

export const safTImportRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/imports/saf-t',
    tag: 'Imports',
    summary: 'Import the books of a SAF-T Financial file (XML or ZIP as the body) into a client account, or a new one',
    operation: startSafTImport,
    client: 'query',
    query: Query,
    status: 202,
    response: JobShape,
    consumes: [
      'application/xml',
      'text/xml',
      'application/zip',
      'application/x-zip-compressed',
      'application/octet-stream',
    ],
    readBody: takeFile,
    bodyLimit: 1e12,
    input: ({ query, request }) => ({
      clientAccountId: query.client_account_id ?? null,
      file: request.body as JobUpload,
    }),
  }),
];
