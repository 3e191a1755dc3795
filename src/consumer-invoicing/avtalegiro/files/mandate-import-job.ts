import { createReadStream } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../../../kernel/assert.ts';
import { ADMINS, clientAccountsWith } from '../../../platform/caller.ts';
import { invalid, problem } from '../../../platform/errors.ts';
import { safeFileName } from '../../../platform/http/content-disposition.ts';
import { stageBody } from '../../../platform/http/staged-body.ts';
import { importFailed, importKind } from '../../../platform/jobs/import-run.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun, JobUpload } from '../../../platform/jobs/job-queue.ts';
import { findJob, type JobView, jobView } from '../../../platform/jobs/job-view.ts';
import { decideAccess, type Platform, writeOperation } from '../../../platform/operation.ts';
import { callerOfUser } from '../../../tenancy/index.ts';
import { consumerInvoicingErrors } from '../../errors.ts';
import { takeMandateFile } from './mandate-import.ts';

const MANDATE_IMPORT_JOB = 'import_avtalegiro_mandates';
const access: ClientAccess = { kind: 'client', scope: 'write:accounting', roles: ADMINS };

interface JobInput {
  file_name: string;
  client_account_id: number;
}

/** Stores a file of any size and responds with the job that will import it. */
export const startMandateImport = writeOperation<{ file: JobUpload }, JobView>({
  name: 'consumer_invoicing.avtalegiro.import.start',
  access,
  async run({ tx, clientAccountId, platform, caller, audit }, { file }) {
    if (!platform.jobs) throw consumerInvoicingErrors.no_jobs();
    const input: JobInput = { file_name: file.name, client_account_id: clientAccountId };
    const id = await platform.jobs.add(tx, {
      kind: MANDATE_IMPORT_JOB,
      userId: caller.userId,
      clientAccountId,
      input,
      upload: file,
    });
    audit({
      recordType: 'job',
      recordId: id,
      after: { kind: MANDATE_IMPORT_JOB, sha256: file.sha256, size: file.size },
    });
    return jobView(await findJob(tx, caller, id), caller, platform.jobs);
  },
});

/** Target and access are checked before the body is read, so that a caller without access cannot upload gigabytes. */
export async function takeMandateUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  platform: Platform,
): Promise<JobUpload> {
  const query = request.query as Record<string, string | undefined>;
  const target = query['client_account_id'];
  if (target === undefined || !/^[1-9]\d{0,15}$/.test(target))
    throw invalid([problem('client_account_id', 'is required, an integer', 'må oppgis, et heltall')]);
  decideAccess(access, { caller: request.caller, clientAccountId: Number(target) });
  if (!platform.jobs) throw consumerInvoicingErrors.no_jobs();
  return stageBody(request, reply, {
    jobs: platform.jobs,
    name: safeFileName(query['file_name'] ?? 'fullmakter.txt'),
    empty: consumerInvoicingErrors.file_empty,
  });
}

/** The import as a background job: memory holds one batch of mandates, for any size of the file. */
export function mandateImportJob(platform: Platform): JobKind {
  return importKind(MANDATE_IMPORT_JOB, access, (run) => runImport(platform, run));
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const { client_account_id: clientAccountId } = run.input as JobInput;
  const { upload } = run;
  assert(upload, 'an import has a file');
  // The user's access is decided again: a role may have been removed since.
  const caller = await callerOfUser(platform.database, run.userId);
  if (!caller || !clientAccountsWith(caller, ADMINS).includes(clientAccountId))
    return importFailed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  const result = await takeMandateFile(platform, { caller, clientAccountId }, () => read(upload, run));
  return { status: 'succeeded', result };
}

/** The file, with progress reported; breaks off when the job is cancelled. */
async function* read(
  { path, size }: { path: string; size: number },
  { signal, progress }: JobRun,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    signal.throwIfAborted();
    yield piece as Buffer;
    bytes += (piece as Buffer).length;
    progress(bytes / Math.max(size, 1));
  }
}
