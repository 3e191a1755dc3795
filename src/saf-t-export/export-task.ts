import type { Database } from '../platform/database/pool.ts';
import type { ThreadTask } from '../platform/rendering/thread-work.ts';
import type { ExportPrinting } from './export-printing.ts';
import { openSafTExport } from './export-saf-t.ts';

/** Exports in one snapshot of the books. Problems are reported before the first byte. */
export function safTExportTask(database: Database): ThreadTask {
  return ({ clientAccountId, input }, sink) =>
    database.transaction({ clientAccounts: [clientAccountId], mode: 'read', streams: true }, async (tx) => {
      const { request, language, now } = input as ExportPrinting;
      const opened = await openSafTExport(tx, clientAccountId, request, now, language);
      sink.head({ fileName: opened.zipName, contentType: 'application/zip', inline: false, headers: {} });
      await opened.writeZip(
        (bytes) => sink.write(bytes),
        (share) => sink.progress(share),
      );
    });
}
