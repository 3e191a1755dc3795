import { amountText } from '../../../foundations/report-numbers.ts';
import type { ReportHeader } from '../../../foundations/report-model.ts';
import type { PagePlan } from '../page-plan.ts';
import { frameTop } from '../page-frame.ts';
import { say } from '../pdf-texts.ts';
import type { PdfFile } from '../pdf-file.ts';
import { drawRow, type LinkTarget } from '../rows/row-paint.ts';
import type { Carried } from '../running-balance.ts';
import { QUIET, type Sheet } from '../sheet.ts';
import type { StructureElement } from '../structure-tree.ts';
import type { Grid } from './table-grid.ts';
import { drawTableHeader, type TableHeader } from './table-header.ts';
import type { TitleBlock } from '../title-block.ts';
import { shortened } from '../text-lines.ts';

const SCALE = 0.93;

export interface TablePage {
  file: PdfFile;
  sheet: Sheet;
  report: ReportHeader;
  plan: { grid: Grid; tableHeader: TableHeader; title: TitleBlock; contents: unknown; balanceColumn: number | null };
  page: PagePlan;
  /** Number of the page in the file. */
  number: number;
  table: StructureElement;
  body: StructureElement | null;
  target: LinkTarget;
}

export function continuationHeight(grid: Grid): number {
  return grid.size * 1.75;
}

/** Draws the rows of a page below the column names. Returns the body that the next page continues. */
export function drawTablePage(part: TablePage): StructureElement | null {
  const { file, sheet, report, plan, page, table, target } = part;
  const { grid, tableHeader } = plan;
  if (page.rows.length === 0) return part.body;
  const isFirst = page.number === 1;
  const top = isFirst && !plan.contents ? plan.title.bottom : frameTop(report);
  drawTableHeader(file, sheet, tableHeader, grid, top, isFirst ? table : null);
  drawContinuation(part, top + tableHeader.height + 2);
  const body = part.body ?? file.tags.open(table, 'TBody');
  for (const { laid, y } of page.rows) drawRow(file, sheet, laid, y, grid, body, target);
  const carried = proven(part, page.carriedOut);
  if (carried) {
    const text = `${say('carriedOut', report.language)} ${part.number + 1}`;
    drawCarried(part, page.bottom, text, carried);
  }
  return body;
}

/** Writes at the top of a page the headings that it continues, and the carried balance. */
function drawContinuation(part: TablePage, y: number): void {
  const { report, page, number } = part;
  if (page.number === 1) return;
  const { language } = report;
  const carried = proven(part, page.carriedIn);
  const headings = page.continued
    .slice(-2)
    .map(({ title }) => title)
    .join(' \u203a ');
  const from = carried ? `${say('carriedIn', language)} ${number - 1}` : '';
  const text = headings ? `${headings} (${say('continued', language)})${from && `, ${from}`}` : from;
  if (text !== '') drawCarried(part, y, text[0]!.toUpperCase() + text.slice(1), carried);
}

function drawCarried(
  { file, sheet, report, plan, page }: TablePage,
  y: number,
  text: string,
  carried: Carried | null,
): void {
  const { grid } = plan;
  const size = grid.size * SCALE;
  const height = continuationHeight(grid);
  const baseline = y + height / 2 + size * 0.33;
  // Columns before the balance are empty in this line.
  const end = carried ? grid.columns[carried.column]!.x : grid.right;
  const amount = carried && amountText(carried.amount, report.language);
  sheet.artifact(() => {
    const room = ((end - grid.left - 2 * grid.padding) * 1000) / size;
    const shown = shortened(file.regular, file.regular.printable(text), room);
    sheet.text(file.regular, size, grid.left + grid.padding, baseline, shown, QUIET);
    if (!carried || amount === null) return;
    const { x, width } = grid.columns[carried.column]!;
    sheet.figuresRight(file.regular, size, x + width - grid.padding, baseline, amount, QUIET);
  });
  if (y < page.bottom) sheet.rule(grid.left, grid.right, y + height, 0.25, 0.8);
}

function proven({ plan }: TablePage, carried: Carried | null): Carried | null {
  return carried && carried.column === plan.balanceColumn ? carried : null;
}
