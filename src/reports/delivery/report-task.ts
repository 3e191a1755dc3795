import type { Database } from '../../platform/database/pool.ts';
import type { RenderingSink, ThreadTask } from '../../platform/rendering/thread-work.ts';
import type { PrintableReport } from '../printed/printable-report.ts';
import type { ReportModel, ReportStream } from '../foundations/report-model.ts';
import type { ReportRenderer } from '../render/report-renderer.ts';
import { renderers } from '../render/renderers.ts';
import { reportFileName } from './report-file-name.ts';
import type { ReportPrinting } from './report-printing.ts';

/**
 * Renders a report in one snapshot of the books, open for as long as its rows are read. `reports`: those that a request
 * may name.
 */
export function reportTask(
  database: Database,
  publicUrl: string | undefined,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  reports: readonly PrintableReport<any>[],
): ThreadTask {
  return ({ clientAccountId, input }, sink) =>
    database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
      const { report, question, language, format, printedAt } = input as ReportPrinting;
      const print = reports.find(({ name }) => name === report);
      if (!print) throw new Error(`no printable report is named ${report}`);
      const renderer = renderers[format];
      const opened = await print.open({ tx, database, clientAccountId, language, now: printedAt }, question);
      const { headers = {}, body } = renderer.render(watched(opened, renderer, sink), { publicUrl });
      sink.head({
        fileName: reportFileName(opened, renderer.extension),
        contentType: renderer.contentType,
        inline: renderer.inline,
        headers,
      });
      for await (const bytes of body) await sink.write(bytes);
    });
}

/** The same report, with progress of the rows read. */
function watched(
  report: ReportModel | ReportStream,
  { passes }: ReportRenderer,
  sink: RenderingSink,
): ReportModel | ReportStream {
  if (!('rowCount' in report)) return report;
  const total = Math.max(report.rowCount * passes, 1);
  let read = 0;
  return {
    ...report,
    async *rows() {
      for await (const batch of report.rows()) {
        read += batch.length;
        sink.progress(Math.min(read / total, 1));
        yield batch;
      }
    },
  };
}
