import { assert } from '../../../kernel/assert.ts';
import type { ReportHeader, ReportModel, ReportRow, ReportStream } from '../../foundations/report-model.ts';
import { subjectText, periodText } from '../../printed/report-heading.ts';
import {
  Bookmarks,
  contentsLayout,
  type ContentsLayout,
  drawContents,
  Entries,
  type Entry,
  entryName,
} from './contents.ts';
import { afterHeight, drawAfter } from './table/table-after.ts';
import { drawDraftMark, drawFoot, drawRunningHead, frameBottom, frameTop } from './page-frame.ts';
import { type PagePlan, type PageRoom, Pagination } from './page-plan.ts';
import { PdfFile } from './pdf-file.ts';
import { continuationHeight, drawTablePage } from './table/table-page.ts';
import { layRow } from './rows/row-layout.ts';
import type { LinkTarget } from './rows/row-paint.ts';
import type { StructureElement } from './structure-tree.ts';
import { tableHeader, type TableHeader } from './table/table-header.ts';
import { fits, type Grid, tableGrid } from './table/table-grid.ts';
import { allowForGrowth, measureLaidFigures, measureRow, type TableNeed, tableNeed } from './table/table-measure.ts';
import { isHeading } from './page-plan.ts';
import { drawTitleBlock, titleBlock, type TitleBlock } from './title-block.ts';

export interface PdfOptions {
  /**
   * Base of the report's relative links, such as `https://regnskap.example.no`; without it only absolute ones are kept.
   */
  baseUrl?: string;
}

/** Number of rows whose texts determine the column widths. */
const SAMPLE = 4_000;
/** Above this number of rows the structure would be larger than the pages. */
const MOST_TAGGED = 20_000;
/** Tables with up to this many pages get no contents. */
const FEW_PAGES = 4;
/** Pages that are compressed while the next is drawn; the few threads of the process have files to read too. */
const PAGES_ASIDE = 2;

/**
 * A report as PDF/A for print and archive: with its structure (PDF/A-2a), very long ones without (PDF/A-2b). The same
 * report gives the same bytes. Rows are read twice, first to divide them into pages, so that a long report is never
 * entirely in memory. Pieces are rendered only as fast as they are read.
 */
export async function* renderPdf(
  given: ReportModel | ReportStream,
  options: PdfOptions = {},
): AsyncGenerator<Uint8Array> {
  const source = 'rowCount' in given ? given : asStream(given);
  const file = new PdfFile({
    title: `${source.title} ${periodText(source)}`,
    author: source.subject.name,
    subject: `${source.title}, ${subjectText(source)}`,
    language: source.language,
    createdAt: source.printedAt,
    tagged: source.rowCount <= MOST_TAGGED,
  });
  const { sample, whole } = await readSample(source);
  // A short report is read once.
  const report = whole ? { ...source, rows: () => once(sample) } : source;
  const plan = await planReport(report, sample, file);
  yield* drawReport(report, file, plan, linkTarget(options.baseUrl));
}

async function readSample(report: ReportStream): Promise<{ sample: ReportRow[]; whole: boolean }> {
  const sample: ReportRow[] = [];
  for await (const batch of report.rows()) {
    if (sample.length > 0 && sample.length + batch.length > SAMPLE) return { sample, whole: false };
    for (const row of batch) sample.push(row);
  }
  return { sample, whole: true };
}

async function* once(rows: readonly ReportRow[]): AsyncGenerator<readonly ReportRow[]> {
  yield rows;
}

function asStream(report: ReportModel): ReportStream {
  return {
    ...report,
    rowCount: report.rows.length,
    rows: () => once(report.rows),
  };
}

/** Paths that stand in an address as they are; a long report has two on each row. */
const PLAIN_PATH = /^\/\w[\w/?=&,-]*$/;

function linkTarget(baseUrl: string | undefined): LinkTarget {
  const origin = webAddress('/', baseUrl)?.origin;
  return (link) => {
    if (!link) return null;
    if (origin !== undefined && PLAIN_PATH.test(link)) return origin + link;
    return webAddress(link, baseUrl)?.href ?? null;
  };
}

function webAddress(link: string, baseUrl: string | undefined): URL | null {
  const url = URL.canParse(link, baseUrl) ? new URL(link, baseUrl) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : null;
}

/** Everything needed before the first page is drawn. */
interface ReportPlan {
  grid: Grid;
  title: TitleBlock;
  tableHeader: TableHeader;
  room: PageRoom;
  carries: boolean;
  /** The column of running balances, if there is one. */
  balanceColumn: number | null;
  contents: ContentsLayout | null;
  entries: readonly Entry[];
  tablePages: number;
}

async function planReport(report: ReportStream, sample: readonly ReportRow[], file: PdfFile): Promise<ReportPlan> {
  const need = tableNeed(report, file);
  for (const row of sample) measureRow(need, row, file, report.language);
  if (sample.length < report.rowCount) allowForGrowth(need);
  const carries = sample.some(({ kind }) => kind === 'opening');
  let withContents = estimatedPages(report, sample, need, file) > FEW_PAGES;
  // Once, unless later figures are wider than those of the sample, or there are no headings for the contents.
  for (;;) {
    const plan = planPages(report, file, need, { carries, withContents });
    for await (const batch of report.rows()) plan.add(batch);
    const done = plan.end();
    const enough = fits(done.grid, need);
    if (enough && (!withContents || done.contents)) return done;
    if (enough) withContents = false;
  }
}

