import { createReadStream } from 'node:fs';
import { assert } from '../../../kernel/assert.ts';
import { ADMINS, clientAccountsWith } from '../../../platform/caller.ts';
import { importFailed, type ImportInput, importKind } from '../../../platform/jobs/import-run.ts';
import { startImport } from '../../../platform/jobs/import-start.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun, JobUpload } from '../../../platform/jobs/job-queue.ts';
import type { JobView } from '../../../platform/jobs/job-view.ts';
import { type Platform, writeOperation } from '../../../platform/operation.ts';
import { callerOfUser } from '../../../tenancy/index.ts';
import { takeMandateFile } from './mandate-import.ts';

const MANDATE_IMPORT_JOB = 'import_avtalegiro_mandates';
export const mandateImportAccess: ClientAccess = { kind: 'client', scope: 'write:accounting', roles: ADMINS };

interface MandateImportInput extends ImportInput {
  client_account_id: number;
}

/** Stores a file of any size and responds with the job that will import it. */
export const startMandateImport = writeOperation<{ file: JobUpload }, JobView>({
  name: 'consumer_invoicing.avtalegiro.import.start',
  access: mandateImportAccess,
  run: (context, { file: upload }) =>
    startImport<MandateImportInput>(context, {
      kind: MANDATE_IMPORT_JOB,
      clientAccountId: context.clientAccountId,
      upload,
      more: {},
    }),
});

/** The import as a background job: memory holds one batch of mandates, for any size of the file. */
export function mandateImportJob(platform: Platform): JobKind {
  return importKind(MANDATE_IMPORT_JOB, mandateImportAccess, (run) => runImport(platform, run));
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const { client_account_id: clientAccountId, request_id: requestId } = run.input as MandateImportInput;
  const { upload } = run;
  assert(upload, 'an import has a file');
  // The user's access is decided again: a role may have been removed since.
  const caller = await callerOfUser(platform.database, run.userId);
  if (!caller || !clientAccountsWith(caller, ADMINS).includes(clientAccountId))
    return importFailed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  const call = { caller, clientAccountId, requestId: requestId ?? undefined };
  const result = await takeMandateFile(platform, call, () => read(upload, run));
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
