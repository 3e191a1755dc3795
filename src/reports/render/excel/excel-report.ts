import { ZipStream } from '../../../platform/zip/zip-stream.ts';
import type { ReportHeader, ReportModel, ReportRow, ReportStream } from '../../foundations/report-model.ts';
import { SheetFrame, type CellLink } from './sheet-frame.ts';
import { layOut, type SheetLayout } from './sheet-layout.ts';
import { SheetRows } from './sheet-rows.ts';
import { columnName, sheetName } from './sheet-text.ts';
import { StyleBook } from './style-book.ts';
import { SumBook } from './sum-book.ts';
import {
  appProperties,
  contentTypes,
  coreProperties,
  type FinishedSheet,
  packageRelations,
  sheetRelations,
  workbook,
  workbookRelations,
} from './workbook-parts.ts';

export interface ExcelOptions {
  /** Base of the report's links; without it there are none. */
  publicUrl?: string | undefined;
  /** Rows that a sheet holds: Excel's limit, fewer in tests. */
  sheetRows?: number;
}

/** ECMA-376. */
const SHEET_ROWS = 1_048_576;
/** Excel: the most links on a sheet. */
const MOST_LINKS = 65_530;
/** Higher levels cost several times as much and save little on a sheet's text. */
const ZIP_LEVEL = 2;
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * A report as a spreadsheet (ECMA-376), written while it is read, so that memory stays constant for a `ReportStream`.
 * Amounts are numbers to the øre; a sum is a formula with its cached value if it gives exactly the report's amount. In
 * a stream this applies to sums below their terms.
 */
export async function* excelReport(
  report: ReportModel | ReportStream,
  options: ExcelOptions = {},
): AsyncGenerator<Uint8Array> {
  const zip = new ZipStream({ time: report.printedAt, level: ZIP_LEVEL });
  const written = writeAndClose(zip, report, options);
  written.catch(() => {});
  for await (const chunk of zip.output) yield chunk as Buffer;
  await written;
}

async function writeAndClose(zip: ZipStream, report: ReportModel | ReportStream, options: ExcelOptions): Promise<void> {
  const rows = new RowQueue(report);
  try {
    await writeWorkbook(zip, report, rows, options);
  } catch (error) {
    zip.output.destroy(error as Error);
    throw error;
  } finally {
    await rows.close();
  }
}

async function writeWorkbook(
  zip: ZipStream,
  report: ReportModel | ReportStream,
  rows: RowQueue,
  options: ExcelOptions,
): Promise<void> {
  const sheets = new Sheets(report, layOut(report, await rows.first()), options);
  if (!('rowCount' in report)) sheets.placeAll(report.rows);
  const finished: FinishedSheet[] = [];
  do {
    const number = finished.length + 1;
    const links: CellLink[] = [];
    await zip.add(`xl/worksheets/sheet${number}.xml`, sheets.sheet(number, rows, links));
    if (links.length > 0) {
      const addresses = links.map(({ address }) => address);
      await zip.addText(`xl/worksheets/_rels/sheet${number}.xml.rels`, sheetRelations(addresses));
    }
    finished.push({ name: sheetName(report.title, number), labelRow: sheets.frame.labelRow });
  } while (!rows.atEnd);
  await zip.addText('xl/styles.xml', sheets.styles.xml());
  await zip.addText('xl/workbook.xml', workbook(finished));
  await zip.addText('xl/_rels/workbook.xml.rels', workbookRelations(finished.length));
  await zip.addText('docProps/core.xml', coreProperties(report));
  await zip.addText('docProps/app.xml', appProperties(report));
  await zip.addText('_rels/.rels', packageRelations());
  await zip.addText('[Content_Types].xml', contentTypes(finished.length));
  await zip.end();
}

/** The rows of a report or stream one after the other, with a preview of the first ones. */
class RowQueue {
  readonly #batches: AsyncIterator<readonly ReportRow[]> | Iterator<readonly ReportRow[]>;
  #batch: readonly ReportRow[] = [];
  #at = 0;
  atEnd = false;

  constructor(report: ReportModel | ReportStream) {
    this.#batches = 'rowCount' in report ? report.rows()[Symbol.asyncIterator]() : [report.rows].values();
  }

  async first(): Promise<readonly ReportRow[]> {
    await this.fill();
    return this.#batch;
  }

