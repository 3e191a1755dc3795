import type { ReportHeader } from '../../foundations/report-model.ts';
import { headerFacts, headerMarks } from '../../printed/report-heading.ts';
import { organizationNumberText } from '../../foundations/report-numbers.ts';
import type { PdfFile } from './pdf-file.ts';
import { QUIET, type Sheet, WARNING } from './sheet.ts';
import type { StructureElement } from './structure-tree.ts';
import type { Grid } from './table/table-grid.ts';
import type { Faces } from './table/table-measure.ts';
import { textLines } from './text-lines.ts';

const TITLE = 21;
const SUBJECT = 11.5;
const FACT = 8.5;
const MARK = 9;
const TOP = 40;

interface Line {
  text: string;
  size: number;
  bold: boolean;
  tag: 'H1' | 'P';
  tone: 'ink' | 'quiet' | 'warning';
  baseline: number;
}

export interface TitleBlock {
  lines: Line[];
  facts: { label: string; text: string; baseline: number }[];
  rule: number;
  bottom: number;
}

const ORGANIZATION = { nb: 'Org.nr.', en: 'Org. no.' };

/** The heading of the report on its first page. */
export function titleBlock(head: ReportHeader, grid: Grid, faces: Faces): TitleBlock {
  const facts = headerFacts(head).map(({ label, text }) => ({ label, text }));
  const factsWidth = Math.max(...facts.map((fact) => factWidth(fact, faces)));
  const room = grid.right - grid.left - factsWidth - 24;
  const lines: Line[] = [];
  let y = TOP;
  const add = (text: string, style: Omit<Line, 'text' | 'baseline'>, width: number, most: number, leading: number) => {
    const face = style.bold ? faces.bold : faces.regular;
    for (const line of textLines(face, face.printable(text), style.size, width, most)) {
      y += style.size * leading;
      lines.push({ ...style, text: line, baseline: y });
    }
  };
  add(head.title, { size: TITLE, bold: true, tag: 'H1', tone: 'ink' }, room, 2, 1);
  y += 3;
  add(head.subject.name, { size: SUBJECT, bold: true, tag: 'P', tone: 'ink' }, room, 2, 1.35);
  const number = head.subject.organizationNumber;
  if (number) {
    const text = `${ORGANIZATION[head.language]} ${organizationNumberText(number)}`;
    add(text, { size: MARK, bold: false, tag: 'P', tone: 'quiet' }, room, 1, 1.45);
  }
  const { drafts, filters } = headerMarks(head);
  const wide = grid.right - grid.left;
  const factsBottom = TOP + TITLE + (facts.length - 1) * FACT * 1.5;
  if (drafts || filters.length > 0) y = Math.max(y + 5, factsBottom);
  if (drafts) add(drafts, { size: MARK, bold: true, tag: 'P', tone: 'warning' }, wide, 2, 1.4);
  for (const filter of filters) add(filter, { size: MARK, bold: false, tag: 'P', tone: 'ink' }, wide, 4, 1.4);
  const rule = Math.max(y, factsBottom) + 9;
  return {
    lines,
    facts: facts.map((fact, at) => ({ ...fact, baseline: TOP + TITLE + at * FACT * 1.5 })),
    rule,
    bottom: rule + 8,
  };
}

export function drawTitleBlock(
  file: PdfFile,
  sheet: Sheet,
  block: TitleBlock,
  grid: Grid,
  parent: StructureElement,
): void {
  const tones = { ink: undefined, quiet: QUIET, warning: WARNING };
  let open: { element: StructureElement; line: Line } | null = null;
  for (const line of block.lines) {
    // The lines of one text are one element.
    if (!open || open.line.tag !== line.tag || open.line.size !== line.size || open.line.bold !== line.bold) {
      if (open) file.tags.close(open.element);
      open = { element: file.tags.open(parent, line.tag), line };
    }
    const face = line.bold ? file.bold : file.regular;
    sheet.within(open.element, () =>
      sheet.text(face, line.size, grid.left, line.baseline, line.text, tones[line.tone]),
    );
  }
  if (open) file.tags.close(open.element);
  for (const { label, text, baseline } of block.facts) {
    const element = file.tags.open(parent, 'P');
    const shown = file.bold.printable(text);
    const x = grid.right - (file.bold.width(shown) * FACT) / 1000;
    sheet.within(element, () => {
      sheet.textRight(file.regular, FACT, x - 5, baseline, file.regular.printable(label), QUIET);
      sheet.text(file.bold, FACT, x, baseline, shown);
    });
    file.tags.close(element);
  }
  sheet.rule(grid.left, grid.right, block.rule, 1, 0.08);
}

function factWidth({ label, text }: { label: string; text: string }, faces: Faces): number {
  const width = faces.regular.width(faces.regular.printable(label)) + faces.bold.width(faces.bold.printable(text));
  return (width * FACT) / 1000 + 5;
}
