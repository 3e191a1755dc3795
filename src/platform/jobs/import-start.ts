import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../../kernel/assert.ts';
import { type ErrorMaker, invalid, problem } from '../errors.ts';
import { safeFileName } from '../http/content-disposition.ts';
import { Type } from '../http/schema.ts';
import { stageBody } from '../http/staged-body.ts';
import { type Access, type Context, decideAccess, type Platform } from '../operation.ts';
import type { ImportInput } from './import-run.ts';
import type { JobUpload } from './job-queue.ts';
import { findJob, JobShape, type JobView, jobView } from './job-view.ts';

/** Media types of the body of an import that may be XML, plain or in a ZIP. */
export const XML_OR_ZIP = [
  'application/xml',
  'text/xml',
  'application/zip',
  'application/x-zip-compressed',
  'application/octet-stream',
];

/** The query's name of the file. */
export const FileName = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));

type Query = Record<string, string | undefined>;

interface ImportSource {
  access: Access;
  consumes: string[];
  /** Name of a file that comes without one. */
  fileName: string;
  errors: { no_jobs: ErrorMaker; empty: ErrorMaker };
  /** The client account that the query names, null for a new one; throws the fault of the query. */
  target?(query: Query): number | null;
}

/**
 * The shape of every route that imports a file of any size: the file is the body, the response the job that imports it
 * (decision 0039). Target and access are checked before the body is read, so that a caller without access cannot upload
 * gigabytes.
 */
export function importRoute({ access, consumes, fileName, errors, target = clientAccountOf }: ImportSource) {
  return {
    method: 'POST',
    client: 'query',
    status: 202,
    response: JobShape,
    consumes,
    bodyLimit: 1e12,
    readBody(request: FastifyRequest, reply: FastifyReply, { jobs }: Platform): Promise<JobUpload> {
      const query = request.query as Query;
      decideAccess(access, { caller: request.caller, clientAccountId: target(query) });
      if (!jobs) throw errors.no_jobs();
      return stageBody(request, reply, {
        jobs,
        name: safeFileName(query['file_name'] ?? fileName),
        empty: errors.empty,
      });
    },
  } as const;
}

function clientAccountOf({ client_account_id: given }: Query): number {
  if (given === undefined || !isClientAccountId(given))
    throw invalid([problem('client_account_id', 'is required, an integer', 'må oppgis, et heltall')]);
  return Number(given);
}

export function isClientAccountId(text: string): boolean {
  return /^[1-9]\d{0,15}$/.test(text);
}

/** Passes an uploaded file to the job that imports it, and responds with that job. `more`: what else the job reads. */
export async function startImport<I extends ImportInput>(
  { tx, caller, audit, platform, requestId }: Omit<Context, 'clientAccountId'>,
  start: { kind: string; clientAccountId: number | null; upload: JobUpload; more: Omit<I, keyof ImportInput> },
): Promise<JobView> {
  const { kind, clientAccountId, upload, more } = start;
  const { jobs } = platform;
  assert(jobs, 'an upload is taken only where jobs run');
  const input: ImportInput = {
    file_name: upload.name,
    client_account_id: clientAccountId,
    request_id: requestId ?? null,
    ...more,
  };
  const { userId } = caller;
  const id = await jobs.add(tx, { kind, userId, clientAccountId: clientAccountId ?? 0, input, upload });
  audit({ recordType: 'job', recordId: id, after: { kind, sha256: upload.sha256, size: upload.size } });
  return jobView(await findJob(tx, caller, id), caller, jobs);
}
