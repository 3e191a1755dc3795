import type { Language } from '../../../../platform/errors.ts';
import type { ReportRow } from '../../../foundations/report-model.ts';
import { cellText } from '../cell-text.ts';
import type { Face } from '../face.ts';
import { type RowStyle, rowStyle } from './row-style.ts';
import type { Grid, GridColumn } from '../table/table-grid.ts';
import { CODE_GAP, type Faces, INDENT } from '../table/table-measure.ts';
import { textLines } from '../text-lines.ts';

/** A row laid out on the page. Points. */
export interface LaidRow {
  row: ReportRow;
  next: ReportRow | undefined;
  style: RowStyle;
  face: Face;
  size: number;
  /** White space above it. */
  before: number;
  height: number;
  lineHeight: number;
  padding: number;
  code: { x: number; text: string } | null;
  label: { x: number; lines: string[] };
  cells: ({ figures: string } | { lines: string[] } | null)[];
}

const LEADING = 1.26;
const LABEL_LINES = 4;
const CELL_LINES = 3;

export function layRow(
  row: ReportRow,
  heads: boolean,
  grid: Grid,
  faces: Faces,
  language: Language,
  next?: ReportRow,
): LaidRow {
  const style = rowStyle(row, heads);
  const face = style.bold ? faces.bold : faces.regular;
  const size = grid.size * style.scale;
  const padding = style.padding * grid.size;
  const lineHeight = size * LEADING;
  const { code, label } = layLabel(row, face, size, grid);
  let most = label.lines.length;
  const cells = row.cells.map((cell, at) => {
    const text = cellText(cell, language);
    if (text === null || 'figures' in text) return text;
    const lines = textLines(face, face.printable(text.words), size, innerWidth(grid.columns[at]!, grid), CELL_LINES);
    most = Math.max(most, lines.length);
    return { lines };
  });
  return {
    row,
    next,
    style,
    face,
    size,
    before: style.before * grid.size,
    height: most * lineHeight + 2 * padding,
    lineHeight,
    padding,
    code,
    label,
    cells,
  };
}

function layLabel(row: ReportRow, face: Face, size: number, grid: Grid) {
  const indent = ((row.level - grid.outermost) * INDENT * grid.size) / 1000;
  const start = grid.label.x + grid.padding + indent;
  const right = grid.label.x + grid.label.width - grid.padding;
  if (!row.code) return { code: null, label: { x: start, lines: lines(face, row.label, size, right - start) } };
  const text = face.printable(row.code);
  const width = (face.width(text) * size) / 1000;
  // A code too long for its column moves only its own label.
  const x = start + Math.max(grid.code, width) + (CODE_GAP * grid.size) / 1000;
  if (right - x < (right - start) * 0.3) {
    return { code: null, label: { x: start, lines: lines(face, `${row.code} ${row.label}`, size, right - start) } };
  }
  return { code: { x: start, text }, label: { x, lines: lines(face, row.label, size, right - x) } };
}

function lines(face: Face, label: string, size: number, width: number): string[] {
  return textLines(face, face.printable(label), size, Math.max(width, size * 3), LABEL_LINES);
}

export function innerWidth(column: GridColumn, grid: Grid): number {
  return column.width - 2 * grid.padding;
}
