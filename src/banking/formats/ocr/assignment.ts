import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { OcrRecord } from './ocr-record.ts';

/** Record 20: payments to one account begin. */
export interface AssignmentStart {
  agreement: string;
  number: string;
  account: string;
}

export function readAssignmentStart(record: OcrRecord): AssignmentStart {
  return {
    agreement: record.digits(9, 17, 'agreement id'),
    number: record.digits(18, 24, 'assignment number'),
    account: record.digits(25, 35, 'assignment account'),
  };
}

/** Record 88: they end. */
export interface AssignmentEnd {
  transactions: number;
  records: number;
  sum: Ore;
  generated: LocalDate | null;
}

export function readAssignmentEnd(record: OcrRecord): AssignmentEnd {
  return {
    transactions: record.number(9, 16, 'number of transactions'),
    records: record.number(17, 24, 'number of records'),
    sum: record.amount(25, 41, 'sum'),
    generated: record.date(42, 47, 'date generated', true),
  };
}
