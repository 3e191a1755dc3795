import type { ReportHeader } from '../../../foundations/report-model.ts';
import type { PagePlan } from '../page-plan.ts';
import type { PdfFile } from '../pdf-file.ts';
import { say } from '../pdf-texts.ts';
import { QUIET, type Sheet } from '../sheet.ts';
import type { Grid } from './table-grid.ts';
import type { Faces } from './table-measure.ts';
import { textLines } from '../text-lines.ts';

const SIZE = 8.5;
const LINE = SIZE * 1.35;
const BEFORE = 12;
const BETWEEN = 3;
const EMPTY_HEIGHT = 60;

function noteLines(note: string, grid: Grid, faces: Faces): string[] {
  // Lines of up to about 110 letters are easy to read.
  const width = Math.min(grid.right - grid.left, 520);
  return textLines(faces.regular, faces.regular.printable(note), SIZE, width, 30);
}

/** Height of the notes below the table. */
export function afterHeight(head: ReportHeader, grid: Grid, faces: Faces): number {
  if (head.notes.length === 0) return 0;
  return head.notes.reduce((sum, note) => sum + noteLines(note, grid, faces).length * LINE + BETWEEN, BEFORE);
}

/** The notes; for an empty report preceded by a note that it is empty. */
export function drawAfter(file: PdfFile, sheet: Sheet, head: ReportHeader, page: PagePlan, grid: Grid): void {
  const { document } = file.tags;
  let y = page.bottom + BEFORE;
  const paragraph = (draw: () => void) => {
    const element = file.tags.open(document, 'P');
    sheet.within(element, draw);
    file.tags.close(element);
  };
  if (page.number === 1 && page.rows.length === 0) {
    const text = say('empty', head.language);
    const x = (grid.left + grid.right - (file.regular.width(text) * 10) / 1000) / 2;
    paragraph(() => sheet.text(file.regular, 10, x, y + 24, text, QUIET));
    y += EMPTY_HEIGHT;
  }
  for (const note of head.notes) {
    const lines = noteLines(note, grid, file);
    paragraph(() => {
      for (const [at, line] of lines.entries()) {
        sheet.text(file.regular, SIZE, grid.left + grid.padding, y + (at + 0.8) * LINE, line, QUIET);
      }
    });
    y += lines.length * LINE + BETWEEN;
  }
}
