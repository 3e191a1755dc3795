import type { Ore } from '../../kernel/money.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportSubject } from './report-subject.ts';

/**
 * A report ready to be shown, in one language, whatever the format: renderers for pages, spreadsheets and print read
 * this and nothing else, and know nothing of any one report.
 */
export interface ReportModel extends ReportHead {
  rows: readonly ReportRow[];
}

/** A report that may be longer than memory should hold: its rows come in batches. */
export interface ReportStream extends ReportHead {
  /** About how many rows, for progress and for choices that must be made before the first one. */
  rowCount: number;
  /** May be asked for more than once and gives the same rows each time, all of one snapshot of the books. */
  rows(): AsyncIterable<readonly ReportRow[]>;
}

export interface ReportHead {
  /** For the page's heading and a file's name, such as `Saldobalanse`. */
  title: string;
  language: Language;
  subject: ReportSubject;
  /** Null for a report of one day, `to`. */
  from: LocalDate | null;
  to: LocalDate;
  printedAt: Date;
  /** The books as they were known at this moment; null: as they are known at `printedAt`. */
  knownAt: Date | null;
  /** True when drafts are counted in: then it is no report of the books. */
  includesDrafts: boolean;
  /** What it was narrowed to, in words. */
  filters: string[];
  /** Over the column of codes and labels that every report begins with. */
  firstColumn: string;
  columns: ReportColumn[];
  /** What a reader must know, below the rows. */
  notes: string[];
}

export interface ReportColumn {
  key: string;
  label: string;
  /** `number`: a rate or count, to the right like an amount. */
  kind: 'text' | 'amount' | 'date' | 'number';
  /** For paper and spreadsheets: how many characters it usually needs. Left out: by its kind. */
  width?: number;
  /** The column that the others lead to; left out: the last of amounts. */
  isSum?: boolean;
}

/**
 * `group`: a heading, with the sums of what is below it or bare. `account`: one account. `part`: the part of an account
 * that belongs to one related entity. `line`: a single line. `opening`, `closing`: balances around lines. `subtotal`:
 * the sum of a group, after it. `computed`: a figure that is posted nowhere. `total`: all.
 */
export type RowKind = 'group' | 'account' | 'part' | 'line' | 'opening' | 'closing' | 'subtotal' | 'computed' | 'total';

export interface ReportRow {
  kind: RowKind;
  /** Unique in the report for rows that others are below or are summed from. */
  id: string | null;
  /** 1 is outermost. */
  level: number;
  /** Ids of the rows that this one is below, the outermost first. */
  within: readonly string[];
  code: string | null;
  label: string;
  /** In the order of the columns. */
  cells: readonly Cell[];
  /** The page with what is behind the row. */
  link: string | null;
  /** Folded when first shown. */
  folded: boolean;
  /** Where the amounts are sums of others, so that a spreadsheet can add them up itself. */
  sum?: RowSum;
}

/**
 * `below`: of all rows that have this one in `within` and are no sums themselves. `rows`: of the rows with these ids,
 * each times its factor; a `group` among them stands for its sum.
 */
export type RowSum = { of: 'below' } | { of: 'rows'; terms: readonly { id: string; factor: 1 | -1 }[] };

/** `number` is a decimal as text, such as `25` or `11.11`; a reader sees it with the decimals it has. */
export type Cell =
  | { amount: Ore; link?: string }
  | { date: LocalDate }
  | { number: string }
  | { text: string; link?: string }
  | null;
