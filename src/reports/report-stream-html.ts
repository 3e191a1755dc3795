import type { Language } from '../platform/errors.ts';
import { reportDocument } from './report-html.tsx';
import type { Cell, ReportColumn, ReportModel, ReportRow, ReportStream } from './report-model.ts';
import { amountText, dateText, numberText } from './report-numbers.ts';

/** A document too long to be held: its pieces come as they are read. */
export interface StreamedHtml {
  contentSecurityPolicy: string;
  pieces: AsyncIterable<string>;
}

/**
 * The page of a long report. It looks as `reportDocument` makes it, but nothing folds: that takes a style rule per row,
 * before the first one. Every account is a table body of its own, with a name that an address can point at.
 */
export function reportStreamDocument(stream: ReportStream): StreamedHtml {
  const { html, contentSecurityPolicy } = reportDocument(frameOf(stream));
  if (stream.rowCount === 0) return { contentSecurityPolicy, pieces: once(html) };
  const [before = '', after = ''] = html.split(/<tbody>.*<\/tbody>/s);
  return { contentSecurityPolicy, pieces: piecesOf(stream, before, after) };
}

/** The report with one row, to be cut open where the rows are. */
function frameOf({ rows: _, rowCount, ...head }: ReportStream): ReportModel {
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
  return { ...head, rows: rowCount === 0 ? [] : [row as ReportRow] };
}

async function* once(html: string): AsyncGenerator<string> {
  yield html;
}

async function* piecesOf(stream: ReportStream, before: string, after: string): AsyncGenerator<string> {
  const { language } = stream;
  const cells = stream.columns.map((column) => cellWriter(column, language));
  yield `${before}<tbody>`;
  let isFirst = true;
  for await (const batch of stream.rows()) {
    let text = '';
    for (const row of batch) {
      if (row.kind === 'group' && row.level === 1) {
        text += `${isFirst ? '' : '</tbody><tbody>'}`;
      }
      text += rowHtml(row, cells);
      isFirst = false;
    }
    yield text;
  }
  yield `</tbody>${after}`;
}

type CellWriter = (cell: Cell) => string;

function rowHtml(row: ReportRow, cells: readonly CellWriter[]): string {
  const id = row.id === null ? '' : ` id="${attribute(row.id)}"`;
  let html = `<tr class="${row.kind} level-${row.level}"${id}><th scope="row"><div class="name">`;
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
function cellWriter({ kind, label }: ReportColumn, language: Language): CellWriter {
  const filled = `<td class="${kind}" data-label="${attribute(label)}">`;
  const empty = `<td class="${kind} none" data-label="${attribute(label)}"></td>`;
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
