import { deserialize, serialize } from 'node:v8';
import { decideAccess, type Access, type Platform } from '../../platform/operation.ts';
import { renderingJob } from '../../platform/jobs/rendering-job.ts';
import type { JobKind } from '../../platform/jobs/job-queue.ts';
import { requestErrors, type Language } from '../../platform/errors.ts';
import { renderingErrors } from '../../platform/rendering/errors.ts';
import { callerOfUser } from '../../tenancy/index.ts';
import type { PrintFormat } from '../foundations/report-format.ts';
import { type ReportPrinting, REPORT_TASK } from './report-printing.ts';

export const REPORT_JOB = 'report';

/** The stored part of a request for a report: JSON. */
export interface ReportAsked {
  report: string;
  format: PrintFormat;
  language: Language;
  /** The serialised parameters, which may contain more than JSON can. */
  question: string;
}

export function reportAsked(asked: Omit<ReportAsked, 'question'>, question: unknown): ReportAsked {
  return { ...asked, question: serialize(question).toString('base64') };
}

/** The rendering of a report as a background job. */
export function reportJob(platform: Platform, days: number): JobKind {
  return renderingJob<ReportAsked>(platform, {
    kind: REPORT_JOB,
    days,
    async make({ userId, clientAccountId, progress, signal }, { access, ask }) {
      const { rendering, database, clock } = platform;
      if (!rendering) throw renderingErrors.unavailable();
      const caller = await callerOfUser(database, userId);
      if (!caller) throw requestErrors.no_access();
      const needed: Access = { kind: 'client', ...access };
      decideAccess(needed, { caller, clientAccountId });
      const { report, format, language, question } = ask;
      const input: ReportPrinting = {
        report,
        format,
        language,
        question: deserialize(Buffer.from(question, 'base64')) as unknown,
        printedAt: clock.now(),
      };
      return rendering.render({ name: REPORT_TASK, clientAccountId, input }, { background: true, progress, signal });
    },
  });
}
