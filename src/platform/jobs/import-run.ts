import { AppError } from '../errors.ts';
import type { JobEnd, JobKind, JobRun } from './job-queue.ts';

/** What every import job is given. `client_account_id`: null for a new one. */
export interface ImportInput {
  file_name: string;
  client_account_id: number | null;
  request_id: string | null;
}

/** Common parts of import jobs: an interrupted run leaves no data, so it may be restarted. */
export function importKind(
  kind: string,
  access: ReturnType<JobKind['access']>,
  runImport: (run: JobRun) => Promise<JobEnd>,
): JobKind {
  return {
    kind,
    attempts: 3,
    line: 'books',
    access: () => access,
    async run(run) {
      try {
        return await runImport(run);
      } catch (error) {
        // A refusal is a result; any other error interrupts the run, which is retried.
        if (!(error instanceof AppError) || error.spec.status >= 500) throw error;
        return importFailed(error.code, error.sentence('nb'), error.sentence('en'));
      }
    },
  };
}

/** The result of an import that failed before it read its file. */
export function importFailed(code: string, message: string, messageEn: string) {
  const errors = [{ code, message, message_en: messageEn }];
  return { status: 'failed' as const, errors, result: { errors, error_count: 1, warnings: [], warning_count: 0 } };
}

/** The result of an import whose file was refused. */
export function importRefused({
  errors,
  errorCount,
  warnings,
  warningCount,
}: {
  errors: readonly object[];
  errorCount: number;
  warnings: readonly object[];
  warningCount: number;
}) {
  const result = { errors, error_count: errorCount, warnings, warning_count: warningCount };
  return { status: 'failed' as const, errors: [...errors], result };
}

/** Progress of an import in this process; ends when its job is given up. */
export function progressOf({
  signal,
  progress,
}: Pick<JobRun, 'signal' | 'progress'>): (bytes: number, of: number) => void {
  return (bytes, of) => {
    signal.throwIfAborted();
    progress(bytes / Math.max(of, 1));
  };
}
