import type { Language } from '../../../platform/errors.ts';
import { headerFacts, headerMarks, periodText, subjectText } from '../../printed/report-heading.ts';
import type { Cell, ReportColumn, ReportHeader, ReportRow } from '../../foundations/report-model.ts';
import { timeText } from '../../foundations/report-numbers.ts';
import { pageText } from './sheet-text.ts';

const TEXTS = {
  name: { nb: 'Tekst', en: 'Text' },
  page: { nb: 'Side &P av &N', en: 'Page &P of &N' },
  printed: { nb: 'Skrevet ut', en: 'Printed' },
} satisfies Record<string, Record<Language, string>>;

/** The layout of a report on a sheet, determined before its first row. */
export interface SheetLayout {
  /** The code has a separate column before the label's. */
  hasCodes: boolean;
  /** Columns before the model's own. */
  offset: 1 | 2;
  /** In characters, of all columns. */
  widths: number[];
  /** Levels of the outline, 0 for none. */
  levels: number;
  /** Sums are below their terms, not above. */
  sumsBelow: boolean;
  /** The same in every language: it depends only on the columns. */
  landscape: boolean;
}

/** Excel: the deepest outline. */
export const MOST_LEVELS = 7;
const WIDTHS: Record<ReportColumn['kind'], number> = { text: 28, amount: 16, date: 11, number: 9 };
const LEAST_AMOUNT = 15;
/** Text beyond this width is shrunk. */
const WIDEST_TEXT = 40;
/** Reports whose columns beside the label are wider than this do not fit in portrait on A4 without becoming small. */
const PORTRAIT_CHARACTERS = 75;

/** `rows`: all of a report, or a sample of its first ones. */
export function layOut(head: ReportHeader, rows: readonly ReportRow[]): SheetLayout {
  const hasCodes = rows.some(({ code }) => code !== null);
  const label = longest(rows, ({ label, level }) => label.length + level);
  const code = longest(rows, ({ code }) => code?.length ?? 0);
  const beside = head.columns.reduce((sum, { kind, width }) => sum + (width ?? WIDTHS[kind]), 0);
  const landscape = beside > PORTRAIT_CHARACTERS;
  const widest = landscape ? 44 : 60;
  const first = hasCodes
    ? [clamp(Math.max(code, head.firstColumn.length) + 2, 9, 24), clamp(label + 2, 24, widest)]
    : [clamp(label + 2, 30, 70)];
  const widths = [
    ...first,
    ...head.columns.map(({ kind, width, label: text }, at) => {
      const content =
        kind === 'text' ? Math.min(longest(rows, ({ cells }) => textLength(cells[at])) + 2, WIDEST_TEXT) : 0;
      const least = kind === 'amount' ? LEAST_AMOUNT : 0;
      return Math.max(width ?? WIDTHS[kind], Math.min(text.length + 2, 24), content, least);
    }),
  ];
  return {
    hasCodes,
    offset: hasCodes ? 2 : 1,
    widths,
    levels: Math.min(
      longest(rows, ({ within }) => within.length),
      MOST_LEVELS,
    ),
    sumsBelow: sumsStandBelow(rows),
    landscape,
  };
}

function textLength(cell: Cell | undefined): number {
  return cell && 'text' in cell ? cell.text.length : 0;
}

function longest(rows: readonly ReportRow[], of: (row: ReportRow) => number): number {
  let most = 0;
  for (const row of rows) most = Math.max(most, of(row));
  return most;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The outermost level decides: a sheet has one setting for all levels. */
function sumsStandBelow(rows: readonly ReportRow[]): boolean {
  const seen = new Set<string>();
  for (const { id, within } of rows) {
    const [outermost] = within;
    if (outermost !== undefined && !seen.has(outermost)) return true;
    if (id !== null) seen.add(id);
  }
  return false;
}

/** Over the columns, all of them. */
export function columnLabels(head: ReportHeader, { hasCodes }: SheetLayout): string[] {
  const first = hasCodes ? [head.firstColumn, TEXTS.name[head.language]] : [head.firstColumn];
  return [...first, ...head.columns.map(({ label }) => label)];
}

export interface HeadLine {
  text: string;
  kind: 'title' | 'fact' | 'warning';
}

/** Above the table on the first sheet. */
export function headLines(head: ReportHeader): HeadLine[] {
  const { drafts, filters } = headerMarks(head);
  return [
    { text: head.title, kind: 'title' },
    { text: subjectText(head), kind: 'fact' },
    {
      text: headerFacts(head)
        .map(({ label, text }) => `${label}: ${text}`)
        .join('   '),
      kind: 'fact',
    },
    ...(drafts === null ? [] : [{ text: drafts, kind: 'warning' as const }]),
    ...filters.map((text) => ({ text, kind: 'fact' as const })),
  ];
}

/** Excel: the longest page header or footer. */
const MOST_CHARACTERS = 255;

/** On every printed page, as bokføringsforskriften § 3-1 requires. */
export function pageHeader(head: ReportHeader): string {
  const { drafts } = headerMarks(head);
  const right = pageText(`${head.title}  ·  ${periodText(head)}`) + (drafts === null ? '' : `\n&B${pageText(drafts)}`);
  const left = shortened(pageText(subjectText(head)), MOST_CHARACTERS - 10 - right.length);
  return `&L&B${left}&R${right}`;
}

export function pageFooter({ printedAt, language }: ReportHeader): string {
  return `&L${TEXTS.printed[language]} ${timeText(printedAt, language)}&R${TEXTS.page[language]}`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(most - 1, 0)).replace(/&$/, '')}…`;
}
