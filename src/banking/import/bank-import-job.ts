import { assert } from '../../kernel/assert.ts';
import { BOOKKEEPERS, clientAccountsWith } from '../../platform/caller.ts';
import { AppError } from '../../platform/errors.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun } from '../../platform/jobs/job-queue.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { Platform } from '../../platform/operation.ts';
import { valueFrom } from '../../platform/rendering/value-work.ts';
import { callerOfUser } from '../../tenancy/index.ts';
import { bankImportOrder } from './bank-import-task.ts';
import { type BankImportRequest, importBankFile } from './import-bank-file.ts';
import type { BankImportOutcome } from './import-result.ts';

export const BANK_IMPORT_JOB = 'import_bank_file';

export const bankImportAccess: ClientAccess = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS };

export interface BankImportInput {
  file_name: string;
  client_account_id: number;
  bank_account_id: number | null;
  accept_suspicious: boolean;
  request_id: string | null;
}

/** The import as a background job, on a thread of its own where there are some. Nothing of a run that broke off remains, so it may be begun again. */
export function bankImportJob(platform: Platform): JobKind {
  return {
    kind: BANK_IMPORT_JOB,
    attempts: 3,
    line: 'books',
    access: () => bankImportAccess,
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
  const input = run.input as BankImportInput;
  assert(run.upload, 'an import has a file');
  if (!platform.files)
    return failed('bank_import.no_files', 'Ingen fillagring er satt opp.', 'There is no file store.');
  const { userId } = run;
  // What the user may do is decided anew: a role may have been taken away since.
  const caller = await callerOfUser(platform.database, userId);
  if (!caller || !clientAccountsWith(caller, BOOKKEEPERS).includes(input.client_account_id))
    return failed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  const outcome = await importWhereItBelongs({ ...platform, files: platform.files }, run, {
    file: run.upload,
    clientAccountId: input.client_account_id,
    bankAccountId: input.bank_account_id,
    acceptSuspicious: input.accept_suspicious,
    userId,
    requestId: input.request_id ?? undefined,
  });
  if (outcome.status === 'succeeded') return { status: 'succeeded', result: outcome.result };
  const { errors, errorCount, warnings, warningCount } = outcome;
  return {
    status: 'failed',
    errors,
    result: { errors, error_count: errorCount, warnings, warning_count: warningCount },
  };
}

/** The import on a thread of its own where there are some, else here. */
export function importWhereItBelongs(
  { database, clock, files, imports }: Platform & { files: FileStore },
  { clientAccountId, signal, progress }: Pick<JobRun, 'signal' | 'progress'> & { clientAccountId: number },
  request: BankImportRequest,
): Promise<BankImportOutcome> {
  if (!imports)
    return importBankFile(
      { database, clock, files },
      {
        ...request,
        progress: (bytes, of) => {
          signal.throwIfAborted();
          progress(bytes / Math.max(of, 1));
        },
      },
    );
  const task = { name: BANK_IMPORT_JOB, clientAccountId, input: bankImportOrder(request) };
  return valueFrom<BankImportOutcome>(imports, task, { signal, progress });
}

function failed(code: string, message: string, messageEn: string) {
  const errors = [{ code, message, message_en: messageEn }];
  return { status: 'failed' as const, errors, result: { errors, error_count: 1, warnings: [], warning_count: 0 } };
}
