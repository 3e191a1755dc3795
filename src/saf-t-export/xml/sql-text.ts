import { assert } from '../../kernel/assert.ts';

/**
 * The rules of `xml-text.ts` as SQL expressions: rows become XML in the database. The expressions here are composed of
 * column names and numbers only; texts are passed as settings of the transaction.
 */

/** Matches a text that cannot be written unchanged: markup, characters that XML forbids, blanks at its ends. */
const UNPLAIN = String.raw`'[&<>\u0001-\u001f\u007f-\u009f\ufffe\uffff]|^\s|\s$|^$'`;

/** A text of at most `max` characters, escaped; null for an empty one. Most texts are plain and need a single check. */
export function escaped(text: string, max: number): string {
  // Most columns are mostly empty; a longer expression would be evaluated twice for this test.
  const empty = /^[a-z_.]+$/.test(text) ? `when ${text} is null then null ` : '';
  return `case ${empty}when octet_length(${text}) <= ${max} and ${text} !~ ${UNPLAIN} then ${text} else ${cleaned(text, max)} end`;
}

function cleaned(text: string, max: number): string {
  const legal = String.raw`regexp_replace(regexp_replace(${text}, '[\t\n\r]+', ' ', 'g'), '[\u0001-\u001f\u007f-\u009f\ufffe\uffff]', '', 'g')`;
  const cut = `btrim(left(btrim(${legal}), ${max}))`;
  return `nullif(replace(replace(replace(${cut}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '')`;
}

/** The element, or null if its content is null: `concat` leaves it out. */
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

/** A setting of the transaction, read once per statement. `type` is that of the value. */
export function setting(name: string, type: string): string {
  assert(/^[a-z_]+$/.test(name), `no setting is called ${name}`);
  return `(select current_setting('saf_t.${name}')::${type})`;
}
