import type { ReportRow } from '../../foundations/report-model.ts';
import type { Bookmark, PdfFile } from './pdf-file.ts';
import { isHeading } from './page-plan.ts';
import { say } from './pdf-texts.ts';
import { INK, QUIET, type Sheet } from './sheet.ts';
import type { StructureElement } from './structure-tree.ts';
import type { Language } from '../../../platform/errors.ts';
import type { Grid } from './table/table-grid.ts';
import type { Faces } from './table/table-measure.ts';
import { shortened } from './text-lines.ts';

/** A heading that links can lead to. */
export interface Entry {
  title: string;
  level: number;
  kind: ReportRow['kind'];
  /** Page of the table, from 1. */
  tablePage: number;
  /** On its page, in points. */
  y: number;
}

const MOST_COLLECTED = 20_000;
const MOST_SHOWN = 1_000;
const FEWEST_SHOWN = 3;

/** Collects headings while the pages are planned. */
export class Entries {
  readonly #all: Entry[] = [];
  #hasLines = false;

  add(row: ReportRow, next: ReportRow | undefined, tablePage: number, y: number): void {
    if (row.kind === 'line') this.#hasLines = true;
    if (!isHeading(row, next) || row.kind === 'opening' || this.#all.length >= MOST_COLLECTED) return;
    const title = [row.code, row.label].filter(Boolean).join(' ');
    this.#all.push({ title, level: row.level, kind: row.kind, tablePage, y });
  }

  /** The two outermost levels; in a report of lines also the accounts. No more levels than a reader can take in. */
  shown(): Entry[] {
    let entries = this.#all.filter(({ level, kind }) =>
      kind === 'account' ? this.#hasLines : level <= 2 || this.#hasLines,
    );
    while (entries.length > MOST_SHOWN) {
      const deepest = Math.max(...entries.map(({ level }) => level));
      entries = entries.filter(({ level }) => level < deepest);
    }
    return entries.length < FEWEST_SHOWN ? [] : entries;
  }
}

const SIZE = 9;
const LINE = 15;
const HEADING = 13;
const GAP = 26;

/** The layout of the entries: columns of lines, page after page. */
export interface ContentsLayout {
  columns: number;
  columnWidth: number;
  firstTop: number;
  top: number;
  bottom: number;
  pages: Entry[][];
}

export function contentsLayout(
  entries: readonly Entry[],
  grid: Grid,
  firstTop: number,
  top: number,
  bottom: number,
): ContentsLayout {
  const columns =
    entries.length <= linesIn(firstTop + HEADING + 16, bottom) ? 1 : grid.pageWidth > grid.pageHeight ? 3 : 2;
  // The numbers of the last column end at the margin, like the amounts of the tables.
  const columnWidth = (grid.right - grid.left - GAP * (columns - 1)) / columns;
  const pages: Entry[][] = [];
  const layout = { columns, columnWidth, firstTop: firstTop + HEADING + 16, top, bottom, pages };
  for (let from = 0; from < entries.length;) {
    const room = columns * linesIn(pages.length === 0 ? layout.firstTop : top, bottom);
    pages.push(entries.slice(from, from + room));
    from += room;
  }
  return layout;
}

function linesIn(top: number, bottom: number): number {
  return Math.max(1, Math.floor((bottom - top) / LINE));
}

export interface ContentsPart {
  /** Page of the contents, from 0. */
  page: number;
  layout: ContentsLayout;
  language: Language;
  /** Number of pages before the table's first. */
  pagesBefore: number;
  /** Index of the page's first entry among all. */
  firstEntry: number;
  list: StructureElement;
}

export function drawContents(file: PdfFile, sheet: Sheet, grid: Grid, part: ContentsPart): void {
  const { layout, page } = part;
  const entries = layout.pages[page]!;
  if (page === 0) {
    const caption = file.tags.open(part.list, 'Caption');
    sheet.within(caption, () =>
      sheet.text(file.bold, HEADING, grid.left, layout.firstTop - 14, say('contents', part.language)),
    );
    file.tags.close(caption);
  }
  const top = page === 0 ? layout.firstTop : layout.top;
  const lines = linesIn(top, layout.bottom);
  const levels = new Set(layout.pages.flat().map(({ level }) => level));
  const outermost = Math.min(...levels);
  for (const [at, entry] of entries.entries()) {
    const x = grid.left + Math.floor(at / lines) * (layout.columnWidth + GAP);
    const baseline = top + ((at % lines) + 0.7) * LINE;
    drawEntry(file, sheet, entry, part, {
      x,
      baseline,
      outermost,
      bold: levels.size > 1 && entry.level === outermost,
      name: entryName(part.firstEntry + at),
    });
  }
}

interface EntryPlace {
  x: number;
  baseline: number;
  outermost: number;
  bold: boolean;
  name: string;
}

function drawEntry(file: PdfFile, sheet: Sheet, entry: Entry, part: ContentsPart, place: EntryPlace): void {
  const { columnWidth } = part.layout;
  const face = place.bold ? file.bold : file.regular;
  const number = String(part.pagesBefore + entry.tablePage);
  const numberWidth = (face.width(number) * SIZE) / 1000;
  const x = place.x + Math.min(entry.level - place.outermost, 5) * 10;
  const right = place.x + columnWidth;
  const title = shortened(face, face.printable(entry.title), ((right - numberWidth - 14 - x) * 1000) / SIZE);
  const end = x + (face.width(title) * SIZE) / 1000;
  const item = file.tags.open(part.list, 'TOCI');
  const link = file.tags.open(item, 'Link');
  sheet.within(link, () => {
    sheet.text(face, SIZE, x, place.baseline, title, INK);
    sheet.text(face, SIZE, right - numberWidth, place.baseline, number, INK);
  });
  sheet.artifact(() => drawLeader(sheet, file, end + 5, right - numberWidth - 5, place.baseline));
  sheet.link(x, place.baseline - SIZE, right - x, LINE - 2, `#${place.name}`, link);
  file.tags.close(link);
  file.tags.close(item);
}

/** Dots that are vertically aligned over the lines. */
function drawLeader(sheet: Sheet, file: PdfFile, from: number, to: number, baseline: number): void {
  const step = 4;
  const first = Math.ceil(from / step) * step;
  const count = Math.floor((to - first) / step);
  if (count < 2) return;
  const gap = Math.round((step * 1000) / (SIZE * 0.8) - file.regular.width('.'));
  const dot = file.regular.encode('.').slice(1, -1);
  sheet.glyphs(file.regular, SIZE * 0.8, first, baseline, `[${Array(count).fill(dot).join(` ${-gap} `)}]`, QUIET);
}

/** The name of the entry's destination in the file, for links. Fixed length, so that names are sorted. */
export function entryName(entry: number): string {
  return `row${String(entry).padStart(6, '0')}`;
}

/** Bookmarks as deep as the headings. */
export class Bookmarks {
  readonly #file: PdfFile;
  readonly #open: { level: number; bookmark: Bookmark }[] = [];

  constructor(file: PdfFile) {
    this.#file = file;
  }

  add({ title, level, y }: Entry, faces: Faces): void {
    const open = this.#open;
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop();
    const parent = open.at(-1)?.bookmark ?? null;
    open.push({ level, bookmark: this.#file.bookmark(faces.regular.printable(title), y - 4, parent) });
  }
}
