import type { ReportHeader } from '../../foundations/report-model.ts';
import { columnLabels, headLines, pageFooter, pageHeader, type SheetLayout } from './sheet-layout.ts';
import { text } from './sheet-rows.ts';
import { columnName, xmlText } from './sheet-text.ts';
import type { CellStyle, StyleBook } from './style-book.ts';

/** A link out of a cell. */
export interface CellLink {
  cell: string;
  address: string;
}

const HEAD_STYLES: Record<'title' | 'fact' | 'warning', CellStyle> = {
  title: { bold: true, large: true },
  fact: {},
  warning: { bold: true, red: true },
};

/** The parts around the rows on every sheet of a report. */
export class SheetFrame {
  readonly #head: ReportHeader;
  readonly #layout: SheetLayout;
  readonly #styles: StyleBook;
  /** The row of the columns' labels; the rows of the report begin below it. */
  readonly labelRow: number;

  constructor(head: ReportHeader, layout: SheetLayout, styles: StyleBook) {
    this.#head = head;
    this.#layout = layout;
    this.#styles = styles;
    this.labelRow = headLines(head).length + 2;
  }

  /** Number of rows for the notes below the last row, including the empty one before them. */
  get noteRows(): number {
    return this.#head.notes.length + 1;
  }

  /** Everything before the first row. */
  opening(isFirst: boolean): string {
    const { widths, levels, sumsBelow, offset } = this.#layout;
    const below = this.labelRow + 1;
    const frozen = `xSplit="${offset}" ySplit="${this.labelRow}" topLeftCell="${columnName(offset)}${below}"`;
    return (
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
      '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ' +
      'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">' +
      `<sheetPr><outlinePr summaryBelow="${sumsBelow ? 1 : 0}"/><pageSetUpPr fitToPage="1"/></sheetPr>` +
      `<sheetViews><sheetView showGridLines="0" ${isFirst ? 'tabSelected="1" ' : ''}workbookViewId="0">` +
      `<pane ${frozen} activePane="bottomRight" state="frozen"/><selection pane="bottomRight"/></sheetView></sheetViews>` +
      `<sheetFormatPr defaultRowHeight="13.5"${levels > 0 ? ` outlineLevelRow="${levels}"` : ''}/>` +
      `<cols>${widths.map((width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`).join('')}</cols>` +
      `<sheetData>${this.#headRows()}`
    );
  }

  #headRows(): string {
    const lines = headLines(this.#head).map(({ text: line, kind }, at) => {
      const height = kind === 'title' ? ' ht="22" customHeight="1"' : '';
      return `<row r="${at + 1}"${height}>${text(`A${at + 1}`, this.#styles.number(HEAD_STYLES[kind]), line)}</row>`;
    });
    const { offset } = this.#layout;
    const row = this.labelRow;
    const labels = columnLabels(this.#head, this.#layout).map((label, at) => {
      const kind = at < offset ? 'text' : this.#head.columns[at - offset]!.kind;
      const side = kind === 'text' || kind === 'date' ? {} : { align: 'right' as const };
      const style = this.#styles.number({ bold: true, shade: 'head', lines: 'bottom', ...side, wrap: true });
      return text(`${columnName(at)}${row}`, style, label);
    });
    return `${lines.join('')}<row r="${row}">${labels.join('')}</row>`;
  }

  /** Everything after the last row, `lastRow`. */
  closing(lastRow: number, isLast: boolean, links: readonly CellLink[]): string {
    const notes = isLast ? this.#notes(lastRow + 2) : { rows: '', merged: '' };
    const { widths, landscape } = this.#layout;
    const all = `A1:${columnName(widths.length - 1)}${lastRow + this.noteRows}`;
    const linked = links.map(({ cell }, at) => `<hyperlink ref="${cell}" r:id="rId${at + 1}"/>`);
    return (
      `${notes.rows}</sheetData>${notes.merged}` +
      (linked.length > 0 ? `<hyperlinks>${linked.join('')}</hyperlinks>` : '') +
      '<pageMargins left="0.5" right="0.5" top="0.8" bottom="0.7" header="0.35" footer="0.35"/>' +
      `<pageSetup paperSize="9" orientation="${landscape ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>` +
      `<headerFooter><oddHeader>${xmlText(pageHeader(this.#head))}</oddHeader>` +
      `<oddFooter>${xmlText(pageFooter(this.#head))}</oddFooter></headerFooter>` +
      // Account codes are text on purpose.
      `<ignoredErrors><ignoredError sqref="${all}" numberStoredAsText="1"/></ignoredErrors></worksheet>`
    );
  }

  #notes(from: number): { rows: string; merged: string } {
    const { notes } = this.#head;
    if (notes.length === 0) return { rows: '', merged: '' };
    const { widths } = this.#layout;
    const characters = widths.reduce((sum, width) => sum + width, 0);
    const last = columnName(widths.length - 1);
    const style = this.#styles.number({ wrap: true });
    const rows = notes.map((note, at) => {
      const lines = Math.ceil(note.length / characters);
      return `<row r="${from + at}" ht="${lines * 13.5}" customHeight="1">${text(`A${from + at}`, style, note)}</row>`;
    });
    const merged = notes.map((_, at) => `<mergeCell ref="A${from + at}:${last}${from + at}"/>`);
    return { rows: rows.join(''), merged: `<mergeCells count="${notes.length}">${merged.join('')}</mergeCells>` };
  }
}
