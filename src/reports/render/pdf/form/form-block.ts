import type { PdfFile } from '../pdf-file.ts';
import { INK, QUIET, type Sheet } from '../sheet.ts';
import type { StructureElement } from '../structure-tree.ts';
import { textLines } from '../text-lines.ts';
import { BOX, type FormField, type FormPart, type FormSection, TICKED } from './form-model.ts';

/** The printable area of a form: A4 portrait, 15 mm margins. Points. */
export const PAGE = { width: 595.28, height: 841.89, left: 42.5, right: 552.78 };

const WIDTH = PAGE.right - PAGE.left;
const GAP = 18;
const LABEL = 7.2;
const VALUE = 9.6;
const SMALL = 8.2;
const HEADING = 10;

/** A part of a form that is not divided between pages. */
export interface FormBlock {
  height: number;
  /** A heading stays with the following block. */
  staysWithNext: boolean;
  draw(sheet: Sheet, top: number, parent: StructureElement): void;
}

export function sectionBlocks(file: PdfFile, section: FormSection): FormBlock[] {
  const heading: FormBlock = {
    height: 24,
    staysWithNext: true,
    draw(sheet, top, parent) {
      tagged(file, sheet, parent, 'H2', () =>
        sheet.text(file.bold, HEADING, PAGE.left, top + 16, file.bold.printable(section.title)),
      );
      sheet.rule(PAGE.left, PAGE.right, top + 20, 0.7, 0.08);
    },
  };
  return [heading, ...section.parts.flatMap((part) => partBlocks(file, part))];
}

function partBlocks(file: PdfFile, part: FormPart): FormBlock[] {
  if (part.kind === 'fields') return inPairs(part.fields).map((pair) => fieldsBlock(file, pair));
  if (part.kind === 'choices') return inPairs(part.choices).map((pair) => choicesBlock(file, pair));
  if (part.kind === 'table') return tableBlocks(file, part);
  if (part.kind === 'text') return [textBlock(file, part.text)];
  return [signaturesBlock(file, part.signers)];
}

function fieldsBlock(file: PdfFile, fields: readonly FormField[]): FormBlock {
  const width = (WIDTH - GAP) / 2;
  const lines = fields.map(({ text }) =>
    text === null ? [] : textLines(file.regular, file.regular.printable(text), VALUE, width, 2),
  );
  const most = Math.max(1, ...lines.map((each) => each.length));
  return {
    height: 14 + most * 12,
    staysWithNext: false,
    draw(sheet, top, parent) {
      for (const [index, { label }] of fields.entries()) {
        const x = PAGE.left + index * (width + GAP);
        tagged(file, sheet, parent, 'P', () => {
          sheet.text(file.regular, LABEL, x, top + 9, file.regular.printable(label), QUIET);
          for (const [at, line] of lines[index]!.entries())
            sheet.text(file.regular, VALUE, x, top + 20.5 + at * 12, line, INK);
        });
        if (lines[index]!.length === 0) sheet.rule(x, x + width, top + 22.5, 0.4, 0.45);
      }
    },
  };
}

function choicesBlock(file: PdfFile, choices: readonly { text: string; ticked: boolean }[]): FormBlock {
  const width = (WIDTH - GAP) / 2;
  return {
    height: 15,
    staysWithNext: false,
    draw(sheet, top, parent) {
      for (const [index, { text, ticked }] of choices.entries()) {
        const x = PAGE.left + index * (width + GAP);
        const [line = ''] = textLines(file.regular, file.regular.printable(text), 9, width - 15, 1);
        tagged(file, sheet, parent, 'P', () => {
          sheet.text(file.regular, 10.5, x, top + 12, ticked ? TICKED : BOX);
          sheet.text(file.regular, 9, x + 15, top + 11.5, line);
        });
      }
    },
  };
}

