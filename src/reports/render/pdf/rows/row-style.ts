import type { ReportRow, RowKind } from '../../../foundations/report-model.ts';
import { INK, type Ink, QUIET } from '../sheet.ts';

/** Lengths in parts of the type size. */
export interface RowStyle {
  bold: boolean;
  /** Type size relative to the report's. */
  scale: number;
  ink: Ink;
  /** White space above the row, omitted at the top of a page. */
  before: number;
  /** Inside the row, above and below the text. */
  padding: number;
  band: boolean;
  /** Line above the row: over its whole width, or over its figures only, as for sums. */
  over: 'none' | 'figures' | 'strong';
  under: 'none' | 'hair' | 'firm' | 'double';
}

const PLAIN: RowStyle = {
  bold: false,
  scale: 1,
  ink: INK,
  before: 0,
  padding: 0.2,
  band: false,
  over: 'none',
  under: 'hair',
};

const HEADINGS: RowStyle[] = [
  { ...PLAIN, bold: true, before: 0.9, padding: 0.3, band: true, under: 'none' },
  { ...PLAIN, bold: true, before: 0.5, padding: 0.25, under: 'firm' },
  { ...PLAIN, bold: true, ink: 0.25, before: 0.3 },
];

const STYLES: Record<Exclude<RowKind, 'group'>, RowStyle> = {
  account: PLAIN,
  part: { ...PLAIN, scale: 0.93, ink: QUIET, padding: 0.14 },
  line: { ...PLAIN, padding: 0.14 },
  opening: { ...PLAIN, ink: QUIET },
  closing: { ...PLAIN, bold: true, over: 'figures', under: 'firm', padding: 0.24 },
  subtotal: { ...PLAIN, bold: true, over: 'figures', under: 'none', padding: 0.24 },
  computed: { ...PLAIN, bold: true, before: 0.5, padding: 0.34, band: true, over: 'strong', under: 'none' },
  total: { ...PLAIN, bold: true, before: 0.5, padding: 0.36, over: 'strong', under: 'double' },
};

/** An account with rows below it is a heading, like a group. */
export function rowStyle({ kind, level }: ReportRow, heads: boolean): RowStyle {
  if (kind === 'group') return HEADINGS[Math.min(level, HEADINGS.length) - 1] ?? HEADINGS[0]!;
  // Among accounts, such as the result in equity: styled like an account, not like a sum of the report.
  if (kind === 'computed' && level > 1) return PLAIN;
  if (kind === 'account' && heads) return { ...PLAIN, bold: true, before: 0.35, padding: 0.24 };
  return STYLES[kind];
}
