import { isLocalDate, type LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import { readUnsigned } from '../read-value.ts';

/** The sign, before the decimals. */
export type DecimalMark = ',' | '.';

/**
 * The number format that an amount shows by itself: its decimal mark, `whole` without marks, `either` for a single mark
 * before three digits (`12.500` is twelve and a half, or twelve thousand five hundred).
 */
export type AmountForm = DecimalMark | 'whole' | 'either' | 'malformed';

const BLANKS = /[\s\u00a0\u202f]/g;
const GROUPED_BY_BLANKS = /^\d{1,3}(?:[\s\u00a0\u202f]\d{3})+(?:[.,]\d*)?$/;
const MARKS = /[.,]/g;

export function amountForm(text: string): AmountForm {
  const written = unsigned(text);
  const hasBlanks = /[\s\u00a0\u202f]/.test(written);
  if (hasBlanks && !GROUPED_BY_BLANKS.test(written)) return 'malformed';
  const digits = written.replace(BLANKS, '');
  if (!/^\d[\d.,]*$/.test(digits)) return 'malformed';
  const marks = digits.match(MARKS) ?? [];
  const last = marks.at(-1) as DecimalMark | undefined;
  if (last === undefined) return 'whole';
  const others = new Set(marks.slice(0, -1));
  // Spaces separate the thousands, so the only mark separates the decimals.
  if (hasBlanks) return last;
  if (others.size === 0) return alone(digits, last);
  if (others.has(last)) return others.size === 1 && isGrouped(digits, last) ? other(last) : 'malformed';
  return isGrouped(digits.slice(0, digits.lastIndexOf(last)), other(last)) ? last : 'malformed';
}

/** A mark that occurs once. */
function alone(digits: string, mark: DecimalMark): AmountForm {
  const [whole = '', decimals = ''] = digits.split(mark);
  return decimals.length === 3 && whole.length <= 3 && !whole.startsWith('0') ? 'either' : mark;
}

function isGrouped(digits: string, mark: DecimalMark): boolean {
  const [first = '', ...groups] = digits.split(mark);
  return /^\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group));
}

function other(mark: DecimalMark): DecimalMark {
  return mark === ',' ? '.' : ',';
}

function unsigned(text: string): string {
  return text.replace(/^[-+\u2212]/, '').trim();
}

/** `1 234 567,89`, `-249.90`, `12.500,50`, in hundredths and signed; `decimal` is used only for ambiguous ones. */
export function readCsvAmount(text: string, decimal: DecimalMark | null): Ore | BankFaultCode {
  const form = amountForm(text);
  if (form === 'malformed') return 'amount-malformed';
  if (form === 'either' && decimal === null) return 'amount-two-readings';
  const mark = form === 'either' ? decimal! : form === 'whole' ? '.' : form;
  const digits = unsigned(text).replace(BLANKS, '').replaceAll(other(mark), '').replace(mark, '.');
  const value = readUnsigned(digits);
  return typeof value === 'bigint' && /^[-\u2212]/.test(text) ? -value : value;
}

/** dd.mm.yyyy, yyyy/mm/dd or yyyy-mm-dd. */
export function readCsvDate(text: string): LocalDate | null {
  const day = /^(\d{2})[.](\d{2})[.](\d{4})$/.exec(text);
  const year = /^(\d{4})[/-](\d{2})[/-](\d{2})$/.exec(text);
  const date = day ? `${day[3]}-${day[2]}-${day[1]}` : year ? `${year[1]}-${year[2]}-${year[3]}` : null;
  return date !== null && isLocalDate(date) ? date : null;
}
