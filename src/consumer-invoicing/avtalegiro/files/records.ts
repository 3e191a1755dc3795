import { TextDecoder } from 'node:util';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { isLocalDate } from '../../../kernel/local-date.ts';
import { consumerInvoicingErrors } from '../../errors.ts';

export const WIDTH = 80;

/** A record of 80 characters. Positions are those of the specification: from 1, both ends included. */
export class NetsRecord {
  readonly line: number;
  readonly text: string;

  constructor(line: number, text: string) {
    this.line = line;
    this.text = text;
  }

  /** `NY`, service, type and record type. */
  get kind(): string {
    return this.text.slice(0, 8);
  }

  at(from: number, to: number): string {
    return this.text.slice(from - 1, to);
  }

  digits(from: number, to: number, nb: string, en: string): string {
    const text = this.at(from, to);
    if (!/^\d+$/.test(text)) this.refuse(`${nb} er ikke bare sifre`, `${en} is not digits alone`);
    return text;
  }

  number(from: number, to: number, nb: string, en: string): number {
    return Number(this.digits(from, to, nb, en));
  }

  /** Øre. */
  amount(from: number, to: number, nb: string, en: string): bigint {
    return BigInt(this.digits(from, to, nb, en));
  }

  /** DDMMYY, with the century that lies within fifty years of today; null for zeros. */
  date(from: number, to: number, nb: string, en: string): LocalDate | null {
    const text = this.digits(from, to, nb, en);
    if (text === '000000') return null;
    const year = Number(text.slice(4));
    const date = `${year < 80 ? 2000 + year : 1900 + year}-${text.slice(2, 4)}-${text.slice(0, 2)}`;
    if (!isLocalDate(date)) this.refuse(`${nb} er ingen dato`, `${en} is no date`);
    return date;
  }

  refuse(reason_nb: string, reason_en: string): never {
    throw refusal(this.line, reason_nb, reason_en);
  }
}

export function refusal(line: number, reason_nb: string, reason_en: string) {
  return consumerInvoicingErrors.file_refused({ line, reason_nb, reason_en });
}

/**
 * Records of a file in ISO-8859-1: lines that end in CR LF or LF, the last one possibly unterminated, or no line ends at
 * all. Throws consumer_invoicing.file_refused for a line without 80 characters.
 */
export async function* netsRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NetsRecord[]> {
  const decoder = new TextDecoder('latin1');
  let rest = '';
  let line = 0;
  for await (const piece of bytes) {
    const { records, left } = cut(rest + decoder.decode(piece, { stream: true }), line, false);
    line += records.length;
    rest = left;
    if (records.length > 0) yield records;
  }
  const { records } = cut(rest, line, true);
  if (records.length > 0) yield records;
}

function cut(text: string, before: number, isLast: boolean): { records: NetsRecord[]; left: string } {
  const records: NetsRecord[] = [];
  let at = 0;
  while (at < text.length) {
    // Line ends between records and at the end of a file are not records.
    if (text[at] === '\n' || text[at] === '\r') {
      at++;
      continue;
    }
    if (text.length - at < WIDTH && !isLast) break;
    const record = text.slice(at, at + WIDTH);
    const line = before + records.length + 1;
    if (record.length < WIDTH || /[\r\n]/.test(record))
      throw refusal(line, 'linjen er kortere enn 80 tegn', 'the line is shorter than 80 characters');
    const next = text[at + WIDTH];
    if (next === undefined && !isLast) break;
    if (next !== undefined && next !== '\n' && next !== '\r' && !text.startsWith('NY', at + WIDTH))
      throw refusal(line, 'linjen er lengre enn 80 tegn', 'the line is longer than 80 characters');
    records.push(new NetsRecord(line, record));
    at += WIDTH;
  }
  return { records, left: text.slice(at) };
}
