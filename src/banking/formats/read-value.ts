import { dateInNorway, isLocalDate, type LocalDate } from '../../kernel/local-date.ts';
import { MAX_AMOUNT, type Ore } from '../../kernel/money.ts';
import type { BankFaultCode } from './fault-catalogue.ts';

const UNSIGNED = /^(\d{1,16})(?:\.(\d{0,18}))?$/;

/** An amount without sign, with a decimal point, in hundredths; or its fault. Never rounds. */
export function readUnsigned(text: string): Ore | BankFaultCode {
  const match = UNSIGNED.exec(text);
  if (!match) return 'amount-malformed';
  let fraction = match[2] ?? '';
  if (fraction.length > 2) {
    if (/[^0]/.test(fraction.slice(2))) return 'amount-decimals';
    fraction = fraction.slice(0, 2);
  }
  const value = BigInt(match[1]! + fraction.padEnd(2, '0'));
  return value > MAX_AMOUNT ? 'amount-malformed' : value;
}

const knownDates = new Map<string, LocalDate | null>();

/** `2026-03-16`, also followed by a time zone (xs:date). Null: not a valid date. */
export function readDate(text: string): LocalDate | null {
  const known = knownDates.get(text);
  if (known !== undefined) return known;
  const match = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const date = match && isLocalDate(match[1]) ? match[1] : null;
  if (knownDates.size > 5000) knownDates.clear();
  knownDates.set(text, date);
  return date;
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

/** The date in Norway of a timestamp; without a time zone it is taken as Norwegian time. */
export function readDateTime(text: string): LocalDate | null {
  const match = DATE_TIME.exec(text);
  if (!match || !isLocalDate(match[1])) return null;
  return match[3] === undefined ? match[1] : dateInNorway(new Date(text));
}

/** Digits in the order of `form`: 'DDMMYY', 'YYMMDD'. Two-digit years from 70 on are in the last century. */
export function readShortDate(digits: string, form: 'DDMMYY' | 'YYMMDD'): LocalDate | null {
  if (!/^\d{6}$/.test(digits)) return null;
  const [a, b, c] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)];
  const [year, day] = form === 'DDMMYY' ? [c, a] : [a, c];
  const date = `${Number(year) >= 70 ? '19' : '20'}${year}-${b}-${day}`;
  return isLocalDate(date) ? date : null;
}

const DECIMAL = /^\d{1,13}(?:\.\d{1,18})?$/;
const RATE = /^\d{1,9}(?:\.\d{1,18})?$/;

/** A foreign amount, kept as text: below the largest (MAX_CURRENCY_UNITS). */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** An exchange rate, kept as text: below the largest (MAX_RATE). */
export function isRate(text: string): boolean {
  return RATE.test(text);
}

export function isCurrency(text: string): boolean {
  return /^[A-Z]{3}$/.test(text);
}
