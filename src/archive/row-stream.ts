import type { Sql } from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { rowBatches } from '../platform/database/row-batches.ts';

type Cell = string | number | boolean | null;
type Row = Record<string, Cell>;

/** Rows fetched and written at once: enough to be fast, few enough to keep memory constant. */
const ROWS_AT_ONCE = 1_000;

/** The rows of a query as pieces of text, one line each, read through a cursor of the transaction's snapshot. */
export async function* rowStream(tx: Transaction, query: Sql, lineOf: (row: Row) => string): AsyncGenerator<Buffer> {
  for await (const rows of rowBatches<Row>(tx, query, ROWS_AT_ONCE))
    yield Buffer.from(rows.map((row) => `${lineOf(row)}\n`).join(''));
}

/**
 * A table in the format that Norwegian spreadsheets open: semicolons, decimal comma, UTF-8 with byte order mark, CRLF.
 */
export async function* csvStream(tx: Transaction, header: readonly string[], query: Sql): AsyncGenerator<Buffer> {
  yield Buffer.from(`\uFEFF${header.join(';')}\r\n`);
  yield* rowStream(tx, query, (row) => `${header.map((name) => cell(row[name])).join(';')}\r`);
}

function cell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  // Text that a spreadsheet would read as a formula gets an apostrophe; amounts do not.
  const text = String(value).replace(/^(?=[=+@\t])|^(?=-)(?!-[\d,]+$)/, "'");
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
