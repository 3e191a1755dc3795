import { assert } from '../../kernel/assert.ts';
import { BOOKKEEPERS, clientAccountsWith } from '../../platform/caller.ts';
import {
  importFailed,
  type ImportInput,
  importKind,
  importRefused,
  progressOf,
} from '../../platform/jobs/import-run.ts';
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

export interface BankImportInput extends ImportInput {
  client_account_id: number;
  bank_account_id: number | null;
  accept_suspicious: boolean;
}

/** The import as a background job, on a separate thread if threads are available. */
export function bankImportJob(platform: Platform): JobKind {
  return importKind(BANK_IMPORT_JOB, bankImportAccess, (run) => runImport(platform, run));
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const input = run.input as BankImportInput;
  assert(run.upload, 'an import has a file');
  if (!platform.files)
    return importFailed('bank_import.no_files', 'Ingen fillagring er satt opp.', 'There is no file store.');
  const { userId } = run;
  // The user's access is decided again: a role may have been removed since.
  const caller = await callerOfUser(platform.database, userId);
  if (!caller || !clientAccountsWith(caller, BOOKKEEPERS).includes(input.client_account_id))
    return importFailed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  const outcome = await importWhereItBelongs({ ...platform, files: platform.files }, run, {
    file: run.upload,
    clientAccountId: input.client_account_id,
    bankAccountId: input.bank_account_id,
    acceptSuspicious: input.accept_suspicious,
    userId,
    jobId: run.jobId,
    requestId: input.request_id ?? undefined,
  });
  if (outcome.status === 'succeeded') return { status: 'succeeded', result: outcome.result };
  return importRefused(outcome);
}

/** Runs the import on a separate thread if threads are available, else here. */
export function importWhereItBelongs(
  { database, clock, files, imports }: Platform & { files: FileStore },
  run: Pick<JobRun, 'signal' | 'progress'> & { clientAccountId: number },
  request: BankImportRequest,
): Promise<BankImportOutcome> {
  const { clientAccountId, signal, progress } = run;
  if (!imports) return importBankFile({ database, clock, files }, { ...request, progress: progressOf(run) });
  const task = { name: BANK_IMPORT_JOB, clientAccountId, input: bankImportOrder(request) };
  return valueFrom<BankImportOutcome>(imports, task, { signal, progress });
}
