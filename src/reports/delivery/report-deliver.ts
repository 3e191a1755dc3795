import type { Readable } from 'node:stream';
import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { addRenderingJob } from '../../platform/jobs/rendering-job.ts';
import type { JobView } from '../../platform/jobs/job-view.ts';
import { handedOnOperation, type HandedOnWork, type Operation } from '../../platform/operation.ts';
import { renderingErrors } from '../../platform/rendering/errors.ts';
import type { RenderingHead } from '../../platform/rendering/rendering.ts';
import type { PrintableReport } from '../printed/printable-report.ts';
import type { PrintFormat, ReportFormat } from '../foundations/report-format.ts';
import { reportDocument } from '../printed/report-html.tsx';
import { type ReportPrinting, REPORT_TASK } from './report-printing.ts';
import { REPORT_JOB, reportAsked } from './report-job.ts';
import { reportFileName } from './report-file-name.ts';

export interface ReportRequest<Q> {
  question: Q;
  format: ReportFormat;
  language: Language;
  /** The caller prefers a job over waiting. */
  asJob: boolean;
  /** Set when the caller disconnects before the whole response. */
  left(): AbortSignal;
}

export type DeliveredReport<R> = { report: R } | PrintedReport | { job: JobView };

export interface PrintedReport extends RenderingHead {
  body: Readable | string;
}

interface Reports<Q, R> {
  read: Operation<Q, R>;
  print: PrintableReport<Q>;
}

const ACCESS = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

/**
 * A report in the requested format. JSON and short pages are rendered here, in one snapshot; everything else on a
 * rendering thread, after access and parameters were checked here.
 */
export function deliverReport<Q, R>({ read, print }: Reports<Q, R>): Operation<ReportRequest<Q>, DeliveredReport<R>> {
  return handedOnOperation({
    name: read.name,
    access: ACCESS,
    async run(work, request) {
      const { question, format } = request;
      if (format === 'json') return { report: (await read.call(work.platform, work.call, question)).value };
      print.check?.(question);
      if (request.asJob && work.platform.jobs && work.platform.files)
        return { job: await asJob(print, work, request, format) };
      if (format === 'html' && !print.long) return page(print, work, request);
      return printed(print, work, request, format);
    },
  });
}

function asJob<Q>(
  { name }: PrintableReport<Q>,
  { platform, call }: HandedOnWork,
  { question, language }: ReportRequest<Q>,
  format: PrintFormat,
): Promise<JobView> {
  const ask = reportAsked({ report: name, format, language }, question);
  return addRenderingJob(platform, call, REPORT_JOB, { access: ACCESS, ask });
}

async function page<Q>(
  print: PrintableReport<Q>,
  { platform, clientAccountId }: HandedOnWork,
  { question, language }: ReportRequest<Q>,
): Promise<PrintedReport> {
  const { database, clock } = platform;
  const model = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    const opened = await print.open({ tx, database, clientAccountId, language, now: clock.now() }, question);
    if (Array.isArray(opened.rows)) return { ...opened, rows: opened.rows };
    throw new Error(`${print.name} has a stream of rows and does not say that it is long`);
  });
  const { html, contentSecurityPolicy } = reportDocument(model);
  return {
    fileName: reportFileName(model, 'html'),
    contentType: 'text/html; charset=utf-8',
    inline: true,
    headers: { 'content-security-policy': contentSecurityPolicy },
    body: html,
  };
}

async function printed<Q>(
  { name }: PrintableReport<Q>,
  { platform, clientAccountId }: HandedOnWork,
  { question, language, left }: ReportRequest<Q>,
  format: PrintFormat,
): Promise<PrintedReport> {
  const { rendering, clock } = platform;
  if (!rendering) throw renderingErrors.unavailable();
  const input: ReportPrinting = { report: name, question, language, format, printedAt: clock.now() };
  const { bytes, ...head } = await rendering.render({ name: REPORT_TASK, clientAccountId, input }, { signal: left() });
  return { ...head, body: bytes };
}
