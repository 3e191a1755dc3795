import sql, { join, raw, type Sql } from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';

/** Which row it is and whose is decided by the operation, when it is made; no update changes that. */
const IDENTITY = new Set(['id', 'client_account_id']);

/** `name = $1, code = $2` from column names of ours and their values; what is undefined stays as it is. */
export function assignments(values: Record<string, unknown>): Sql {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  for (const [column] of given) assert(!IDENTITY.has(column), `an update must not change ${column}`);
  return join(given.map(([column, value]) => sql`${name(column)} = ${value}`));
}

/** `(name, code) values ($1, $2)`; what is undefined takes the column's default. */
export function insertion(values: Record<string, unknown>): Sql {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return sql`(${join(given.map(([column]) => name(column)))}) values (${join(given.map(([, value]) => value))})`;
}

function name(column: string): Sql {
  assert(/^([a-z]\.)?[a-z][a-z0-9_]*$/.test(column), `not a column name: ${column}`);
  return raw(column);
}

/**
 * That one of the columns holds the text anywhere, in any case (`folded`, also of Æ, Ø and Å); its own wildcards are taken
 * literally. The columns are names of ours.
 */
export function holdsText(columns: readonly string[], text: string): Sql {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${join(
    columns.map((column) => sql`folded(${name(column)}) like folded(${pattern})`),
    ' or ',
  )})`;
}
