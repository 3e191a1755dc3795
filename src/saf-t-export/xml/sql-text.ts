import { assert } from '../../kernel/assert.ts';

/**
 * The same rules as `xml-text.ts`, as SQL expressions: what a row says becomes XML in the database. Expressions here are
 * put together from names of columns and numbers only; texts reach them as settings of the transaction.
 */

/** What keeps a text from being written as it is: markup, characters that XML forbids, blanks at its ends. */
const UNPLAIN = String.raw`'[&<>\u0001-\u001f\u007f-\u009f\ufffe\uffff]|^\s|\s$|^$'`;

/** A text of at most `max` characters, escaped; null for an empty one. Most texts are plain and pass with one look. */
export function escaped(text: string, max: number): string {
  // Most columns are mostly empty; an expression would only be worked out once more to see that.
  const empty = /^[a-z_.]+$/.test(text) ? `when ${text} is null then null ` : '';
  return `case ${empty}when octet_length(${text}) <= ${max} and ${text} !~ ${UNPLAIN} then ${text} else ${cleaned(text, max)} end`;
}

function cleaned(text: string, max: number): string {
  const legal = String.raw`regexp_replace(regexp_replace(${text}, '[\t\n\r]+', ' ', 'g'), '[\u0001-\u001f\u007f-\u009f\ufffe\uffff]', '', 'g')`;
  const cut = `btrim(left(btrim(${legal}), ${max}))`;
  return `nullif(replace(replace(replace(${cut}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '')`;
}

/** The element, or null where its content is null: `concat` leaves it out. */
export function element(name: string, content: string): string {
  assert(/^[A-Za-z]+$/.test(name), `no element is called ${name}`);
  return `'<${name}>' || (${content}) || '</${name}>'`;
}

export function textElement(name: string, text: string, max: number): string {
  return element(name, escaped(text, max));
}

/** Øre as kroner with two decimals: the product of a whole number and 0.01 has exactly these. */
export function kroner(ore: string): string {
  return `(${ore} * 0.01)::text`;
}

/** A setting of the transaction, read once a statement. `type` is that of the value. */
export function setting(name: string, type: string): string {
  assert(/^[a-z_]+$/.test(name), `no setting is called ${name}`);
  return `(select current_setting('saf_t.${name}')::${type})`;
}
