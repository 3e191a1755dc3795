import type { ReportHeader } from '../../../foundations/report-model.ts';
import type { PdfFile } from '../pdf-file.ts';
import { INK, type Sheet } from '../sheet.ts';
import type { StructureElement } from '../structure-tree.ts';
import type { Grid, GridColumn } from './table-grid.ts';
import type { Faces } from './table-measure.ts';
import { innerWidth } from '../rows/row-layout.ts';
import { textLines } from '../text-lines.ts';

/** The names of the columns, on every page. */
export interface TableHeader {
  cells: { column: GridColumn; lines: string[] }[];
  size: number;
  height: number;
}

const SCALE = 0.9;
const LEADING = 1.2;

export function tableHeader(head: ReportHeader, grid: Grid, faces: Faces): TableHeader {
  const size = grid.size * SCALE;
  const labels = [head.firstColumn, ...head.columns.map(({ label }) => label)];
  const cells = [grid.label, ...grid.columns].map((column, at) => {
    const text = faces.bold.printable(labels[at]!);
    return { column, lines: textLines(faces.bold, text, size, innerWidth(column, grid) + 0.01, 4) };
  });
  const most = Math.max(...cells.map(({ lines }) => lines.length));
  return { cells, size, height: most * size * LEADING + grid.size * 0.75 };
}

/** Read aloud once, on the first page; on the others it is an artifact. */
export function drawTableHeader(
  file: PdfFile,
  sheet: Sheet,
  head: TableHeader,
  grid: Grid,
  top: number,
  table: StructureElement | null,
): void {
  const section = table && file.tags.open(table, 'THead');
  const row = section && file.tags.open(section, 'TR');
  const bottom = top + head.height;
  for (const { column, lines } of head.cells) {
    const draw = () => {
      for (const [at, line] of lines.entries()) {
        const baseline = bottom - grid.size * 0.45 - head.size * 0.22 - (lines.length - 1 - at) * head.size * LEADING;
        if (column.toRight) {
          sheet.textRight(file.bold, head.size, column.x + column.width - grid.padding, baseline, line, INK);
        } else sheet.text(file.bold, head.size, column.x + grid.padding, baseline, line, INK);
      }
    };
    if (row) {
      const cell = file.tags.open(row, 'TH', '/Scope/Column');
      if (lines.some((line) => line !== '')) sheet.within(cell, draw);
      file.tags.close(cell);
    } else sheet.artifact(draw, 'Header');
  }
  if (row) file.tags.close(row);
  if (section) file.tags.close(section);
  sheet.rule(grid.left, grid.right, bottom, 0.75, 0.08);
}
