import { CODE_GAP, type ColumnNeed, INDENT, type TableNeed, widthFor } from './table-measure.ts';

export interface GridColumn {
  /** From the page's left edge, with the padding inside. */
  x: number;
  width: number;
  toRight: boolean;
}

/** Positions of all parts of the table on the page. Points. */
export interface Grid {
  pageWidth: number;
  pageHeight: number;
  /** Type size. */
  size: number;
  left: number;
  right: number;
  /** Between a column's edge and its contents. */
  padding: number;
  label: GridColumn;
  columns: GridColumn[];
  code: number;
  outermost: number;
}

const SHORT = 595.28;
const LONG = 841.89;
/** 15 mm in portrait; in landscape 12 mm, with room for a binder at the upper edge. */
const MARGIN = { upright: 42.5, across: 34 };
const PADDING = 0.42;
const HEAD_SIZE = 0.9;

/** Tried in order: portrait while the type is large enough, then landscape, then with shorter texts. */
const TRIALS: { upright: boolean; sizes: number[]; comfort: number }[] = [
  { upright: true, sizes: [9, 8.5, 8.2], comfort: 1 },
  { upright: false, sizes: [9, 8.5, 8, 7.6], comfort: 1 },
  { upright: false, sizes: [8, 7.5, 7.2, 7, 6.8], comfort: 0.6 },
  { upright: false, sizes: [6.6, 6.4, 6.2, 6, 5.8, 5.6, 5.4, 5.2, 5], comfort: 0.4 },
];

export function tableGrid(need: TableNeed): Grid {
  for (const { upright, sizes, comfort } of TRIALS) {
    for (const size of sizes)
      if (leastWidth(need, size, comfort) <= room(upright)) return gridOf(need, upright, size, comfort);
  }
  let size = 5;
  while (size > 2 && leastWidth(need, size, 0.4) > room(false)) size -= 0.1;
  return gridOf(need, false, size, 0.4);
}

/** White space where text follows figures, which would otherwise run together. */
const AFTER_FIGURES = 0.7;

/** Whether all figures fit in the columns. */
export function fits(grid: Grid, need: TableNeed): boolean {
  return grid.columns.every(({ width }, at) => {
    const { widest } = need.columns[at]!;
    return (widest * grid.size) / 1000 + 2 * grid.padding <= width + 0.01;
  });
}

const margin = (upright: boolean) => (upright ? MARGIN.upright : MARGIN.across);
const room = (upright: boolean) => (upright ? SHORT : LONG) - 2 * margin(upright);

function leastWidth(need: TableNeed, size: number, comfort: number): number {
  const columns = need.columns.map((column) => leastOf(column, size, comfort));
  const gaps = gapsOf(need, size);
  return (
    leastOf(need.label, size, comfort, labelMost(need, comfort)) +
    [...columns, ...gaps].reduce((sum, width) => sum + width, 0)
  );
}

function gapsOf({ label, columns }: TableNeed, size: number): number[] {
  const all = [label, ...columns];
  return all.map(({ toRight }, at) => (!toRight && all[at - 1]?.toRight ? AFTER_FIGURES * size : 0));
}

function labelMost({ code, outermost, innermost }: TableNeed, comfort: number): number {
  const indent = Math.max(0, innermost - outermost) * INDENT;
  return (code === 0 ? 0 : code + CODE_GAP) + indent + 21_000 * comfort;
}

/** The minimum width of a column. Texts wrap, so they need less than their length. */
function leastOf(column: ColumnNeed, size: number, comfort: number, most = 15_000 * comfort): number {
  const headWord = column.headWord * HEAD_SIZE;
  const around = 2 * PADDING * size;
  if (column.figures) return (Math.max(column.widest, headWord) * size) / 1000 + around;
  const longest = widthFor(column.texts, 1);
  const usual = Math.max(column.wraps ? widthFor(column.texts, 0.9) : longest, Math.min(column.usual ?? 0, longest));
  const enough = Math.min(usual, most);
  return (Math.max(enough, headWord) * size) / 1000 + around;
}

function gridOf(need: TableNeed, upright: boolean, size: number, comfort: number): Grid {
  const padding = PADDING * size;
  const widths = [
    leastOf(need.label, size, comfort, labelMost(need, comfort)),
    ...need.columns.map((column) => leastOf(column, size, comfort)),
  ];
  const all = [need.label, ...need.columns];
  const gaps = gapsOf(need, size);
  let left = room(upright) - [...widths, ...gaps].reduce((sum, width) => sum + width, 0);
  left -= spread(
    widths,
    left,
    all.map((column) => wish(column, size)),
  );
  left -= spread(widths, left, evenFigures(all, widths));
  left -= spread(
    widths,
    left,
    all.map((column, at) => (column.toRight ? widths[at]! + 1.6 * size : 0)),
  );
  widths[0] = widths[0]! + left;
  let x = margin(upright);
  const placed = all.map((column, at) => {
    const width = widths[at]!;
    x += gaps[at]! + width;
    return { x: x - width, width, toRight: column.toRight };
  });
  return {
    pageWidth: upright ? SHORT : LONG,
    pageHeight: upright ? LONG : SHORT,
    size,
    left: margin(upright),
    right: margin(upright) + room(upright),
    padding,
    label: placed[0]!,
    columns: placed.slice(1),
    code: (need.code * size) / 1000,
    outermost: Number.isFinite(need.outermost) ? need.outermost : 1,
  };
}

/** The width in which no text of the column has to wrap. */
function wish(column: ColumnNeed, size: number): number {
  const longest = column.figures ? Math.min(column.head * HEAD_SIZE, column.widest) : widthFor(column.texts, 0.995);
  return (Math.max(longest, column.figures ? 0 : column.head * HEAD_SIZE) * size) / 1000 + 2 * PADDING * size;
}

/** Makes columns of amounts as wide as the widest of them. */
function evenFigures(columns: ColumnNeed[], widths: number[]): number[] {
  const amounts = columns.filter(({ toRight }) => toRight);
  const most = Math.max(0, ...amounts.map(({ widest }) => widest));
  const widest = Math.max(0, ...columns.map(({ toRight }, at) => (toRight ? widths[at]! : 0)));
  // Rates and counts stay narrow beside amounts.
  return columns.map((column, at) => (column.toRight && column.widest * 2.2 > most ? widest : widths[at]!));
}

/** Distributes the available width over what the columns lack, in proportion. Returns the width distributed. */
function spread(widths: number[], room: number, wishes: number[]): number {
  const lacks = wishes.map((wish, at) => Math.max(0, wish - widths[at]!));
  const lacking = lacks.reduce((sum, lack) => sum + lack, 0);
  if (room <= 0 || lacking === 0) return 0;
  const share = Math.min(1, room / lacking);
  for (const [at, lack] of lacks.entries()) widths[at] = widths[at]! + lack * share;
  return lacking * share;
}
