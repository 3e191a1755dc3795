import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Child } from 'hono/jsx';
import type { Language } from '../../platform/errors.ts';
import type { Cell, ReportColumn, ReportModel, ReportRow } from '../foundations/report-model.ts';
import { headerFacts, headerMarks, periodText, subjectText } from './report-heading.ts';
import { amountText, dateText, numberText, timeText } from '../foundations/report-numbers.ts';
import { reportStyle } from './report-style.ts';

const TEXTS = {
  empty: { nb: 'Ingen saldo og ingen bevegelser i perioden.', en: 'No balances and no movements in the period.' },
  show: { nb: 'Vis detaljer for', en: 'Show details of' },
  scrolls: {
    nb: 'Tabellen er bredere enn siden: rull sidelengs.',
    en: 'The table is wider than the page: scroll sideways.',
  },
};

/** A whole document, complete in itself: it can be saved, mailed and printed. */
export interface HtmlDocument {
  html: string;
  /** Lets in the document's own styles and nothing else: no script, no outside address. */
  contentSecurityPolicy: string;
}

export function htmlDocument(language: Language, title: string, styles: string[], body: Child): HtmlDocument {
  const hashes = styles.map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  const html = (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        {styles.map((style) => (
          <style>{raw(style)}</style>
        ))}
      </head>
      <body>{body}</body>
    </html>
  );
  return {
    html: `<!doctype html>${(html as HtmlEscapedString).toString()}`,
    contentSecurityPolicy: [
      "default-src 'none'",
      `style-src ${hashes.join(' ')}`,
      'img-src data:',
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0c5c53"/><path d="M4 4h3v8H4zM9 7h3v5H9z" fill="#fff"/></svg>',
)}`;

export function reportDocument(model: ReportModel): HtmlDocument {
  const title = `${model.title} ${model.subject.name} ${[model.from, model.to].filter(Boolean).join(' – ')}`;
  return htmlDocument(
    model.language,
    title,
    [reportStyle, foldStyle(model)],
    <main>
      <ReportView model={model} />
    </main>,
  );
}

/** The report itself, for a document of its own or within a page. Needs `reportStyle` and `foldStyle(model)`. */
export function ReportView({ model }: { model: ReportModel }) {
  const { drafts, filters } = headerMarks(model);
  return (
    <article class={['report', 'sheet', ...shapeOf(model)].join(' ')}>
      <header class="report-head">
        <div>
          <h1>{model.title}</h1>
          <p class="subject">{subjectText(model)}</p>
        </div>
        <dl class="facts">
          {headerFacts(model).map(({ label, text }) => (
            <>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </>
          ))}
        </dl>
      </header>
      {(drafts !== null || filters.length > 0) && (
        <div class="report-marks">
          {drafts !== null && <strong class="mark">{drafts}</strong>}
          {filters.map((filter) => (
            <p>{filter}</p>
          ))}
        </div>
      )}
      {model.rows.length === 0 ? (
        <p class="empty">{TEXTS.empty[model.language]}</p>
      ) : (
        <div class="scroll" role="region" aria-label={model.title} tabindex={0}>
          <p class="scroll-hint screen">{TEXTS.scrolls[model.language]}</p>
          <ReportTable model={model} heading={headingOf(model)} />
        </div>
      )}
      <footer class="notes">
        {model.notes.map((note) => (
          <p>{note}</p>
        ))}
      </footer>
    </article>
  );
}

/** What its style depends on: `single` has one column, `brief` many with labels of a month's length. */
function shapeOf(model: ReportModel): string[] {
  const amounts = model.columns.filter(({ kind }) => kind === 'amount');
  const longer = amounts.filter(({ label }) => label.length > LONGEST_BRIEF);
  return [
    ...(isWide(model) ? ['wide'] : []),
    ...(model.columns.length === 1 ? ['single'] : []),
    ...(amounts.length > MOST_AMOUNTS && longer.length <= 1 ? ['brief'] : []),
  ];
}

const LONGEST_BRIEF = 8;

/** More amounts than a page stands up for: it is printed lying down, and scrolls sideways on a screen. */
function isWide({ columns }: ReportModel): boolean {
  return columns.filter(({ kind }) => kind === 'amount').length > MOST_AMOUNTS;
}

const MOST_AMOUNTS = 6;

/** What stands on every printed page, because bokføringsforskriften § 3-1 requires it. */
function headingOf(model: ReportModel): [string, string] {
  const { drafts } = headerMarks(model);
  const known = headerFacts(model).slice(2);
  const right = [
    model.title,
    periodText(model),
    drafts,
    ...known.map(({ label, text }) => `${label} ${text}`),
    timeText(model.printedAt, model.language),
  ];
  return [subjectText(model), right.filter(Boolean).join('  ·  ')];
}

function ReportTable({ model, heading }: { model: ReportModel; heading: [string, string] }) {
  const { language, columns } = model;
  const folding = foldingIds(model);
  const sum = sumColumn(columns);
  return (
    <table class="figures">
      <caption class="sr">{model.title}</caption>
      <thead>
        <PrintHeader left={heading[0]} right={heading[1]} columns={columns.length + 1} />
        <tr>
          <th scope="col">{model.firstColumn}</th>
          {columns.map((column, at) => (
            <th scope="col" class={at === sum ? `${column.kind} sum` : column.kind}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {model.rows.map((row) => (
          <Row
            row={row}
            folds={row.id !== null && folding.has(row.id)}
            columns={columns}
            sum={sum}
            language={language}
          />
        ))}
      </tbody>
    </table>
  );
}

/** The first row of a table's head: printed on every page, not on the screen. */
export function PrintHeader({ left, right, columns }: { left: string; right: string; columns: number }) {
  return (
    <tr class="print-head" aria-hidden="true">
      <td colspan={columns}>
        <div>
          <b>{left}</b>
          <b>{right}</b>
        </div>
      </td>
    </tr>
  );
}

interface RowParts {
  row: ReportRow;
  /** Others are below it. */
  folds: boolean;
  columns: ReportColumn[];
  /** The place of the column that is kept in sight. */
  sum: number;
  language: Language;
}

function Row({ row, folds, columns, sum, language }: RowParts) {
  const classes = [row.kind, `level-${row.level}`, ...row.within.map((id) => `in-${safeId(id)}`)];
  return (
    <tr class={classes.join(' ')}>
      <th scope="row">
        <div class="name">
          {row.kind === 'group' && folds ? (
            <Fold row={row} language={language}>
              {row.label}
            </Fold>
          ) : (
            <>
              {row.code && <RowLink class="code" href={row.link} text={row.code} />}
              {row.code ? <span>{row.label}</span> : <RowLink class="label" href={row.link} text={row.label} />}
              {folds && <Fold row={row} language={language} />}
            </>
          )}
        </div>
      </th>
      {row.cells.map((cell, at) => (
        <td class={classOf(cell, columns[at]!, at === sum)} data-label={columns[at]!.label}>
          <CellText cell={cell} language={language} />
        </td>
      ))}
    </tr>
  );
}

function classOf(cell: Cell, { kind }: ReportColumn, isSum: boolean): string {
  const name = isSum ? `${kind} sum` : kind;
  if (cell === null) return `${name} none`;
  return 'amount' in cell && cell.amount === 0n ? `${name} zero` : name;
}

/** Where the figures lead to: that column stays in sight while the others scroll. */
export function sumColumn(columns: readonly ReportColumn[]): number {
  const named = columns.findIndex(({ isSum }) => isSum);
  return named >= 0 ? named : columns.findLastIndex(({ kind }) => kind === 'amount');
}

function RowLink({ href, text, class: name }: { href: string | null; text: string; class: string }) {
  return href ? (
    <a class={name} href={href}>
      {text}
    </a>
  ) : (
    <span class={name}>{text}</span>
  );
}

/** A checkbox folds the rows below it; without style sheets or `:has()` everything simply stays open. */
function Fold({ row, language, children }: { row: ReportRow; language: Language; children?: Child }) {
  return (
    <label class="fold">
      <input type="checkbox" id={`fold-${safeId(row.id!)}`} checked={!row.folded} autocomplete="off" />
      {children ?? <span class="sr">{`${TEXTS.show[language]} ${row.code ?? ''} ${row.label}`}</span>}
    </label>
  );
}

function CellText({ cell, language }: { cell: Cell; language: Language }) {
  if (cell === null) return <></>;
  if ('amount' in cell) {
    const text = amountText(cell.amount, language);
    return cell.link ? <a href={cell.link}>{text}</a> : <>{text}</>;
  }
  if ('number' in cell) return <>{numberText(cell.number, language)}</>;
  if ('date' in cell) return <time datetime={cell.date}>{dateText(cell.date, language)}</time>;
  return cell.link ? <a href={cell.link}>{cell.text}</a> : <>{cell.text}</>;
}

/** Hides what is below an unchecked row. */
export function foldStyle(model: ReportModel): string {
  return [...foldingIds(model)]
    .map(safeId)
    .map((id) => `.figures:has(#fold-${id}:not(:checked)) .in-${id}{display:none}`)
    .join('\n');
}

/** Ids of the rows that others are below. */
function foldingIds({ rows }: ReportModel): Set<string> {
  return new Set(rows.flatMap(({ within }) => within));
}

/** Account codes of other systems hold any character; an id of a style rule must not. */
function safeId(id: string): string {
  return id.replace(/[^A-Za-z0-9]/g, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
}
