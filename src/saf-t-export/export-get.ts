import sql from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import type { Database } from '../platform/database/pool.ts';
import type { Language } from '../platform/errors.ts';
import { addRenderingJob } from '../platform/jobs/rendering-job.ts';
import type { JobView } from '../platform/jobs/job-view.ts';
import { handedOnOperation } from '../platform/operation.ts';
import { renderingErrors } from '../platform/rendering/errors.ts';
import type { RenderedFile } from '../platform/rendering/rendering.ts';
import { requireRange, START_END_DATE } from '../reports/index.ts';
import { SAF_T_EXPORT_JOB } from './export-job.ts';
import { type ExportPrinting, SAF_T_EXPORT_TASK } from './export-printing.ts';
import type { SafTExportRequest } from './export-saf-t.ts';

export interface AskForExport {
  request: Omit<SafTExportRequest, 'userName'>;
  language: Language;
  /** The caller prefers a job over waiting. */
  asJob: boolean;
  /** Set when the caller disconnects before the whole response. */
  left(): AbortSignal;
}

const ACCESS = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

/** The SAF-T file of a client account, written by a rendering thread: as a stream, or as a job. */
export const getSafTExport = handedOnOperation({
  name: 'report.saf-t-financial',
  access: ACCESS,
  async run(
    { platform, call, caller, clientAccountId },
    asked: AskForExport,
  ): Promise<RenderedFile | { job: JobView }> {
    const { rendering, clock, database } = platform;
    requireRange(asked.request, START_END_DATE);
    const request = { ...asked.request, userName: await signInAddress(database, caller.userId) };
    if (asked.asJob && platform.jobs && platform.files) {
      const ask = {
        request: { ...request, asOf: request.asOf?.toISOString() ?? null },
        language: asked.language,
      };
      return { job: await addRenderingJob(platform, call, SAF_T_EXPORT_JOB, { access: ACCESS, ask }) };
    }
    if (!rendering) throw renderingErrors.unavailable();
    const input: ExportPrinting = { request, language: asked.language, now: clock.now() };
    return rendering.render({ name: SAF_T_EXPORT_TASK, clientAccountId, input }, { signal: asked.left() });
  },
});

function signInAddress(database: Database, userId: number): Promise<string | null> {
  return database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    const user = await tx.maybe<{ email: string }>(sql`select email from users where id = ${userId}`);
    return user?.email ?? null;
  });
}
