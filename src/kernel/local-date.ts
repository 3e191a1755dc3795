import { assert } from './assert.ts';

/** A calendar date as `YYYY-MM-DD`. Sorts and compares as text; has no time and no zone. */
export type LocalDate = string;

const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** True only for dates that exist: `2025-02-29` does not. */
export function isLocalDate(text: unknown): text is LocalDate {
  if (typeof text !== 'string' || !FORM.test(text)) return false;
  // Of every entry and line: digits are read where they stand, without a text for each part.
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function twoDigits(text: string, at: number): number {
  return 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * ZERO;
}

const ZERO = '0'.charCodeAt(0);

export function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}

/** 1..12 */
export function monthOf(date: LocalDate): number {
  return Number(date.slice(5, 7));
}

export function dayOf(date: LocalDate): number {
  return Number(date.slice(8, 10));
}

export function localDate(year: number, month: number, day: number): LocalDate {
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  assert(isLocalDate(date), `no such date: ${date}`);
  return date;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function startOfMonth(date: LocalDate): LocalDate {
  return date.slice(0, 8) + '01';
}

export function endOfMonth(date: LocalDate): LocalDate {
  return localDate(yearOf(date), monthOf(date), daysInMonth(yearOf(date), monthOf(date)));
}

export function addDays(date: LocalDate, days: number): LocalDate {
  const time = new Date(`${date}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + days);
  return time.toISOString().slice(0, 10);
}

export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** The same day `months` later, or the last day of that month if it is shorter. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const index = yearOf(date) * 12 + monthOf(date) - 1 + months;
  const [year, month] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  return localDate(year, month, Math.min(dayOf(date), daysInMonth(year, month)));
}

const oslo = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', dateStyle: 'short' });

/** The date in Norway at a time. */
export function dateInNorway(time: Date): LocalDate {
  return oslo.format(time);
}
