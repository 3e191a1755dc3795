/**
 * Array literals for bulk statements, written directly: the driver's own conversion of arrays costs several times as
 * much, and a posting is mostly arrays.
 */
export function numberArray(values: readonly (number | bigint | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] ?? 'null';
  }
  return text + '}';
}

/** For text that may hold anything; also dates, timestamps and decimals as text. */
export function textArray(values: readonly (string | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i];
    text += value == null ? 'null' : quoted(value);
  }
  return text + '}';
}

function quoted(value: string): string {
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}

/**
 * One column of rows for `unnest` with several arrays, filled row by row. Nulls at the end are left out, since `unnest`
 * fills up the shorter arrays with null: a column that nobody uses costs nothing. Some other column must be complete.
 */
abstract class Column {
  #text = '';
  #nulls = 0;

  protected add(value: string | number | bigint | null): void {
    if (value === null) {
      this.#nulls++;
      return;
    }
    for (; this.#nulls > 0; this.#nulls--) this.#text += ',null';
    this.#text += ',';
    this.#text += value;
  }

  toString(): string {
    return `{${this.#text.slice(1)}}`;
  }
}

/** Of numbers, dates, timestamps in ISO form and decimals: nothing that an array literal would have to quote. */
export class PlainColumn extends Column {
  push(value: string | number | bigint | null): void {
    this.add(value);
  }
}

/** Of text that may hold anything. */
export class TextColumn extends Column {
  push(value: string | null): void {
    this.add(value === null ? null : quoted(value));
  }
}
