import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { readFiscalCalendar } from '../ledger/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { AppError } from '../platform/errors.ts';
import { openSafTExport } from '../saf-t-export/index.ts';
import type { ArchiveZip } from './archive-zip.ts';

/**
 * The books as SAF-T Financial too, one file for every fiscal year with entries, for import into other systems. If no
 * file can be written (a company without organisation number), a text in its place gives the reason; the rest of the
 * archive is complete in any case.
 */
export async function archiveSafT(tx: Transaction, zip: ArchiveZip, clientAccountId: number, now: Date): Promise<void> {
  const months = await tx.rows<{ month: LocalDate }>(sql`
    select distinct date_trunc('month', entry_date::timestamp)::date as month from journal_entries
    where client_account_id = ${clientAccountId} order by month`);
  const calendar = await readFiscalCalendar(tx, clientAccountId);
  const years = new Map(months.map(({ month }) => [calendar.yearAt(month).name, calendar.yearAt(month)]));
  for (const [year, { from, to }] of years) {
    try {
      const request = { from, to, userName: null };
      const opened = await openSafTExport(tx, clientAccountId, request, now);
      for await (const { name, chunks } of opened.files()) await zip.add(`saf-t/${year}/${name}`, chunks);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const text = `${error.sentence('nb')}\n${error.sentence('en')}\n`;
      await zip.add(`saf-t/${year}/README.txt`, Readable.from([Buffer.from(text)]));
    }
  }
}
