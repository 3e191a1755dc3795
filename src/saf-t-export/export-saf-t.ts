import type { LocalDate } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { Language } from '../platform/errors.ts';
import { readKnownAt, requireRange, START_END_DATE } from '../reports/index.ts';
import { checkExport } from './check-export.ts';
import { safTExportErrors } from './errors.ts';
import { type Cuts, exportFiles, planCuts } from './export-files.ts';
import type { ExportSubject, SafTVersion } from './export-subject.ts';
import { safTFileName } from './file-name.ts';
import { readBooks, type SafTBooks } from './books/read-books.ts';
import { versionFor } from './saf-t-version.ts';
import { exportWarnings, warningsText } from './warnings.ts';
import { type Write, ZipWriter } from './zip-writer.ts';

/** The request; must survive structured cloning. */
export interface SafTExportRequest {
  from: LocalDate;
  to: LocalDate;
  /** Default: the version for the newest year of the range. */
  version?: SafTVersion | undefined;
  /** Largest XML file, in bytes; without it the export is one file. */
  maxFileBytes?: number | undefined;
  /** Adds a text file with remarks on the books. An unrequested file can disturb a submission. */
  warnings?: boolean | undefined;
  /** The books as they were known at this moment. */
  asOf?: Date | null | undefined;
  /** The user who requests the export, for the file's header. */
  userName: string | null;
}

export interface SafTExport {
  /** `SAF-T Financial_999999999_20260315110000_1_1.zip` */
  zipName: string;
  entries: number;
  lines: number;
  /** Writes the ZIP. Reads through the transaction until it is finished. */
  writeZip(write: Write, progress?: (share: number) => void): Promise<void>;
  /** The XML files without a ZIP around them, in order. Read each to its end before requesting the next. */
  files(): AsyncGenerator<{ name: string; chunks: AsyncIterable<Buffer> }>;
}

/** A line of the file is about half a kilobyte; more than this may reach the limit of plain ZIP entries. */
const LARGE_LINES = 2_000_000;

/**
 * Reads and checks the books to export, in one snapshot. No part of a file that would contradict itself is written:
 * throws 422 with the problems. Throws 422 also for an impossible range, a company without organisation number, and a
 * limit that an indivisible part exceeds.
 */
export async function openSafTExport(
  tx: Transaction,
  clientAccountId: number,
  request: SafTExportRequest,
  now: Date,
  language: Language = 'nb',
): Promise<SafTExport> {
  const range = { from: request.from, to: request.to };
  requireRange(range, START_END_DATE);
  const asOf = request.asOf ?? null;
  const subject: ExportSubject = {
    tx,
    clientAccountId,
    range,
    version: request.version ?? versionFor(range.to),
    asOf,
    knownPostingNo: (await readKnownAt(tx, clientAccountId, asOf, now))?.postingNo ?? null,
    userName: request.userName,
    now,
  };
  const books = await readBooks(subject);
  const { problems, count } = await checkExport(books);
  if (count > 0) {
    const first = `${problems[0]!.path}: ${problems[0]!.problem[language]}`;
    throw safTExportErrors.inconsistent({ count, first }, problems);
  }
  const remarks = request.warnings ? warningsText(await exportWarnings(books), language) : null;
  const cuts = request.maxFileBytes === undefined ? [] : await planCuts(books, request.maxFileBytes);
  return safTExport(books, cuts, remarks);
}

function safTExport(books: SafTBooks, cuts: Cuts, remarks: string | null): SafTExport {
  const { company, subject } = books;
  const nameOf = (part?: { number: number; of: number }) => safTFileName(company.registrationNumber, subject.now, part);
  return {
    zipName: nameOf(),
    entries: books.entries,
    lines: books.lines,
    async writeZip(write, progress) {
      const zip = new ZipWriter(write, subject.now);
      for await (const { number, of, chunks } of exportFiles(books, cuts, progress))
        await zip.add(nameOf({ number, of }), chunks, books.lines > LARGE_LINES && of === 1);
      if (remarks !== null)
        await zip.add(
          REMARKS_FILE,
          (async function* () {
            yield Buffer.from(remarks);
          })(),
        );
      await zip.end();
    },
    async *files() {
      for await (const { number, of, chunks } of exportFiles(books, cuts))
        yield { name: nameOf({ number, of }), chunks: copies(chunks) };
    },
  };
}

/** For readers that keep the chunks. */
async function* copies(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

const REMARKS_FILE = 'merknader.txt';
