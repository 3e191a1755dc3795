import { type AttachedFile, INK, PdfFile, type Picture, QUIET, type Sheet, textLines } from '../../reports/index.ts';
import { DETAIL_SCALE, type LaidRow, layRow, type LineGrid, lineGrid, PAGE, pagesOf } from './invoice-layout.ts';
import type { InvoicePrint } from './invoice-print.ts';
import { say } from './invoice-texts.ts';

export interface InvoicePdfParts {
  print: InvoicePrint;
  /** Time of creation: in the file’s metadata, not in print. */
  createdAt: Date;
  /** PNG or JPEG. */
  logo: Uint8Array | null;
  /** The invoice as EHF, and its attachments. */
  files: readonly AttachedFile[];
}

const LOGO = { width: 170, height: 52 };
const FACTS_LEFT = 345;
const FACTS_TEXT = 432;
const HEAD_HEIGHT = 20;

/**
 * The printed invoice as PDF/A-3a with its EHF inside: everything that bokføringsforskriften § 5-1-1 requires of a sales
 * document. The same parts give the same bytes.
 */
export async function* invoicePdf(parts: InvoicePdfParts): AsyncGenerator<Uint8Array> {
  const { print, createdAt, files } = parts;
  const file = new PdfFile({
    title: print.name,
    author: print.seller.name,
    subject: `${print.name}, ${print.seller.name}`,
    language: print.language,
    createdAt,
    tagged: true,
    holdsFiles: true,
  });
  for (const attached of files) file.attach(attached);
  const drawing = new InvoiceDrawing(file, print, parts.logo);
  for (const page of drawing.pages) {
    drawing.draw(page);
    yield file.take();
    // Yields between the pages of a long invoice, so that other work can run.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  file.end();
  yield* file.rest();
}

/** Standalone text. */
interface Block {
  lines: { text: string; size: number; bold: boolean; ink: number }[];
  leading: number;
}

class InvoiceDrawing {
  readonly pages: readonly { number: number; rows: readonly LaidRow[] }[];
  readonly #file: PdfFile;
  readonly #print: InvoicePrint;
  readonly #grid: LineGrid;
  readonly #logo: Picture | null;
  readonly #tableTop: number;

  constructor(file: PdfFile, print: InvoicePrint, logo: Uint8Array | null) {
    this.#file = file;
    this.#print = print;
    this.#logo = logo === null ? null : file.picture(logo);
    this.#grid = lineGrid(print, file);
    this.#tableTop = this.#headBottom() + 22;
    const rows = print.rows.map((row) => layRow(row, this.#grid, file));
    const room = {
      first: PAGE.bottom - this.#tableTop - HEAD_HEIGHT,
      other: PAGE.bottom - 64 - HEAD_HEIGHT,
      after: this.#afterHeight(),
    };
    this.pages = pagesOf(rows, room).map((each, i) => ({ number: i + 1, rows: each }));
  }

  draw({ number, rows }: { number: number; rows: readonly LaidRow[] }): void {
    const sheet = this.#file.startPage(PAGE.width, PAGE.height);
    if (this.#print.isDraft)
      sheet.artifact(
        () => sheet.diagonal(this.#file.bold, 110, say('draft', this.#print.language).toUpperCase(), 0.93),
        'Watermark',
      );
    if (number === 1) this.#drawHead(sheet);
    else this.#drawRunningHead(sheet);
    const top = number === 1 ? this.#tableTop : 64;
    const bottom = this.#drawTable(sheet, rows, top);
    if (number === this.pages.length) this.#drawAfter(sheet, bottom);
    this.#drawFoot(sheet, number);
  }

  #faceOf(bold: boolean) {
    return bold ? this.#file.bold : this.#file.regular;
  }

  #lines(text: string, size: number, width: number, { bold = false, ink = INK, most = 3 } = {}): Block['lines'] {
    const face = this.#faceOf(bold);
    return textLines(face, face.printable(text), size, width, most).map((line) => ({ text: line, size, bold, ink }));
  }

  #sellerBlock(): Block {
    const { seller } = this.#print;
    const width = FACTS_LEFT - PAGE.left - 24;
    const name = this.#lines(seller.name, this.#logo ? 9.5 : 15, width, { bold: true });
    const lines = seller.lines.flatMap((line) => this.#lines(line, 8.5, width, { ink: QUIET, most: 2 }));
    return { lines: [...name, ...lines], leading: 1.35 };
  }

  #sellerTop(): number {
    return this.#logo ? 40 + LOGO.height + 8 : 40;
  }

  #buyerBlock(): Block {
    const { buyer } = this.#print;
    const width = FACTS_LEFT - PAGE.left - 24;
    const name = this.#lines(buyer.name, 11, width, { bold: true });
    return {
      lines: [...name, ...buyer.lines.flatMap((line) => this.#lines(line, 10, width, { most: 2 }))],
      leading: 1.32,
    };
  }

  /** Below the seller, and not above the window of an envelope. */
  #buyerTop(): number {
    return Math.max(150, this.#sellerTop() + heightOf(this.#sellerBlock()) + 22);
  }

  #factRows() {
    return this.#print.facts.map(({ label, text }) => ({
      label,
      lines: this.#lines(text, 9.5, PAGE.right - FACTS_TEXT, { most: 4 }),
    }));
  }

  #factsBottom(): number {
    return 84 + this.#factRows().reduce((sum, { lines }) => sum + lines.length * 12 + 2, 0);
  }

  #headBottom(): number {
    return Math.max(this.#buyerTop() + heightOf(this.#buyerBlock()), this.#factsBottom());
  }

  #drawHead(sheet: Sheet): void {
    const { title } = this.#print;
    if (this.#logo) {
      const scale = Math.min(LOGO.width / this.#logo.width, LOGO.height / this.#logo.height);
      this.#file.showPicture(sheet, this.#logo, PAGE.left, 40, this.#logo.width * scale, this.#logo.height * scale);
    }
    this.#tagged(sheet, 'H1', () => sheet.text(this.#file.bold, 22, FACTS_LEFT, 60, this.#file.bold.printable(title)));
    this.#drawBlock(sheet, this.#sellerBlock(), PAGE.left, this.#sellerTop());
    this.#drawBlock(sheet, this.#buyerBlock(), PAGE.left, this.#buyerTop());
    let y = 84;
    for (const { label, lines } of this.#factRows()) {
      this.#tagged(sheet, 'P', () => {
        sheet.text(this.#file.regular, 8.5, FACTS_LEFT, y + 9, this.#file.regular.printable(label), QUIET);
        lines.forEach(({ text, size }, i) => sheet.text(this.#file.regular, size, FACTS_TEXT, y + 9 + i * 12, text));
      });
      y += lines.length * 12 + 2;
    }
  }

  #drawRunningHead(sheet: Sheet): void {
    const { bold, regular } = this.#file;
    sheet.artifact(() => {
      sheet.text(bold, 8.5, PAGE.left, 44, bold.printable(this.#print.name));
      sheet.textRight(regular, 8.5, PAGE.right, 44, regular.printable(this.#print.seller.name), QUIET);
    }, 'Header');
  }

  #drawTable(sheet: Sheet, rows: readonly LaidRow[], top: number): number {
    const { tags, bold } = this.#file;
    if (rows.length === 0) return top;
    const table = tags.open(tags.document, 'Table');
    const head = tags.open(table, 'TR');
    this.#print.columns.forEach(({ label, toRight }, at) => {
      const cell = tags.open(head, 'TH', '/Scope/Column');
      const { left, right } = at === 0 ? { left: PAGE.left, right: 0 } : this.#grid.columns[at - 1]!;
      sheet.within(cell, () => {
        if (toRight) sheet.textRight(bold, this.#grid.size, right, top + 11, label);
        else sheet.text(bold, this.#grid.size, left, top + 11, label);
      });
      tags.close(cell);
    });
    tags.close(head);
    sheet.rule(PAGE.left, PAGE.right, top + 16, 0.75, 0.1);
    let y = top + HEAD_HEIGHT;
    for (const laid of rows) {
      const row = tags.open(table, 'TR');
      this.#drawRow(sheet, laid, y, row);
      tags.close(row);
      y += laid.height;
      sheet.rule(PAGE.left, PAGE.right, y - 2.5, 0.25, 0.75);
    }
    tags.close(table);
    return y;
  }

  #drawRow(sheet: Sheet, { row, description, details }: LaidRow, y: number, parent: Tag): void {
    const { regular, tags } = this.#file;
    const { size, leading, columns } = this.#grid;
    const first = tags.open(parent, 'TD');
    sheet.within(first, () => {
      description.forEach((line, i) => sheet.text(regular, size, PAGE.left, y + size + i * leading, line));
      const below = y + description.length * leading;
      details.forEach((line, i) =>
        sheet.text(
          regular,
          size * DETAIL_SCALE,
          PAGE.left,
          below + size * DETAIL_SCALE + i * leading * DETAIL_SCALE,
          line,
          QUIET,
        ),
      );
    });
    tags.close(first);
    row.cells.forEach((text, at) => {
      const cell = tags.open(parent, 'TD');
      if (text !== '')
        sheet.within(cell, () => {
          const { left, right } = columns[at]!;
          if (this.#print.columns[at + 1]!.toRight) sheet.figuresRight(regular, size, right, y + size, text);
          else sheet.text(regular, size, left, y + size, regular.printable(text));
        });
      tags.close(cell);
    });
  }

  #remarks(): Block {
    const lines = this.#print.remarks.flatMap((remark) =>
      remark.split('\n').flatMap((line) => this.#lines(line, 9, PAGE.right - PAGE.left, { most: 30 })),
    );
    return { lines, leading: 1.35 };
  }

  #afterHeight(): number {
    const { sums, payment } = this.#print;
    const remarks = this.#remarks();
    return (
      14 +
      sums.length * 15 +
      18 +
      (payment.length > 0 ? 54 : 0) +
      (remarks.lines.length > 0 ? heightOf(remarks) + 14 : 0)
    );
  }

  #drawAfter(sheet: Sheet, top: number): void {
    const { bold } = this.#file;
    let y = top + 14;
    for (const { label, text, isTotal } of this.#print.sums) {
      const size = isTotal ? 11.5 : 9.5;
      const face = this.#faceOf(isTotal);
      const width = (bold.figuresWidth(text) * size) / 1000;
      if (isTotal) y += 4;
      if (isTotal) sheet.rule(FACTS_LEFT - 60, PAGE.right, y - 0.5, 0.75, 0.1);
      this.#tagged(sheet, 'P', () => {
        sheet.textRight(face, size, Math.min(PAGE.right - 90, PAGE.right - width - 16), y + 12, face.printable(label));
        sheet.figuresRight(face, size, PAGE.right, y + 12, text);
      });
      y += isTotal ? 19 : 15;
    }
    const remarks = this.#remarks();
    if (remarks.lines.length > 0) {
      this.#drawBlock(sheet, remarks, PAGE.left, y + 10);
      y += heightOf(remarks) + 14;
    }
    if (this.#print.payment.length > 0) this.#drawPayment(sheet, Math.max(y + 8, PAGE.bottom - 40));
  }

  #drawPayment(sheet: Sheet, top: number): void {
    const { regular, bold } = this.#file;
    const { payment } = this.#print;
    sheet.band(PAGE.left - 8, top, PAGE.right - PAGE.left + 16, 38, 0.945);
    const widths = payment.map(({ label, text }) =>
      Math.max((regular.width(regular.printable(label)) * 8) / 1000, (bold.width(bold.printable(text)) * 10.5) / 1000),
    );
    const gap =
      (PAGE.right - PAGE.left - widths.reduce((sum, width) => sum + width, 0)) / Math.max(1, payment.length - 1);
    let x: number = PAGE.left;
    payment.forEach(({ label, text }, i) => {
      this.#tagged(sheet, 'P', () => {
        sheet.text(regular, 8, x, top + 13, regular.printable(label), QUIET);
        sheet.text(bold, 10.5, x, top + 28, bold.printable(text));
      });
      x += widths[i]! + gap;
    });
  }

  #drawFoot(sheet: Sheet, number: number): void {
    const { regular } = this.#file;
    const { language, seller } = this.#print;
    const text = `${say('page', language)} ${number} ${say('pages', language)} ${this.pages.length}`;
    sheet.artifact(() => {
      const [line] = textLines(regular, regular.printable(seller.foot), 8, PAGE.right - PAGE.left - 80, 1);
      sheet.text(regular, 8, PAGE.left, 814, line!, QUIET);
      sheet.textRight(regular, 8, PAGE.right, 814, text, QUIET);
    }, 'Footer');
    sheet.rule(PAGE.left, PAGE.right, 802, 0.25, 0.6);
  }

  #drawBlock(sheet: Sheet, { lines, leading }: Block, x: number, top: number): void {
    let y = top;
    this.#tagged(sheet, 'P', () => {
      for (const { text, size, bold, ink } of lines) {
        y += size * leading;
        sheet.text(this.#faceOf(bold), size, x, y - size * (leading - 1), text, ink);
      }
    });
  }

  #tagged(sheet: Sheet, type: string, draw: () => void): void {
    const { tags } = this.#file;
    const element = tags.open(tags.document, type);
    sheet.within(element, draw);
    tags.close(element);
  }
}

type Tag = ReturnType<PdfFile['tags']['open']>;

function heightOf({ lines, leading }: Block): number {
  return lines.reduce((sum, { size }) => sum + size * leading, 0);
}
