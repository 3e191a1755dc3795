import type { Language } from '../../platform/errors.ts';
import { htmlDocument, ReportView, sumColumn } from './report-html.tsx';
import type { Cell, ReportColumn, ReportModel, ReportRow, ReportStream } from '../foundations/report-model.ts';
import { amountText, dateText, numberText } from '../foundations/report-numbers.ts';
import { reportStyle } from './report-style.ts';

/** A document too long to be held: its pieces come as they are read. */
export interface StreamedHtml {
  contentSecurityPolicy: string;
  pieces: AsyncIterable<string>;
}

/** Lines of text and amounts need more width than statements, and paper that lies down. */
const longStyle = `
.report { max-width: 104rem; }
.figures { font-size: .82rem; }
.figures th, .figures td { padding-left: .42rem; padding-right: .42rem; }
.figures .code { min-width: 6.6rem; }
.figures td.text { overflow-wrap: break-word; }
.figures td.date { white-space: nowrap; }
.figures .opening > *, .figures .closing > * { font-style: italic; }
.figures .closing > *, .figures .subtotal > * { font-weight: 600; }
.figures tbody:target { outline: 2px solid var(--accent); }
@media (min-width: 46.01rem) { .figures thead th:first-child { width: 30%; min-width: 17rem; } }
@media screen and (max-width: 90rem) {
  .figures { font-size: .78rem; }
  .figures th, .figures td { padding-left: .32rem; padding-right: .32rem; }
}
@media screen and (min-width: 46.01rem) and (max-width: 90rem) {
  .report { width: calc(100% - 1.5rem); margin: .75rem auto; padding: 1.25rem 1rem; }
  .figures thead th:first-child { min-width: 14rem; }
}
@media screen and (max-width: 64.01rem) { .figures .code { min-width: 5.2rem; } }
@media screen and (min-width: 46.01rem) and (max-width: 76rem) {
  .scroll { overflow: auto; max-height: calc(100vh - 1.5rem); }
  .figures th[scope=row], .figures thead th:first-child { position: sticky; left: 0; background: var(--paper); border-right: 1px solid var(--line); z-index: 1; }
  .figures td.sum, .figures thead th.sum { position: sticky; right: 0; background: var(--paper); border-left: 1px solid var(--line); }
  .figures thead th.sum, .figures thead th:first-child { z-index: 3; }
}
@media print {
  html:lang(nb) body { page: nb-wide; }
  html:lang(en) body { page: en-wide; }
  .figures { font-size: 7pt; }
  .figures th, .figures td { padding: .7mm 1mm; }
  .figures .code { min-width: 4.8rem; }
  .figures tr.opening { break-after: avoid; }
  .figures tr.closing { break-before: avoid; }
}
`;

/**
 * The page of a long report. It looks as that of a short one, but nothing folds: that takes a style rule per row, before
 * the first one. Every account is a table body of its own, with a name that an address can point at.
 */
export function reportStreamDocument(stream: ReportStream): StreamedHtml {
  const title = `${stream.title} ${stream.subject.name} ${[stream.from, stream.to].filter(Boolean).join(' – ')}`;
  const { html, contentSecurityPolicy } = htmlDocument(
    stream.language,
    title,
    [reportStyle, longStyle],
    <main>
      <ReportView model={frameOf(stream)} />
    </main>,
  );
  if (stream.rowCount === 0) return { contentSecurityPolicy, pieces: once(html) };
  const before = html.slice(0, html.indexOf('<tbody>'));
  const after = html.split('</tbody>').at(-1)!;
  return { contentSecurityPolicy, pieces: piecesOf(stream, before, after) };
}

/** The report with one row, to be cut open where the rows are. */
function frameOf(stream: ReportStream): ReportModel {
  const row = {
    kind: 'line',
    id: null,
    level: 1,
    within: [],
    code: null,
    label: '',
    cells: [],
    link: null,
    folded: false,
  };
  return { ...stream, rows: stream.rowCount === 0 ? [] : [row as ReportRow] };
}

async function* once(html: string): AsyncGenerator<string> {
  yield html;
}

async function* piecesOf(stream: ReportStream, before: string, after: string): AsyncGenerator<string> {
  const { language } = stream;
  const sum = sumColumn(stream.columns);
  const cells = stream.columns.map((column, at) => cellWriter(column, language, at === sum));
  yield before;
  let isOpen = false;
  for await (const batch of stream.rows()) {
    let html = '';
    for (const row of batch) {
      const isHeading = row.kind === 'group' && row.level === 1;
      if (isHeading || !isOpen) html += `${isOpen ? '</tbody>' : ''}<tbody${isHeading ? idOf(row) : ''}>`;
      isOpen = true;
      html += isHeading ? headingHtml(row, cells.length + 1) : rowHtml(row, cells);
    }
    yield html;
  }
  yield `${isOpen ? '</tbody>' : ''}${after}`;
}

function idOf({ id }: ReportRow): string {
  return id === null ? '' : ` id="${attribute(id)}"`;
}

type CellWriter = (cell: Cell) => string;

function headingHtml(row: ReportRow, columns: number): string {
  const label = linked('label', row.link, row.label);
  return `<tr class="group level-1"><th scope="rowgroup" colspan="${columns}"><div class="name">${label}</div></th></tr>\n`;
}

function rowHtml(row: ReportRow, cells: readonly CellWriter[]): string {
  let html = `<tr class="${row.kind} level-${row.level}"><th scope="row"><div class="name">`;
  if (row.code === null) html += linked('label', row.link, row.label);
  else html += `${linked('code', row.link, row.code)}<span>${text(row.label)}</span>`;
  html += '</div></th>';
  for (let at = 0; at < row.cells.length; at++) html += cells[at]!(row.cells[at]!);
  return `${html}</tr>\n`;
}

function linked(name: string, href: string | null, label: string): string {
  return href === null
    ? `<span class="${name}">${text(label)}</span>`
    : `<a class="${name}" href="${attribute(href)}">${text(label)}</a>`;
}

/** What is said of every cell of a column is made once. */
function cellWriter({ kind, label }: ReportColumn, language: Language, isSum: boolean): CellWriter {
  const name = isSum ? `${kind} sum` : kind;
  const filled = `<td class="${name}" data-label="${attribute(label)}">`;
  const empty = `<td class="${name} none" data-label="${attribute(label)}"></td>`;
  return (cell) => {
    if (cell === null) return empty;
    if ('date' in cell) return `${filled}<time datetime="${cell.date}">${dateText(cell.date, language)}</time></td>`;
    if ('number' in cell) return `${filled}${numberText(cell.number, language)}</td>`;
    const shown = 'amount' in cell ? amountText(cell.amount, language) : text(cell.text);
    return cell.link ? `${filled}<a href="${attribute(cell.link)}">${shown}</a></td>` : `${filled}${shown}</td>`;
  };
}

const SPECIAL = /[&<>]/;

function text(given: string): string {
  return SPECIAL.test(given) ? given.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : given;
}

function attribute(given: string): string {
  return text(given).replaceAll('"', '&quot;');
}
