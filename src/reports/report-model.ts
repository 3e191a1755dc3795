import type { Ore } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import type { Language } from '../platform/errors.ts';
import type { ReportSubject } from './report-subject.ts';

/**
 * A report ready to be shown, in one language, whatever the format: renderers for pages, spreadsheets and print read
 * this and nothing else, and know nothing of any one report.
 */
export interface ReportModel {
  /** For the page's heading and a file's name, such as `Saldobalanse`. */
  title: string;
  language: Language;
  subject: ReportSubject;
  from: LocalDate;
  to: LocalDate;
  printedAt: Date;
  /** True when drafts are counted in: then it is no report of the books. */
  includesDrafts: boolean;
  /** What it was narrowed to, in words. */
  filters: string[];
  columns: ReportColumn[];
  rows: ReportRow[];
  /** What a reader must know, below the rows. */
  notes: string[];
}

export interface ReportColumn {
  key: string;
  label: string;
  kind: 'text' | 'amount' | 'date';
}

/**
 * `group`: a heading with the sums of what is below it. `account`: one account. `part`: the part of an account that
 * belongs to one related entity. `line`: a single line. `computed`: a figure that is posted nowhere. `total`: all.
 */
export type RowKind = 'group' | 'account' | 'part' | 'line' | 'computed' | 'total';

export interface ReportRow {
  kind: RowKind;
  /** Unique in the report for rows that have rows below them. */
  id: string | null;
  /** 1 is outermost. */
  level: number;
  /** Ids of the rows that this one is below, the outermost first. */
  within: string[];
  code: string | null;
  label: string;
  /** In the order of the columns. */
  cells: Cell[];
  /** The page with what is behind the row. */
  link: string | null;
  /** Folded when first shown. */
  folded: boolean;
}

export type Cell = { amount: Ore } | { date: LocalDate } | { text: string; link?: string } | null;