function estimatedPages(report: ReportStream, sample: readonly ReportRow[], need: TableNeed, file: PdfFile): number {
  const grid = tableGrid(need);
  let height = 0;
  for (const [at, row] of sample.entries()) {
    const laid = layRow(row, isHeading(row, sample[at + 1]), grid, file, report.language);
    height += laid.before + laid.height;
  }
  const average = height / Math.max(1, sample.length);
  return (average * report.rowCount) / (frameBottom(grid) - frameTop(report) - 2 * grid.size);
}

/** The dry run: the same layout as when drawing, without output. */
function planPages(
  report: ReportHeader,
  file: PdfFile,
  need: TableNeed,
  { carries, withContents }: { carries: boolean; withContents: boolean },
) {
  const { language } = report;
  const grid = tableGrid(need);
  const title = titleBlock(report, grid, file);
  const head = tableHeader(report, grid, file);
  const top = frameTop(report) + head.height + 2;
  const room: PageRoom = {
    firstTop: withContents ? top : title.bottom + head.height + 2,
    top,
    bottom: frameBottom(grid),
    continuation: continuationHeight(grid),
    after: afterHeight(report, grid, file),
  };
  const pagination = new Pagination(room, carries);
  const entries = new Entries();
  let pages = 0;
  const count = (ready: readonly PagePlan[]) => {
    pages += ready.length;
    for (const page of ready) {
      for (const { laid, y } of page.rows) entries.add(laid.row, laid.next, page.number, y);
    }
  };
  const layout = new RowsInOrder((row, next) => {
    const laid = layRow(row, isHeading(row, next), grid, file, language, next);
    measureLaidFigures(need, laid, file);
    count(pagination.add(laid));
  });
  return {
    add(batch: readonly ReportRow[]) {
      for (const row of batch) layout.add(row);
    },
    end(): ReportPlan {
      layout.end();
      count(pagination.end());
      const shown = entries.shown();
      const contents =
        withContents && shown.length > 0
          ? contentsLayout(shown, grid, title.bottom, frameTop(report) + 8, frameBottom(grid))
          : null;
      return {
        grid,
        title,
        tableHeader: head,
        room,
        carries,
        balanceColumn: pagination.balance.column(),
        contents,
        entries: contents ? shown : [],
        tablePages: pages,
      };
    },
  };
}

/** Passes each row together with the following one. */
class RowsInOrder {
  readonly #take: (row: ReportRow, next: ReportRow | undefined) => void;
  #waiting: ReportRow | undefined;

  constructor(take: (row: ReportRow, next: ReportRow | undefined) => void) {
    this.#take = take;
  }

  add(row: ReportRow): void {
    if (this.#waiting) this.#take(this.#waiting, row);
    this.#waiting = row;
  }

  end(): void {
    if (this.#waiting) this.#take(this.#waiting, undefined);
  }
}

async function* drawReport(
  report: ReportStream,
  file: PdfFile,
  plan: ReportPlan,
  target: LinkTarget,
): AsyncGenerator<Uint8Array> {
  const { grid, contents } = plan;
  const pagesBefore = contents?.pages.length ?? 0;
  const pages = pagesBefore + plan.tablePages;
  const { document } = file.tags;
  const startPage = (number: number) => {
    file.endPageAside();
    const sheet = file.startPage(grid.pageWidth, grid.pageHeight);
    drawDraftMark(sheet, report, file);
    if (number === 1) drawTitleBlock(file, sheet, plan.title, grid, document);
    else drawRunningHead(sheet, report, grid, file);
    drawFoot(sheet, report, grid, file, number, pages);
    return sheet;
  };

  if (contents) {
    const list = file.tags.open(document, 'TOC');
    let firstEntry = 0;
    for (const [page, entries] of contents.pages.entries()) {
      const sheet = startPage(page + 1);
      drawContents(file, sheet, grid, {
        page,
        layout: contents,
        language: report.language,
        pagesBefore,
        firstEntry,
        list,
      });
      firstEntry += entries.length;
      await file.writePages(PAGES_ASIDE);
    }
    file.tags.close(list);
  }

  const table = file.tags.open(document, 'Table');
  const bookmarks = new Bookmarks(file);
  let body: StructureElement | null = null;
  let nextEntry = 0;
  let drawn = 0;
  const drawPage = (page: PagePlan) => {
    const number = pagesBefore + page.number;
    const sheet = startPage(number);
    body = drawTablePage({ file, sheet, report, plan, page, number, table, body, target });
    for (; plan.entries[nextEntry]?.tablePage === page.number; nextEntry += 1) {
      const entry = plan.entries[nextEntry]!;
      file.destination(entryName(nextEntry), entry.y - 4);
      bookmarks.add(entry, file);
    }
    if (page.last) {
      if (body) file.tags.close(body);
      file.tags.close(table);
      drawAfter(file, sheet, report, page, grid);
    }
    drawn += 1;
  };

  const pagination = new Pagination(plan.room, plan.carries);
  let ready: PagePlan[] = [];
  const layout = new RowsInOrder((row, next) => {
    const laid = layRow(row, isHeading(row, next), grid, file, report.language, next);
    ready.push(...pagination.add(laid));
  });
  for await (const batch of report.rows()) {
    for (const row of batch) {
      layout.add(row);
      if (ready.length === 0) continue;
      for (const page of ready) drawPage(page);
      ready = [];
      await file.writePages(PAGES_ASIDE);
      yield file.take();
    }
  }
  layout.end();
  for (const page of [...ready, ...pagination.end()]) drawPage(page);
  file.endPageAside();
  await file.writePages(0);
  assert(
    drawn === plan.tablePages,
    `a report of ${plan.tablePages} pages came out as ${drawn}: its rows were not the same twice`,
  );
  file.end();
  yield file.take();
}
