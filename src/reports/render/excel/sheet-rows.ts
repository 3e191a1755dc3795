import { formatAmount } from '../../../kernel/money.ts';
import type { Cell, ReportColumn, ReportRow, RowKind } from '../../foundations/report-model.ts';
import { dateText, numberText } from '../../foundations/report-numbers.ts';
import type { Language } from '../../../platform/errors.ts';
import { MOST_LEVELS, type SheetLayout } from './sheet-layout.ts';
import { cellText, columnName, dayNumber } from './sheet-text.ts';
import type { CellStyle, StyleBook } from './style-book.ts';

/** The placement of a row. */
export interface PlacedRow {
  number: number;
  formulas: (string | null)[] | null;
  hidden: boolean;
  collapsed: boolean;
  /** The sheet links its code or its label to a page. */
  linked: boolean;
}

/** Height of a line of text, in points. */
const LINE_POINTS = 13.5;
const MOST_LINES = 6;

/** A spreadsheet's numbers are exact to this many digits. */
const EXACT_DIGITS = 15;
const DECIMAL = /^-?\d+(?:\.(\d+))?$/;

const ROW_STYLES: Record<RowKind, CellStyle> = {
  group: { bold: true },
  account: {},
  part: {},
  line: {},
  opening: { italic: true },
  closing: { italic: true, lines: 'top' },
  subtotal: { bold: true, lines: 'top' },
  computed: { italic: true },
  total: { bold: true, lines: 'total' },
};

interface RowStyle {
  code: number;
  label: number;
  /** Per column of the model. */
  cells: number[];
  /** A line or shade continues over empty cells. */
  goesOn: boolean;
}

/** Writes rows of a report as rows of a sheet. */
export class SheetRows {
  readonly #styles: StyleBook;
  readonly #columns: readonly ReportColumn[];
  readonly #layout: SheetLayout;
  readonly #language: Language;
  readonly #names: string[];
  readonly #known = new Map<string, RowStyle>();
  readonly #numbers: number[] = [];

  constructor(styles: StyleBook, columns: readonly ReportColumn[], layout: SheetLayout, language: Language) {
    this.#styles = styles;
    this.#columns = columns;
    this.#layout = layout;
    this.#language = language;
    this.#names = layout.widths.map((_, at) => columnName(at));
  }

  xml(row: ReportRow, { number, formulas, hidden, collapsed, linked }: PlacedRow): string {
    const { hasCodes, offset, levels } = this.#layout;
    const style = this.#styleOf(row, linked);
    const level = Math.min(row.within.length, levels, MOST_LEVELS);
    const height = this.#lines(row);
    let xml = `<row r="${number}"`;
    if (height > 1) xml += ` ht="${height * LINE_POINTS}" customHeight="1"`;
    if (level > 0) xml += ` outlineLevel="${level}"`;
    if (hidden) xml += ' hidden="1"';
    if (collapsed) xml += ' collapsed="1"';
    xml += '>';
    // A band or line begins at the left edge of the sheet.
    if (hasCodes && row.code === null && style.goesOn) xml += `<c r="A${number}" s="${style.code}"/>`;
    if (hasCodes && row.code !== null) xml += text(`A${number}`, style.code, row.code);
    if (!hasCodes && row.code !== null) xml += text(`A${number}`, style.label, `${row.code} ${row.label}`);
    else xml += text(`${this.#names[offset - 1]!}${number}`, style.label, row.label);
    for (let at = 0; at < row.cells.length; at++) {
      const reference = this.#names[offset + at]! + number;
      const cell = row.cells[at]!;
      if (cell === null) xml += style.goesOn ? `<c r="${reference}" s="${style.cells[at]!}"/>` : '';
      else xml += this.#cell(cell, reference, style.cells[at]!, formulas?.[at]);
    }
    return `${xml}</row>`;
  }

  #cell(cell: NonNullable<Cell>, reference: string, style: number, formula: string | null | undefined): string {
    if ('amount' in cell) {
      const made = formula ? `<f>${formula}</f>` : '';
      return `<c r="${reference}" s="${style}">${made}<v>${formatAmount(cell.amount)}</v></c>`;
    }
    if ('date' in cell) {
      const day = dayNumber(cell.date);
      return day === null
        ? text(reference, style, dateText(cell.date, this.#language))
        : `<c r="${reference}" s="${style}"><v>${day}</v></c>`;
    }
    if ('number' in cell) {
      const match = DECIMAL.exec(cell.number);
      return match && cell.number.replace(/\D/g, '').length <= EXACT_DIGITS
        ? `<c r="${reference}" s="${this.#decimals(match[1]?.length ?? 0)}"><v>${cell.number}</v></c>`
        : text(reference, style, numberText(cell.number, this.#language));
    }
    return cell.text === '' ? '' : text(reference, style, cell.text);
  }

  /** Number of lines of the label, with its indent. Headings and sums may extend beside it. */
  #lines({ kind, label, level, cells, code }: ReportRow): number {
    if (kind === 'group' && cells.every((cell) => cell === null)) return 1;
    const { widths, offset, hasCodes } = this.#layout;
    const length = hasCodes || code === null ? label.length : label.length + code.length + 1;
    return Math.max(1, Math.min(Math.ceil((length + level) / (1.1 * widths[offset - 1]!)), MOST_LINES));
  }

  #decimals(decimals: number): number {
    return (this.#numbers[decimals] ??= this.#styles.number({
      align: 'right',
      format: `decimals:${decimals}`,
      shrink: true,
      top: true,
    }));
  }

  #styleOf({ kind, level, code }: ReportRow, linked: boolean): RowStyle {
    const onCode = this.#layout.hasCodes && code !== null;
    const key = `${kind} ${level} ${linked && (onCode ? 'code' : 'label')}`;
    let style = this.#known.get(key);
    if (!style) {
      const outer: CellStyle = kind === 'group' && level === 1 ? { shade: 'group' } : {};
      const base: CellStyle = { ...ROW_STYLES[kind], ...outer };
      const link = linked ? { link: true } : {};
      style = {
        code: this.#styles.number({ ...base, format: 'text', shrink: true, top: true, ...(onCode ? link : {}) }),
        label: this.#styles.number({
          ...base,
          indent: Math.min(level - 1, 8),
          format: 'text',
          wrap: kind !== 'group',
          ...(onCode ? {} : link),
        }),
        goesOn: base.lines !== undefined || base.shade !== undefined,
        cells: this.#columns.map(({ kind: column }) =>
          this.#styles.number({ ...base, ...COLUMN_STYLES[column], top: true }),
        ),
      };
      this.#known.set(key, style);
    }
    return style;
  }
}

const COLUMN_STYLES: Record<ReportColumn['kind'], CellStyle> = {
  text: { format: 'text', shrink: true },
  amount: { format: 'amount', align: 'right', shrink: true },
  date: { format: 'date', align: 'left', shrink: true },
  number: { align: 'right', shrink: true },
};

/** A text cell, never read as a formula, whatever its first character. */
export function text(reference: string, style: number, value: string): string {
  const inner = cellText(value);
  const space = /^\s|\s$|\n/.test(inner) ? ' xml:space="preserve"' : '';
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t${space}>${inner}</t></is></c>`;
}
