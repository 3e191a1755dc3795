import { textAt, type XmlElement } from '../../src/platform/xml/xml-tree.ts';
import { TERM_MONTHS } from './schemas.ts';

const FIRST: Readonly<Record<string, number>> = {
  januar: 1,
  februar: 2,
  mars: 3,
  april: 4,
  mai: 5,
  juni: 6,
  juli: 7,
  august: 8,
  september: 9,
  oktober: 10,
  november: 11,
  desember: 12,
};

/** A term as in return and envelope. Days are `YYYY-MM-DD`. */
export interface VatTerm {
  element: string;
  value: string;
  year: number;
  /** 0: half a month or a week. */
  months: number;
  lastDay: string;
  dueDay: string;
}

/** Of an element `skattleggingsperiode` that obeys the schema. */
export function vatTermOf(element: XmlElement): VatTerm {
  const [named] = element.children.find(({ name }) => name === 'periode')!.children;
  const { name, text: value } = named!;
  const year = Number.parseInt(textAt(element, 'aar'), 10);
  const months = TERM_MONTHS[name] ?? 0;
  const first = months === 12 ? 1 : (FIRST[value.split('-')[0]!] ?? 1);
  const last = first + Math.max(1, months) - 1;
  return {
    element: name,
    value,
    year,
    months,
    lastDay: day(year, last + 1, 0),
    dueDay: months === 12 ? day(year + 1, 3, 10) : last === 6 ? day(year, 8, 31) : day(year, last + 2, 10),
  };
}

/** Months beyond twelve and day 0 carry over, as in calendars. */
function day(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10);
}
