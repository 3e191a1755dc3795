import { unreachable } from '../kernel/assert.ts';
import { dateInNorway, isLocalDate } from '../kernel/local-date.ts';
import { MAX_TURNOVER } from '../kernel/money.ts';
import { trimEndOf } from '../kernel/trim.ts';
import type { Leaf } from './audit-file/audit-file-schema.ts';
import type { FaultCode } from './checks/fault-catalogue.ts';

/** The value of a leaf's text; without `value` it is invalid. A fault beside a value is a warning. */
export interface ReadValue {
  value: unknown;
  fault: FaultCode | null;
  expected: string | null;
}

/** One object for every call: read it before the next call. */
const answer: ReadValue = { value: undefined, fault: null, expected: null };

function give(value: unknown, fault: FaultCode | null = null, expected: string | null = null): ReadValue {
  answer.value = value;
  answer.fault = fault;
  answer.expected = expected;
  return answer;
}

/** Reads a text (not empty, trimmed) according to its leaf. */
export function readValue(leaf: Leaf, text: string): ReadValue {
  switch (leaf.type) {
    case 'text':
      return readText(leaf, text);
    case 'amount': {
      const value = parseSignedAmount(text);
      return value === null ? give(undefined, 'amount-malformed', '1234.50') : give(value);
    }
    case 'date':
      return readDate(text);
    case 'dateTime':
      if (isDateTime(text)) return give(text);
      return isLocalDate(text)
        ? give(`${text}T00:00:00`, 'date-without-time', `${text}T00:00:00`)
        : give(undefined, 'date-malformed', '2025-01-31T12:00:00');
    case 'integer':
      return /^\+?\d+$/.test(text) && text.length <= leaf.max
        ? give(Number(text))
        : give(undefined, 'number-malformed', '1');
    case 'decimal':
      return readDecimal(leaf, text);
    case 'boolean':
      if (text === 'true' || text === '1') return give(true);
      if (text === 'false' || text === '0') return give(false);
      return give(undefined, 'value-unexpected', 'true | false');
    default:
      return unreachable(leaf.type);
  }
}

function readText(leaf: Leaf, text: string): ReadValue {
  if (leaf.values && !leaf.values.includes(text)) return give(text, 'value-unexpected', leaf.values.join(' | '));
  return text.length > leaf.max ? give(text, 'text-too-long', `${leaf.max}`) : give(text);
}

/** xs:date: a time zone may follow and is irrelevant for a date in Norway. */
const DATE = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;
const WITH_TIME = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;
let knownDate = '';

function readDate(text: string): ReadValue {
  if (text === knownDate) return give(text);
  const match = DATE.exec(text);
  if (!match) return readDateWithTime(text);
  if (!isLocalDate(match[1])) return give(undefined, 'date-malformed', '2025-01-31');
  knownDate = match[1]!;
  return give(knownDate);
}

/** The day in Norway: a time in another zone may be the day before or after. */
function readDateWithTime(text: string): ReadValue {
  const match = WITH_TIME.exec(text);
  if (!match || !isLocalDate(match[1])) return give(undefined, 'date-malformed', '2025-01-31');
  const moment = match[2] === undefined ? null : new Date(text.replace(' ', 'T'));
  if (moment && Number.isNaN(moment.getTime())) return give(undefined, 'date-malformed', '2025-01-31');
  const day = moment ? dateInNorway(moment) : match[1];
  return give(day, 'date-with-time', day);
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-4]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/;

function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  return match !== null && (match[1] === knownDate || isLocalDate(match[1]));
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** A decimal in plain form: no plus, no leading zeros, digits on both sides of the point. */
function readDecimal(leaf: Leaf, text: string): ReadValue {
  const match = DECIMAL.exec(text);
  const [whole, fraction] = [match?.[2] ?? '', match?.[3] ?? ''];
  if (!match || (whole === '' && fraction === '')) return give(undefined, 'number-malformed', '1234.5678');
  const kept = trimEndOf(fraction, '0');
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  if (kept.length > leaf.max || digits.length > 20)
    return give(undefined, 'number-malformed', `at most ${leaf.max} decimals, 20 digits`);
  return give(`${match[1] === '-' ? '-' : ''}${digits}${kept ? '.' + kept : ''}`);
}

const LARGEST = Number(MAX_TURNOVER);
const AMOUNT = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Øre of an xs:decimal with at most two decimals (further zeros are ignored). Null for anything else: a comma, an
 * exponent, a third decimal, a sum beyond the ledger's limit.
 */
export function parseSignedAmount(text: string): bigint | null {
  const fast = fastAmount(text);
  if (fast >= 0) return fast > LARGEST ? null : BigInt(fast);
  const match = AMOUNT.exec(text);
  if (!match || (!match[2] && !match[3])) return null;
  const fraction = trimEndOf(match[3] ?? '', '0');
  if (fraction.length > 2 || match[2]!.length > 20) return null;
  const value = BigInt((match[2] || '0') + fraction.padEnd(2, '0'));
  if (value > MAX_TURNOVER) return null;
  return match[1] === '-' ? -value : value;
}

/** `1234.50`, the usual form, up to 13 digits before the point; -1 for every other. */
function fastAmount(text: string): number {
  const length = text.length;
  if (length < 4 || length > 16 || text.charCodeAt(length - 3) !== 46) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    if (i === length - 3) continue;
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
