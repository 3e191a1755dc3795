import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { OcrRecord } from './ocr-record.ts';

/** Record 10: the file begins. */
export interface TransmissionStart {
  sender: string;
  number: string;
  receiver: string;
}

export function readTransmissionStart(record: OcrRecord): TransmissionStart {
  return {
    sender: record.digits(9, 16, 'data sender'),
    number: record.digits(17, 23, 'transmission number'),
    receiver: record.digits(24, 31, 'data receiver'),
  };
}

/** Record 89: the file ends. */
export interface TransmissionEnd {
  transactions: number;
  records: number;
  sum: Ore;
  date: LocalDate | null;
}

export function readTransmissionEnd(record: OcrRecord): TransmissionEnd {
  return {
    transactions: record.number(9, 16, 'number of transactions'),
    records: record.number(17, 24, 'number of records'),
    sum: record.amount(25, 41, 'sum'),
    date: record.date(42, 47, 'file date', true),
  };
}
