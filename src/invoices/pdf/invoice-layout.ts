import { type Face, textLines } from '../../reports/index.ts';
import type { InvoicePrint, PrintRow } from './invoice-print.ts';

/** A4 upright, in points. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 539, bottom: 786 };

export const DETAIL_SCALE = 0.88;
const GAP = 12;
const LEAST_DESCRIPTION = 150;
const SIZES = [9.5, 9, 8.5, 8, 7.5, 7] as const;
const LEADING = 1.3;
const ROW_GAP = 5;

interface Faces {
  regular: Face;
  bold: Face;
}

/** The positions of the line columns; `right` for numeric ones. */
export interface LineGrid {
  size: number;
  leading: number;
  descriptionWidth: number;
  columns: { left: number; right: number }[];
}

export interface LaidRow {
  row: PrintRow;
  description: string[];
  details: string[];
  height: number;
}

/**
 * Numeric columns are as wide as their figures; the description gets the rest. A smaller font is used if that is too narrow.
 */
export function lineGrid(print: InvoicePrint, { regular, bold }: Faces): LineGrid {
  for (const size of SIZES) {
    const widths = print.columns.slice(1).map(({ label }, at) => {
      const cells = print.rows.map(({ cells }) => (regular.figuresWidth(cells[at]!) * size) / 1000);
      return Math.max((bold.width(label) * size) / 1000, ...cells) + GAP;
    });
    const taken = widths.reduce((sum, width) => sum + width, 0);
    const descriptionWidth = PAGE.right - PAGE.left - taken;
    if (descriptionWidth < LEAST_DESCRIPTION && size !== SIZES.at(-1)) continue;
    let right: number = PAGE.left + descriptionWidth;
    const columns = widths.map((width) => ({ left: right + GAP, right: (right += width) }));
    return { size, leading: size * LEADING, descriptionWidth, columns };
  }
  throw new Error('the smallest size is always taken');
}

export function layRow(row: PrintRow, grid: LineGrid, { regular }: Faces): LaidRow {
  const lines = (text: string, size: number) =>
    text
      .split(/\r?\n/)
      .flatMap((part) => textLines(regular, regular.printable(part.trim()), size, grid.descriptionWidth, 60));
  const description = lines(row.description, grid.size);
  const details = row.details.flatMap((text) => lines(text, grid.size * DETAIL_SCALE));
  const height = description.length * grid.leading + details.length * grid.leading * DETAIL_SCALE + ROW_GAP;
  return { row, description, details, height };
}

/** Rows in pages: the first page has less room, the last has room for the part that follows. A row is never split. */
export function pagesOf(rows: readonly LaidRow[], room: { first: number; other: number; after: number }): LaidRow[][] {
  const pages: LaidRow[][] = [[]];
  let left = room.first;
  for (const row of rows) {
    if (row.height > left && pages.at(-1)!.length > 0) {
      pages.push([]);
      left = room.other;
    }
    pages.at(-1)!.push(row);
    left -= row.height;
  }
  if (left < room.after) {
    // The last row moves along, so that the sums do not stand alone.
    const last = pages.at(-1)!.length > 1 ? pages.at(-1)!.splice(-1) : [];
    pages.push(last);
  }
  return pages;
}
