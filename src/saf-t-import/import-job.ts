import { assert } from '../kernel/assert.ts';
import { BOOKKEEPERS, clientAccountsWith } from '../platform/caller.ts';
import { AppError } from '../platform/errors.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun } from '../platform/jobs/job-queue.ts';
import type { Platform } from '../platform/operation.ts';
import { valueFrom } from '../platform/rendering/value-work.ts';
import { callerOfUser, forgetCallers } from '../tenancy/index.ts';
import { importSafT, type SafTImportOutcome, type SafTImportRequest } from './import-saf-t.ts';

export const SAF_T_IMPORT_JOB = 'import_saf_t';

export const importAccess: ClientAccess = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS };

export interface ImportJobInput {
  file_name: string;
  client_account_id: number | null;
  request_id: string | null;
}

/** The import as a background job, on a thread of its own where there are some. Nothing of a run that broke off remains, so it may be begun again. */
export function importJob(platform: Platform): JobKind {
  return {
    kind: SAF_T_IMPORT_JOB,
    attempts: 3,
    line: 'books',
    access: () => importAccess,
    async run(run) {
      try {
        return await runImport(platform, run);
      } catch (error) {
        // A refusal is an answer; anything else broke off and is tried again.
        if (!(error instanceof AppError) || error.spec.status >= 500) throw error;
        return failed(error.code, error.sentence('nb'), error.sentence('en'));
      }
    },
  };
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const input = run.input as ImportJobInput;
  assert(run.upload, 'an import has a file');
  const { userId } = run;
  // What the user may do is decided anew: a role may have been taken away since.
  const caller = await callerOfUser(platform.database, userId);
  const reachable = caller ? clientAccountsWith(caller, BOOKKEEPERS) : [];
  if (!caller || (input.client_account_id !== null && !reachable.includes(input.client_account_id))) {
    return failed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
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
  const { errors, errorCount, warnings, warningCount } = outcome;
  return {
    status: 'failed',
    errors,
    result: { errors, error_count: errorCount, warnings, warning_count: warningCount },
  };
}

async function importOf(
  { database, clock, imports }: Platform,
  { clientAccountId, signal, progress }: JobRun,
  request: SafTImportRequest,
): Promise<SafTImportOutcome> {
  if (!imports)
    return importSafT(database, clock, {
      ...request,
      progress: (bytes, of) => {
        signal.throwIfAborted();
        progress(bytes / Math.max(of, 1));
      },
    });
  const task = { name: SAF_T_IMPORT_JOB, clientAccountId, input: request };
  const outcome = await valueFrom<SafTImportOutcome>(imports, task, { signal, progress });
  // What this thread remembers of the user lacks a client account that was made on another.
  if (request.clientAccountId === null) forgetCallers(database);
  return outcome;
}

function failed(code: string, message: string, messageEn: string) {
  const errors = [{ code, message, message_en: messageEn }];
  return { status: 'failed' as const, errors, result: { errors, error_count: 1, warnings: [], warning_count: 0 } };
}
