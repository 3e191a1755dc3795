import { AppError } from '../errors.ts';
import type { JobEnd, JobKind, JobRun } from './job-queue.ts';

/** What imports have in common as jobs: nothing of a run that broke off remains, so it may be begun again. */
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
        // A refusal is an answer; anything else broke off and is tried again.
        if (!(error instanceof AppError) || error.spec.status >= 500) throw error;
        return importFailed(error.code, error.sentence('nb'), error.sentence('en'));
      }
    },
  };
}

/** The end of an import that did not come as far as its file. */
export function importFailed(code: string, message: string, messageEn: string) {
  const errors = [{ code, message, message_en: messageEn }];
  return { status: 'failed' as const, errors, result: { errors, error_count: 1, warnings: [], warning_count: 0 } };
}

/** The end of an import whose file was refused. */
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

/** Progress of an import in this process, which ends when its job is given up. */
export function progressOf({
  signal,
  progress,
}: Pick<JobRun, 'signal' | 'progress'>): (bytes: number, of: number) => void {
  return (bytes, of) => {
    signal.throwIfAborted();
    progress(bytes / Math.max(of, 1));
  };
}
