import { PdfFile } from '../pdf-file.ts';
import { pageText } from '../pdf-texts.ts';
import { INK, QUIET, type Sheet } from '../sheet.ts';
import { shortened, textLines } from '../text-lines.ts';
import { type FormBlock, PAGE, sectionBlocks, tagged } from './form-block.ts';
import type { PdfForm } from './form-model.ts';

const TITLE = 17;
const FOOT = 7.5;
const TOP = 36;
const BOTTOM = PAGE.height - 44;
const BETWEEN_SECTIONS = 7;

/**
 * A filled form as PDF/A-2a, on one page if it fits: sections follow each other, and a page ends between their lines,
 * never after a heading. The same form gives the same bytes.
 */
export function renderForm(form: PdfForm): Buffer {
  const file = new PdfFile({
    title: form.title,
    author: form.author,
    subject: `${form.title}, ${form.author}`,
    language: form.language,
    createdAt: form.createdAt,
    tagged: true,
  });
  const pieces: Uint8Array[] = [];
  const pages = divided(form, file);
  for (const [index, blocks] of pages.entries()) {
    const sheet = file.startPage(PAGE.width, PAGE.height);
    let y = index === 0 ? drawHead(form, file, sheet) : TOP;
    for (const { block, before } of blocks) {
      y += before;
      block.draw(sheet, y, file.tags.document);
      y += block.height;
    }
    drawFoot(form, file, sheet, index + 1, pages.length);
    pieces.push(file.take());
  }
  file.end();
  pieces.push(file.take());
  return Buffer.concat(pieces);
}

interface Placed {
  block: FormBlock;
  before: number;
}

/** Distributes blocks over pages; a block that stays with the next one is placed with it. */
function divided(form: PdfForm, file: PdfFile): Placed[][] {
  const pages: Placed[][] = [[]];
  let y = headHeight(form, file);
  let held: Placed[] = [];
  for (const section of form.sections) {
    for (const [index, block] of sectionBlocks(file, section).entries()) {
      held.push({ block, before: index === 0 ? BETWEEN_SECTIONS : 0 });
      if (block.staysWithNext) continue;
      const height = held.reduce((sum, each) => sum + each.before + each.block.height, 0);
      if (y + height > BOTTOM && pages.at(-1)!.length > 0) {
        pages.push([]);
        y = TOP;
      }
      pages.at(-1)!.push(...held);
      y += height;
      held = [];
    }
  }
  pages.at(-1)!.push(...held);
  return pages;
}

function headHeight(form: PdfForm, file: PdfFile): number {
  return TOP + TITLE * 1.15 * titleLines(form, file).length + 24;
}

function factsWidth({ facts }: PdfForm, file: PdfFile): number {
  const widths = facts.map(
    ({ label, text }) =>
      ((file.regular.width(file.regular.printable(label)) + file.bold.width(file.bold.printable(text))) * 8.5) / 1000,
  );
  return Math.max(0, ...widths) + 5;
}

function titleLines(form: PdfForm, file: PdfFile): string[] {
  const room = PAGE.right - PAGE.left - factsWidth(form, file) - 20;
  return textLines(file.bold, file.bold.printable(form.title), TITLE, room, 2);
}

/** Where the first section begins. */
function drawHead(form: PdfForm, file: PdfFile, sheet: Sheet): number {
  const parent = file.tags.document;
  const lines = titleLines(form, file);
  tagged(file, sheet, parent, 'H1', () => {
    for (const [at, line] of lines.entries())
      sheet.text(file.bold, TITLE, PAGE.left, TOP + TITLE * (1 + at * 1.15), line);
  });
  const lead = TOP + TITLE * 1.15 * lines.length + 11;
  const [leadLine = ''] = textLines(file.regular, file.regular.printable(form.lead), 9.6, PAGE.right - PAGE.left, 1);
  tagged(file, sheet, parent, 'P', () => sheet.text(file.regular, 9.6, PAGE.left, lead, leadLine));
  for (const [at, { label, text }] of form.facts.entries()) {
    const baseline = TOP + 11 + at * 12.5;
    const shown = file.bold.printable(text);
    const x = PAGE.right - (file.bold.width(shown) * 8.5) / 1000;
    tagged(file, sheet, parent, 'P', () => {
      sheet.textRight(file.regular, 8.5, x - 5, baseline, file.regular.printable(label), QUIET);
      sheet.text(file.bold, 8.5, x, baseline, shown, INK);
    });
  }
  return headHeight(form, file);
}

function drawFoot(form: PdfForm, file: PdfFile, sheet: Sheet, page: number, pages: number): void {
  const y = PAGE.height - 28;
  const number = pageText(page, pages, form.language);
  const room = ((PAGE.right - PAGE.left - 14) * 1000) / FOOT - file.regular.width(number);
  sheet.artifact(() => {
    const text = shortened(file.regular, file.regular.printable(form.foot), room);
    sheet.text(file.regular, FOOT, PAGE.left, y, text, QUIET);
    sheet.textRight(file.regular, FOOT, PAGE.right, y, number, QUIET);
  }, 'Footer');
}