/** The head with the first row, then a block for each row; for screen readers all of them are one table. */
function tableBlocks(file: PdfFile, { columns, shares, rows }: Extract<FormPart, { kind: 'table' }>): FormBlock[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  const widths = shares.map((share) => (share / all) * WIDTH);
  const starts = widths.map((_, index) => PAGE.left + widths.slice(0, index).reduce((sum, width) => sum + width, 0));
  let table: StructureElement | undefined;
  const drawRow = (sheet: Sheet, parent: StructureElement, tag: 'TH' | 'TD', draw: (index: number) => void) => {
    table ??= file.tags.open(parent, 'Table');
    const row = file.tags.open(table, 'TR');
    for (const index of columns.keys()) {
      const cell = file.tags.open(row, tag, tag === 'TH' ? '/Scope/Column' : '');
      sheet.within(cell, () => draw(index));
      file.tags.close(cell);
    }
    file.tags.close(row);
  };
  const fitting = (text: string, size: number, index: number) =>
    textLines(file.regular, file.regular.printable(text), size, widths[index]! - 8, 1)[0] ?? '';
  const head: FormBlock = {
    height: 14,
    staysWithNext: true,
    draw(sheet, top, parent) {
      drawRow(sheet, parent, 'TH', (index) =>
        sheet.text(file.regular, LABEL, starts[index]!, top + 10, fitting(columns[index]!, LABEL, index), QUIET),
      );
    },
  };
  const body = rows.map((cells, at): FormBlock => ({
    height: 15.5,
    staysWithNext: false,
    draw(sheet, top, parent) {
      drawRow(sheet, parent, 'TD', (index) =>
        sheet.text(file.regular, 9.2, starts[index]!, top + 10.5, fitting(cells[index] ?? '', 9.2, index)),
      );
      for (const [index, text] of cells.entries())
        if (text === '') sheet.rule(starts[index]!, starts[index]! + widths[index]! - 12, top + 12, 0.4, 0.45);
      sheet.rule(PAGE.left, PAGE.right, top + 14.5, 0.25, 0.75);
      if (at === rows.length - 1 && table) file.tags.close(table);
    },
  }));
  return [head, ...body];
}

function textBlock(file: PdfFile, text: string): FormBlock {
  const lines = textLines(file.regular, file.regular.printable(text), SMALL, WIDTH, 20);
  return {
    height: lines.length * 10.6 + 3,
    staysWithNext: false,
    draw(sheet, top, parent) {
      tagged(file, sheet, parent, 'P', () => {
        for (const [at, line] of lines.entries()) sheet.text(file.regular, SMALL, PAGE.left, top + 9 + at * 10.6, line);
      });
    },
  };
}

function signaturesBlock(file: PdfFile, signers: readonly { heading: string; lines: readonly string[] }[]): FormBlock {
  const width = (WIDTH - GAP * (signers.length - 1)) / signers.length;
  const step = 26;
  return {
    height: 14 + step * Math.max(...signers.map(({ lines }) => lines.length)) + 6,
    staysWithNext: false,
    draw(sheet, top, parent) {
      for (const [index, { heading, lines }] of signers.entries()) {
        const x = PAGE.left + index * (width + GAP);
        tagged(file, sheet, parent, 'P', () => sheet.text(file.bold, SMALL, x, top + 11, file.bold.printable(heading)));
        for (const [at, label] of lines.entries()) {
          const line = top + 14 + (at + 1) * step - 8;
          sheet.rule(x, x + width, line, 0.4, 0.45);
          tagged(file, sheet, parent, 'P', () =>
            sheet.text(file.regular, 6.6, x, line + 7.5, file.regular.printable(label), QUIET),
          );
        }
      }
    },
  };
}

function inPairs<T>(all: readonly T[]): T[][] {
  return all.flatMap((_, index) => (index % 2 === 0 ? [all.slice(index, index + 2)] : []));
}

export function tagged(
  file: PdfFile,
  sheet: Sheet,
  parent: StructureElement,
  tag: 'H1' | 'H2' | 'P',
  draw: () => void,
): void {
  const element = file.tags.open(parent, tag);
  sheet.within(element, draw);
  file.tags.close(element);
}
