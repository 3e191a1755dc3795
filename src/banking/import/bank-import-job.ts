import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { BOOKKEEPERS, clientAccountsWith } from '../../platform/caller.ts';
import { StagedFile } from '../../platform/files/staged-file.ts';
import type { JobEnd, JobKind, JobRun } from '../../platform/jobs/job-queue.ts';
import type { Platform } from '../../platform/operation.ts';
import { callerOfUser } from '../../tenancy/index.ts';
import { importBankFile } from './import-bank-file.ts';

export const BANK_IMPORT_JOB = 'import_bank_file';

export interface BankImportInput {
  path: string;
  sha256: string;
  size: number;
  file_name: string;
  client_account_id: number;
  bank_account_id: number | null;
  accept_suspicious: boolean;
  request_id: string | null;
}

/** The import as a background job. Nothing of a run that broke off remains, so it may be begun again. */
export function bankImportJob(platform: Platform): JobKind {
  return { kind: BANK_IMPORT_JOB, attempts: 3, run: (run) => runImport(platform, run) };
}

async function runImport(platform: Platform, run: JobRun): Promise<JobEnd> {
  const input = run.input as BankImportInput;
  if (!existsSync(input.path))
    return failed('bank_import.file_missing', 'Filen er ikke lenger her.', 'The file is no longer here.');
  if (!platform.files)
    return failed('bank_import.no_files', 'Ingen fillagring er satt opp.', 'There is no file store.');
  const { userId } = run;
  // What the user may do is decided anew: a role may have been taken away since.
  const caller = await callerOfUser(platform.database, userId);
  if (!caller || !clientAccountsWith(caller, BOOKKEEPERS).includes(input.client_account_id))
    return failed('request.no_access', 'Ingen tilgang til klientkontoen.', 'No access to the client account.');
  const file = new StagedFile(input.path, input.sha256, input.size, await headOf(input.path));
  file.name = input.file_name;
  const outcome = await importBankFile(
    { database: platform.database, clock: platform.clock, files: platform.files },
    {
      file,
      clientAccountId: input.client_account_id,
      bankAccountId: input.bank_account_id,
      acceptSuspicious: input.accept_suspicious,
      userId,
      requestId: input.request_id ?? undefined,
      progress: (bytes, of) => {
        run.signal.throwIfAborted();
        run.progress(bytes / Math.max(of, 1));
      },
    },
  );
  await rm(input.path, { force: true });
  if (outcome.status === 'succeeded') return { status: 'succeeded', result: outcome.result };
  const { errors, errorCount, warnings, warningCount } = outcome;
  return {
    status: 'failed',
    errors,
    result: { errors, error_count: errorCount, warnings, warning_count: warningCount },
  };
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function failed(code: string, message: string, messageEn: string) {
  const errors = [{ code, message, message_en: messageEn }];
  return { status: 'failed' as const, errors, result: { errors, error_count: 1, warnings: [], warning_count: 0 } };
}
