import type { Cell } from '../../../foundations/report-model.ts';
import type { PdfFile } from '../pdf-file.ts';
import type { LaidRow } from './row-layout.ts';
import type { Sheet } from '../sheet.ts';
import type { StructureElement } from '../structure-tree.ts';
import type { Grid, GridColumn } from '../table/table-grid.ts';

/** The absolute address of a link in the report; null for none. */
export type LinkTarget = (link: string | null | undefined) => string | null;

const BAND = 0.945;

export function drawRow(
  file: PdfFile,
  sheet: Sheet,
  laid: LaidRow,
  y: number,
  grid: Grid,
  body: StructureElement,
  target: LinkTarget,
): void {
  drawLines(sheet, laid, y, grid);
  const { tags } = file;
  const row = tags.open(body, 'TR');
  drawLabel(file, sheet, laid, y, grid, row, target);
  for (const [at, column] of grid.columns.entries()) {
    const cell = tags.open(row, 'TD');
    drawCell(file, sheet, laid, at, column, y, grid, cell, target);
    tags.close(cell);
  }
  tags.close(row);
}

/** The base line of a line of the row's text. */
function baseline({ padding, lineHeight, size }: LaidRow, y: number, line: number): number {
  return y + padding + (line + 0.5) * lineHeight + size * 0.33;
}

function drawLabel(
  file: PdfFile,
  sheet: Sheet,
  laid: LaidRow,
  y: number,
  grid: Grid,
  row: StructureElement,
  target: LinkTarget,
): void {
  const { face, size, code, label, style } = laid;
  const head = file.tags.open(row, 'TH', '/Scope/Row');
  const uri = target(laid.row.link);
  const owner = uri ? file.tags.open(head, 'Link') : head;
  sheet.within(owner, () => {
    if (code) sheet.text(face, size, code.x, baseline(laid, y, 0), code.text, style.ink);
    for (const [at, line] of label.lines.entries()) {
      sheet.text(face, size, label.x, baseline(laid, y, at), line, style.ink);
    }
  });
  if (uri) {
    const x = code?.x ?? label.x;
    const widest = Math.max(...label.lines.map((line) => (face.width(line) * size) / 1000));
    const width = Math.min(label.x + widest, grid.label.x + grid.label.width) - x;
    sheet.link(x, y, width, laid.height, uri, owner);
    file.tags.close(owner);
  }
  file.tags.close(head);
}

function drawCell(
  file: PdfFile,
  sheet: Sheet,
  laid: LaidRow,
  at: number,
  column: GridColumn,
  y: number,
  grid: Grid,
  cell: StructureElement,
  target: LinkTarget,
): void {
  const text = laid.cells[at];
  if (!text) return;
  const { face, size, style } = laid;
  const uri = target(linkOf(laid.row.cells[at]));
  const owner = uri ? file.tags.open(cell, 'Link') : cell;
  const right = column.x + column.width - grid.padding;
  sheet.within(owner, () => {
    if ('figures' in text) {
      if (column.toRight) sheet.figuresRight(face, size, right, baseline(laid, y, 0), text.figures, style.ink);
      else
        sheet.glyphs(
          face,
          size,
          column.x + grid.padding,
          baseline(laid, y, 0),
          face.encodeFigures(text.figures),
          style.ink,
        );
      return;
    }
    for (const [number, line] of text.lines.entries()) {
      if (column.toRight) sheet.textRight(face, size, right, baseline(laid, y, number), line, style.ink);
      else sheet.text(face, size, column.x + grid.padding, baseline(laid, y, number), line, style.ink);
    }
  });
  if (uri) {
    sheet.link(column.x + grid.padding, y, column.width - 2 * grid.padding, laid.height, uri, owner);
    file.tags.close(owner);
  }
}

function linkOf(cell: Cell | undefined): string | undefined {
  return cell && 'link' in cell ? cell.link : undefined;
}

function drawLines(sheet: Sheet, { row, style, height }: LaidRow, y: number, grid: Grid): void {
  const { left, right } = grid;
  if (style.band) sheet.band(left, y, right - left, height, BAND);
  if (style.over === 'strong') sheet.rule(left, right, y, 0.75, 0.08);
  if (style.over === 'figures') {
    for (const [at, column] of grid.columns.entries()) {
      const cell = row.cells[at];
      if (!column.toRight || !cell || !('amount' in cell)) continue;
      sheet.rule(column.x + grid.padding, column.x + column.width - grid.padding, y, 0.5, 0.3);
    }
  }
  const bottom = y + height;
  if (style.under === 'hair') sheet.rule(left, right, bottom, 0.25, 0.8);
  if (style.under === 'firm') sheet.rule(left, right, bottom, 0.4, 0.5);
  if (style.under === 'double') {
    sheet.rule(left, right, bottom, 0.6, 0.08);
    sheet.rule(left, right, bottom + 1.8, 0.6, 0.08);
  }
}
