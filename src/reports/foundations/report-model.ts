import type { Ore } from '../../kernel/money.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportSubject } from './report-subject.ts';

/**
 * A report ready for display, in one language, for any format: renderers for pages, spreadsheets and print read only
 * this, and are independent of single reports.
 */
export interface ReportModel extends ReportHeader {
  rows: readonly ReportRow[];
}

/** A report that may not fit in memory: its rows come in batches. */
export interface ReportStream extends ReportHeader {
  /** Approximate number of rows, for progress and for decisions before the first row. */
  rowCount: number;
  /** May be called repeatedly and returns the same rows each time, all from one snapshot of the books. */
  rows(): AsyncIterable<readonly ReportRow[]>;
}

export interface ReportHeader {
  /** For the page's heading and the file name, such as `Saldobalanse`. */
  title: string;
  language: Language;
  subject: ReportSubject;
  /** Null for a report of one day, `to`. */
  from: LocalDate | null;
  to: LocalDate;
  printedAt: Date;
  /** The time of knowledge of the books; null: they are current at `printedAt`. */
  knownAt: Date | null;
  /** True if drafts are included: it is then not a report of the books. */
  includesDrafts: boolean;
  /** Its filters, in words. */
  filters: string[];
  /** Heading of the column of codes and labels, which every report begins with. */
  firstColumn: string;
  columns: ReportColumn[];
  /** Notes for the reader, below the rows. */
  notes: string[];
}

export interface ReportColumn {
  key: string;
  label: string;
  /** `number`: a rate or count, right-aligned like an amount. */
  kind: 'text' | 'amount' | 'date' | 'number';
  /** For paper and spreadsheets: its usual number of characters. Absent: by its kind. */
  width?: number;
  /** The column that sums up the others; absent: the last one of amounts. */
  isSum?: boolean;
}

/**
 * `group`: a heading, with or without the sums of the rows below it. `account`: one account. `part`: the part of an
 * account that belongs to one related entity. `line`: a single line. `opening`, `closing`: balances around lines.
 * `subtotal`: the sum of a group, after it. `computed`: a calculated figure without postings. `total`: everything.
 */
export type RowKind = 'group' | 'account' | 'part' | 'line' | 'opening' | 'closing' | 'subtotal' | 'computed' | 'total';

export interface ReportRow {
  kind: RowKind;
  /** Unique in the report, for rows that have rows below them or are terms of a sum. */
  id: string | null;
  /** 1 is outermost. */
  level: number;
  /** Ids of the rows above this one in the hierarchy, the outermost first. */
  within: readonly string[];
  code: string | null;
  label: string;
  /** In the order of the columns. */
  cells: readonly Cell[];
  /** The page with the details of the row. */
  link: string | null;
  /** Collapsed when first shown. */
  folded: boolean;
  /** Set if the amounts are sums of others, so that a spreadsheet can calculate them itself. */
  sum?: RowSum;
}

/**
 * `below`: of all rows that have this one in `within` and are not sums themselves. `rows`: of the rows with these ids,
 * each times its factor; a `group` among them counts with its sum.
 */
export type RowSum = { of: 'below' } | { of: 'rows'; terms: readonly { id: string; factor: 1 | -1 }[] };

/** `number` is a decimal as text, such as `25` or `11.11`, shown with the same decimals. */
export type Cell =
  | { amount: Ore; link?: string }
  | { date: LocalDate }
  | { number: string }
  | { text: string; link?: string }
  | null;
