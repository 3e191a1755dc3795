import type { Language } from '../../../../platform/errors.ts';
import type { ReportColumn, ReportHeader, ReportRow } from '../../../foundations/report-model.ts';
import { cellText } from '../cell-text.ts';
import type { Face } from '../face.ts';

/** The width needed by a column, in thousandths of the type size. */
export interface ColumnNeed {
  /** Figures are never wrapped or truncated. */
  figures: boolean;
  toRight: boolean;
  /** The widest figures. */
  widest: number;
  /** Widths of its texts, rounded up to halves of the type size, with counts. */
  texts: Map<number, number>;
  /** Whether a text has several words; other texts, such as document numbers, are not divided. */
  wraps: boolean;
  headWord: number;
  head: number;
  /** The usual width, as declared by the report. */
  usual: number | null;
}

export interface TableNeed {
  label: ColumnNeed;
  columns: ColumnNeed[];
  /** The widest code before a label. */
  code: number;
  /** Number of levels. */
  outermost: number;
  innermost: number;
}

export const INDENT = 900;
export const CODE_GAP = 650;
/** Codes beyond this width are set with their label instead of in a separate column. */
const WIDEST_CODE = 8000;
const STEP = 500;
const CHARACTER = 480;
const GROWTH = 1_000;

export interface Faces {
  regular: Face;
  bold: Face;
}

export function tableNeed(head: ReportHeader, faces: Faces): TableNeed {
  const column = ({ label, kind, width }: Pick<ReportColumn, 'label' | 'kind' | 'width'>): ColumnNeed => {
    const shown = faces.bold.printable(label);
    return {
      figures: kind !== 'text',
      toRight: kind === 'amount' || kind === 'number',
      widest: 0,
      texts: new Map(),
      wraps: false,
      headWord: Math.max(0, ...shown.split(' ').map((word) => faces.bold.width(word))),
      head: faces.bold.width(shown),
      usual: width === undefined ? null : width * CHARACTER,
    };
  };
  return {
    label: { ...column({ label: head.firstColumn, kind: 'text' }), wraps: true },
    columns: head.columns.map(column),
    code: 0,
    outermost: Infinity,
    innermost: 0,
  };
}

/** Extends the needs by one row. */
export function measureRow(need: TableNeed, row: ReportRow, faces: Faces, language: Language): void {
  const face = faceOf(row, faces);
  for (const [at, cell] of row.cells.entries()) {
    const column = need.columns[at]!;
    const text = cellText(cell, language);
    if (text === null) continue;
    if ('figures' in text) measureFigures(column, text.figures, face);
    else {
      count(column.texts, face.width(face.printable(text.words)));
      column.wraps ||= text.words.includes(' ');
    }
  }
  need.outermost = Math.min(need.outermost, row.level);
  need.innermost = Math.max(need.innermost, row.level);
  const code = row.code ? face.width(face.printable(row.code)) : 0;
  if (row.code) need.code = Math.max(need.code, Math.min(code, WIDEST_CODE));
  const indent = (row.level - 1) * INDENT;
  count(need.label.texts, face.width(face.printable(row.label)) + indent + (row.code ? need.code + CODE_GAP : 0));
}

/** The same by the figures of a row that is laid out, which must never be truncated. */
export function measureLaidFigures(
  need: TableNeed,
  { row, cells }: { row: ReportRow; cells: readonly ({ figures: string } | { lines: string[] } | null)[] },
  faces: Faces,
): void {
  const face = faceOf(row, faces);
  for (const [at, cell] of cells.entries()) {
    if (cell && 'figures' in cell) measureFigures(need.columns[at]!, cell.figures, face);
  }
}

function measureFigures(column: ColumnNeed, figures: string, face: Face): void {
  column.widest = Math.max(column.widest, face.figuresWidth(figures));
}

/** Sums are bold; figures of both weights must fit in the column. */
function faceOf(row: ReportRow, faces: Faces): Face {
  return isBold(row) ? faces.bold : faces.regular;
}

/** Accounts are bold if they head rows below them. */
function isBold({ kind }: ReportRow): boolean {
  return kind !== 'part' && kind !== 'line' && kind !== 'opening';
}

/** Allows for larger numbers after those of a sample: they grow by a digit or two. */
export function allowForGrowth(need: TableNeed): void {
  if (need.code > 0) need.code += GROWTH;
  for (const column of need.columns) {
    if (column.wraps || column.texts.size === 0) continue;
    column.texts = new Map([...column.texts].map(([width, rows]) => [width + GROWTH, rows]));
  }
}

function count(widths: Map<number, number>, width: number): void {
  const step = Math.ceil(width / STEP) * STEP;
  widths.set(step, (widths.get(step) ?? 0) + 1);
}

/** The width that fits this share of the texts. */
export function widthFor(texts: ReadonlyMap<number, number>, share: number): number {
  let left = share * [...texts.values()].reduce((sum, each) => sum + each, 0);
  for (const [width, each] of [...texts].toSorted(([a], [b]) => a - b)) {
    left -= each;
    if (left <= 0) return width;
  }
  return 0;
}
