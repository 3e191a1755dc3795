import { requestErrors, type Language } from '../platform/errors.ts';
import { renderingJob } from '../platform/jobs/rendering-job.ts';
import type { JobKind } from '../platform/jobs/job-queue.ts';
import { decideAccess, type Platform } from '../platform/operation.ts';
import { renderingErrors } from '../platform/rendering/errors.ts';
import { callerOfUser } from '../tenancy/index.ts';
import { type ExportPrinting, SAF_T_EXPORT_TASK } from './export-printing.ts';
import type { SafTExportRequest } from './export-saf-t.ts';

export const SAF_T_EXPORT_JOB = 'saf_t_export';

/** The stored part of the request: JSON, in which a timestamp is text. */
export interface ExportAsked {
  request: Omit<SafTExportRequest, 'asOf'> & { asOf: string | null };
  language: Language;
}

/** An export as a background job, whose file can be downloaded when it is finished. */
export function safTExportJob(platform: Platform, days: number): JobKind {
  return renderingJob<ExportAsked>(platform, {
    kind: SAF_T_EXPORT_JOB,
    days,
    async make({ userId, clientAccountId, progress, signal }, { access, ask }) {
      const { rendering, database, clock } = platform;
      if (!rendering) throw renderingErrors.unavailable();
      const caller = await callerOfUser(database, userId);
      if (!caller) throw requestErrors.no_access();
      decideAccess({ kind: 'client', ...access }, { caller, clientAccountId });
      const asOf = ask.request.asOf === null ? null : new Date(ask.request.asOf);
      const input: ExportPrinting = { request: { ...ask.request, asOf }, language: ask.language, now: clock.now() };
      return rendering.render(
        { name: SAF_T_EXPORT_TASK, clientAccountId, input },
        { background: true, progress, signal },
      );
    },
  });
}