  /** Whether there is a next row without waiting. */
  get ready(): boolean {
    return this.#at < this.#batch.length;
  }

  next(): ReportRow {
    return this.#batch[this.#at++]!;
  }

  /** Ends the reading, possibly early. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  /** Waits until there is a next row, or the end is reached. */
  async fill(): Promise<void> {
    while (!this.ready && !this.atEnd) {
      const { done, value } = await this.#batches.next();
      if (done) this.atEnd = true;
      else [this.#batch, this.#at] = [value, 0];
    }
  }
}

class Sheets {
  readonly #options: ExcelOptions;
  readonly #layout: SheetLayout;
  readonly #rows: SheetRows;
  readonly #sums: SumBook;
  readonly #capacity: number;
  /** For a report whose rows are all known before the first is written. */
  readonly #formulas = new Map<ReportRow, (string | null)[]>();
  #isPlaced = false;
  readonly #folded = new Set<string>();
  readonly frame: SheetFrame;
  readonly styles: StyleBook;

  constructor(head: ReportHeader, layout: SheetLayout, options: ExcelOptions) {
    this.#options = options;
    this.#layout = layout;
    this.styles = new StyleBook(head.language);
    this.frame = new SheetFrame(head, layout, this.styles);
    this.#rows = new SheetRows(this.styles, head.columns, layout, head.language);
    this.#sums = new SumBook(layout.offset);
    this.#capacity = (options.sheetRows ?? SHEET_ROWS) - this.frame.labelRow - this.frame.noteRows;
  }

  /** Determines the formulas of all rows, the innermost first: outer ones depend on them. */
  placeAll(rows: readonly ReportRow[]): void {
    const placeOf = (at: number) => ({
      sheet: Math.floor(at / this.#capacity) + 1,
      row: this.frame.labelRow + 1 + (at % this.#capacity),
    });
    for (const [at, row] of rows.entries()) this.#sums.place(row, placeOf(at));
    const sums = [...rows.entries()].filter(([, { sum }]) => sum);
    for (const [at, row] of sums.sort(([, a], [, b]) => b.within.length - a.within.length)) {
      this.#formulas.set(row, this.#sums.formulas(row, placeOf(at))!);
    }
    this.#isPlaced = true;
  }

  async *sheet(number: number, rows: RowQueue, links: CellLink[]): AsyncGenerator<Buffer> {
    let xml = this.frame.opening(number === 1);
    const first = this.frame.labelRow + 1;
    let at = first;
    for (;;) {
      if (!rows.ready) await rows.fill();
      if (rows.atEnd || at - first === this.#capacity) break;
      xml += this.#row(rows.next(), number, at++, links);
      if (xml.length < CHUNK_CHARACTERS) continue;
      yield Buffer.from(xml);
      xml = '';
    }
    yield Buffer.from(xml + this.frame.closing(at - 1, rows.atEnd, links));
  }

  #row(row: ReportRow, sheet: number, number: number, links: CellLink[]): string {
    if (!this.#isPlaced) this.#sums.place(row, { sheet, row: number });
    const formulas = row.sum
      ? this.#isPlaced
        ? (this.#formulas.get(row) ?? null)
        : this.#sums.formulas(row, { sheet, row: number })
      : null;
    if (row.folded && row.id !== null) this.#folded.add(row.id);
    const hidden = this.#folded.size > 0 && row.within.some((id) => this.#folded.has(id));
    const linked = this.#link(row, number, links);
    return this.#rows.xml(row, { number, formulas, hidden, collapsed: row.folded && row.id !== null, linked });
  }

  /** The links of a long report would exceed memory, and Excel's limit. */
  #link({ link, code, cells }: ReportRow, number: number, links: CellLink[]): boolean {
    const { publicUrl } = this.#options;
    if (!publicUrl || !this.#isPlaced || links.length + cells.length >= MOST_LINKS) return false;
    const add = (column: number, path: string) =>
      links.push({ cell: `${columnName(column)}${number}`, address: publicUrl + path });
    for (const [at, cell] of cells.entries()) {
      if (cell && 'link' in cell && cell.link) add(this.#layout.offset + at, cell.link);
    }
    if (link) add(code === null ? this.#layout.offset - 1 : 0, link);
    return link !== null;
  }
}
