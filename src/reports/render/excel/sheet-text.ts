import { dayOf, type LocalDate, monthOf, yearOf } from '../../../kernel/local-date.ts';

/** ECMA-376: the most characters a cell holds. */
const MOST_CHARACTERS = 32_767;

/* eslint-disable no-control-regex -- what XML forbids are these */
const FORBIDDEN =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const PLAIN = /^[^\x00-\x1f&<>"_\ud800-\udfff\ufffe\uffff]*$/;
/* eslint-enable no-control-regex */

/** Escaped text, without the characters that XML forbids. */
export function xmlText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * The same for a cell: within the maximum length, and with text that looks like an escape (ECMA-376, ST_Xstring)
 * preserved.
 */
export function cellText(text: string): string {
  const whole = text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
  return xmlText(whole.includes('_x') ? whole.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_') : whole);
}

/** `A`, `B` ... `Z`, `AA` for columns counted from 0. */
export function columnName(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : columnName(Math.floor(at / 26) - 1) + columnName(at % 26);
}

const DAY_MS = 86_400_000;
const DAY_ZERO = Date.UTC(1899, 11, 30);
/** Before this day spreadsheets count days differently: there was no 29 February 1900. */
const FIRST_DAY = 61;

/** The day's number; null for days on which spreadsheets differ. */
export function dayNumber(date: LocalDate): number | null {
  const day = (Date.UTC(yearOf(date), monthOf(date) - 1, dayOf(date)) - DAY_ZERO) / DAY_MS;
  return day >= FIRST_DAY ? day : null;
}

/**
 * A sheet's name: at most 31 characters, without characters that references use. `number` from 1, shown from the second
 * sheet on.
 */
export function sheetName(title: string, number: number): string {
  const end = number === 1 ? '' : ` ${number}`;
  const clean =
    title
      .replace(FORBIDDEN, '')
      .replace(/[[\]:*?/\\']/g, ' ')
      .trim() || 'Sheet';
  return `${clean.slice(0, 31 - end.length).trimEnd()}${end}`;
}

/** Text in a page header or footer, where `&` begins a code. */
export function pageText(text: string): string {
  return text.replaceAll('&', '&&');
}
