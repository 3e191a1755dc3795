import type { ReportHeader } from '../../foundations/report-model.ts';
import { headerFacts, headerMarks, periodText, subjectText } from '../../printed/report-heading.ts';
import { pageText, say } from './pdf-texts.ts';
import { QUIET, type Sheet, WARNING } from './sheet.ts';
import type { Grid } from './table/table-grid.ts';
import type { Faces } from './table/table-measure.ts';
import { shortened } from './text-lines.ts';

const SIZE = 8;
const HEAD_BASELINE = 34;
const LINE = 11;
const FOOT = 30;

/** Lower edge of the space for rows. */
export function frameBottom(grid: Grid): number {
  return grid.pageHeight - FOOT - 22;
}

/** Upper edge of the space below the running head. */
export function frameTop(head: ReportHeader): number {
  return HEAD_BASELINE + (secondLine(head) === null ? 0 : LINE) + 8;
}

/** On every page except the first, which has the whole heading: company, report and period. */
export function drawRunningHead(sheet: Sheet, head: ReportHeader, grid: Grid, faces: Faces): void {
  const right = faces.regular.printable(`${head.title}  \u00b7  ${periodText(head)}`);
  const rightWidth = (faces.regular.width(right) * SIZE) / 1000;
  const room = ((grid.right - grid.left - rightWidth - 16) * 1000) / SIZE;
  const second = secondLine(head);
  sheet.artifact(() => {
    const subject = shortened(faces.bold, faces.bold.printable(subjectText(head)), room);
    sheet.text(faces.bold, SIZE, grid.left, HEAD_BASELINE, subject);
    sheet.textRight(faces.regular, SIZE, grid.right, HEAD_BASELINE, right);
    if (second !== null) {
      const { drafts } = headerMarks(head);
      const line = faces.regular.printable(second);
      const fitting = shortened(faces.regular, line, ((grid.right - grid.left) * 1000) / SIZE);
      sheet.text(faces.regular, SIZE, grid.left, HEAD_BASELINE + LINE, fitting, drafts ? WARNING : QUIET);
    }
  }, 'Header');
  sheet.rule(grid.left, grid.right, frameTop(head) - 2, 0.5, 0.45);
}

function secondLine(head: ReportHeader): string | null {
  const { drafts, filters } = headerMarks(head);
  const marks = [drafts, ...filters].filter((mark) => mark !== null);
  return marks.length === 0 ? null : marks.join('  \u00b7  ');
}

export function drawFoot(
  sheet: Sheet,
  head: ReportHeader,
  grid: Grid,
  faces: Faces,
  page: number,
  pages: number,
): void {
  const baseline = grid.pageHeight - FOOT;
  const [, ...facts] = headerFacts(head);
  const left = facts.map(({ label, text }) => `${label} ${text}`).join('  \u00b7  ');
  sheet.artifact(() => {
    sheet.text(faces.regular, SIZE, grid.left, baseline, faces.regular.printable(left), QUIET);
    sheet.textRight(faces.regular, SIZE, grid.right, baseline, pageText(page, pages, head.language), QUIET);
  }, 'Footer');
  sheet.rule(grid.left, grid.right, baseline - 12, 0.25, 0.6);
}

/** Large and pale behind everything, so that no page with drafts passes for one of the books. */
export function drawDraftMark(sheet: Sheet, head: ReportHeader, faces: Faces): void {
  if (!head.includesDrafts) return;
  sheet.artifact(() => sheet.diagonal(faces.bold, 128, say('draft', head.language), 0.945), 'Watermark');
}
