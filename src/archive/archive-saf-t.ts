import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { AppError } from '../platform/errors.ts';
import { openSafTExport } from '../saf-t-export/index.ts';
import type { ArchiveZip } from './archive-zip.ts';

/**
 * The books once more as SAF-T Financial, a file for every year that has entries: what other systems can take in. Where
 * no file can be made (a company without organisation number), a text in its place says why; the rest of the archive has
 * everything all the same.
 */
export async function archiveSafT(tx: Transaction, zip: ArchiveZip, clientAccountId: number, now: Date): Promise<void> {
  const years = await tx.rows<{ year: number }>(sql`
    select distinct extract(year from entry_date)::int as year from journal_entries
    where client_account_id = ${clientAccountId} order by year`);
  for (const { year } of years) {
    try {
      const request = { from: `${year}-01-01`, to: `${year}-12-31`, userName: null };
      const opened = await openSafTExport(tx, clientAccountId, request, now);
      for await (const { name, chunks } of opened.files()) await zip.add(`saf-t/${year}/${name}`, chunks);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const text = `${error.sentence('nb')}\n${error.sentence('en')}\n`;
      await zip.add(`saf-t/${year}/README.txt`, Readable.from([Buffer.from(text)]));
    }
  }
}
