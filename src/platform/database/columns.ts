import sql, { join, raw, type Sql } from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { exactJson } from '../exact-json.ts';

/** The operation sets a row's identity and owner at creation; no update changes them. */
const IDENTITY = new Set(['id', 'client_account_id']);

/** `name = $1, code = $2` from our column names and their values; undefined leaves a column unchanged. */
export function assignments(values: Record<string, unknown>): Sql {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  for (const [column] of given) assert(!IDENTITY.has(column), `an update must not change ${column}`);
  return join(given.map(([column, value]) => sql`${name(column)} = ${value}`));
}

/** `(name, code) values ($1, $2)`; undefined uses the column's default. */
export function insertion(values: Record<string, unknown>): Sql {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return sql`(${join(given.map(([column]) => name(column)))}) values (${join(given.map(([, value]) => value))})`;
}

/**
 * `(name, code) select name, code from …`: any number of rows of a table with the same columns. Its text does not depend on
 * their number, so that it can be prepared.
 */
export function insertionOfRows(table: string, rows: readonly Record<string, unknown>[]): Sql {
  const [first] = rows;
  assert(first, 'there are no rows to insert');
  const columns = join(Object.keys(first).map(name));
  return sql`(${columns}) select ${columns} from jsonb_populate_recordset(null::${name(table)}, ${exactJson(rows)}::jsonb)`;
}

function name(column: string): Sql {
  assert(/^([a-z]\.)?[a-z][a-z0-9_]*$/.test(column), `not a column name: ${column}`);
  return raw(column);
}

/**
 * Condition that one of the columns contains the text, case-insensitively (`folded`, also for Æ, Ø and Å); wildcards in
 * the text are taken literally. The columns are our names.
 */
export function holdsText(columns: readonly string[], text: string): Sql {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${join(
    columns.map((column) => sql`folded(${name(column)}) like folded(${pattern})`),
    ' or ',
  )})`;
}
