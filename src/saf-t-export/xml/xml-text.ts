import { trimEndOf } from '../../kernel/trim.ts';

/** Maximum lengths of the schema's text types, in characters. */
export const LIMIT = { code: 9, short: 18, mid1: 35, mid2: 70, long: 256 } as const;

// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0001-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** A text valid in XML: cut to its limit, without characters that XML forbids. Null for an empty one. */
export function xmlText(text: string | null | undefined, max: number): string | null {
  if (text === null || text === undefined) return null;
  return cleaned(text, max, (part) => part.trim());
}

/** The same for a text of an entry or a line, as `sql-text.ts` writes it: other blanks than spaces remain at its ends. */
export function storedText(text: string, max: number): string | null {
  return cleaned(text, max, (part) => trimEndOf(part.replace(/^ +/, ''), ' '));
}

function cleaned(text: string, max: number, trimmed: (part: string) => string): string | null {
  const legal = trimmed(text.replace(/[\t\n\r]+/g, ' ').replace(FORBIDDEN, ''));
  const cut = legal.length <= max ? legal : trimmed(Array.from(legal).slice(0, max).join(''));
  return cut === '' ? null : cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An element with a text, or nothing without one: empty elements are never written. */
export function textElement(name: string, text: string | null | undefined, max: number): string {
  const content = xmlText(text, max);
  return content === null ? '' : `<${name}>${content}</${name}>`;
}

/** An element whose content needs no escaping: numbers, dates, codes of a fixed list. */
export function plain(name: string, content: string | number | null | undefined): string {
  return content === null || content === undefined || content === '' ? '' : `<${name}>${content}</${name}>`;
}

/** An element around others, or nothing if there are none. */
export function group(name: string, content: string): string {
  return content === '' ? '' : `<${name}>${content}</${name}>`;
}
