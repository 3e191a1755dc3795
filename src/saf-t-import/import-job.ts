import { assert } from '../kernel/assert.ts';
import { BOOKKEEPERS, clientAccountsWith } from '../platform/caller.ts';
import { importFailed, type ImportInput, importKind, importRefused, progressOf } from '../platform/jobs/import-run.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun } from '../platform/jobs/job-queue.ts';
import type { Platform } from '../platform/operation.ts';
import { valueFrom } from '../platform/rendering/value-work.ts';
import { callerOfUser, forgetCallers } from '../tenancy/index.ts';
import { importSafT, type SafTImportOutcome, type SafTImportRequest } from './import-saf-t.ts';

export const SAF_T_IMPORT_JOB = 'import_saf_t';

export const importAccess: ClientAccess = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS };

/** The import as a background job, on a separate thread if there are import threads. */
export function importJob(platform: Platform): JobKind {
  return importKind(SAF_T_IMPORT_JOB, importAccess, (run) => runImport(platform, run));
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const input = run.input as ImportInput;
  assert(run.upload, 'an import has a file');
  const { userId } = run;
  // The user's access is checked again: a role may have been revoked since.
  const caller = await callerOfUser(platform.database, userId);
  const reachable = caller ? clientAccountsWith(caller, BOOKKEEPERS) : [];
  if (!caller || (input.client_account_id !== null && !reachable.includes(input.client_account_id))) {
    return importFailed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  }
  const outcome = await importOf(platform, run, {
    path: run.upload.path,
    fileName: input.file_name,
    clientAccountId: input.client_account_id,
    userId,
    jobId: run.jobId,
    reachable,
    ...(input.request_id ? { requestId: input.request_id } : {}),
  });
  if (outcome.status === 'succeeded') {
    return { status: 'succeeded', result: outcome.result, clientAccountId: outcome.result.client_account_id };
  }
  return importRefused(outcome);
}

async function importOf(
  { database, clock, imports }: Platform,
  run: JobRun,
  request: SafTImportRequest,
): Promise<SafTImportOutcome> {
  const { clientAccountId, signal, progress } = run;
  if (!imports) return importSafT(database, clock, { ...request, progress: progressOf(run) });
  const task = { name: SAF_T_IMPORT_JOB, clientAccountId, input: request };
  const outcome = await valueFrom<SafTImportOutcome>(imports, task, { signal, progress });
  // This thread's cache of the user lacks a client account that another thread created.
  if (request.clientAccountId === null) forgetCallers(database);
  return outcome;
}
