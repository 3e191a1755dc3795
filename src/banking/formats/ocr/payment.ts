import type { LocalDate } from '../../../kernel/local-date.ts';
import { isKid } from '../../../kernel/kid.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { OcrRecord } from './ocr-record.ts';

/** Types of OCR giro: 10 giro debited, 11 standing order, 15 AvtaleGiro, … 18-21 card with and without KID. */
const TYPES = new Set(['10', '11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '21']);

/** Record 30: amount item 1. */
export interface PaymentItem1 {
  type: string;
  number: string;
  settled: LocalDate | null;
  /** Centre, day code and partial settlement: with the date they identify the settlement on the statement. */
  settlement: string;
  serial: string;
  /** Signed by the mark at position 32. */
  amount: Ore;
  kid: string | null;
}

export function readPaymentItem1(record: OcrRecord): PaymentItem1 {
  if (!TYPES.has(record.type)) record.fault('record-unexpected', 'transaction type', record.type, '10 to 21');
  const mark = record.at(32, 32);
  if (mark !== '-' && mark !== '0') record.fault('mark-unknown', 'sign', mark, '- | 0');
  const amount = record.amount(33, 49, 'amount');
  const kid = record.at(50, 74).trim() || null;
  // A wrong check digit is the payer's error and never a reason to drop the payment.
  if (kid !== null && !isKid(kid)) record.fault('kid-doubtful', 'KID', kid, 'a check digit of MOD10 or MOD11');
  return {
    type: record.type,
    number: record.digits(9, 15, 'transaction number'),
    settled: record.date(16, 21, 'settlement date', false),
    settlement: record.digits(22, 26, 'centre, day code, partial settlement'),
    serial: record.digits(27, 31, 'serial number'),
    amount: mark === '-' ? -amount : amount,
    kid,
  };
}

/** Record 31: amount item 2. */
export interface PaymentItem2 {
  form: string;
  archiveReference: string | null;
  paid: LocalDate | null;
  /** Null if the bank does not know it. */
  payer: string | null;
}

export function readPaymentItem2(record: OcrRecord): PaymentItem2 {
  const archive = record.at(26, 34).trim();
  const payer = record.digits(48, 58, 'payer account');
  return {
    form: record.at(16, 25).trim(),
    archiveReference: /^0*$/.test(archive) ? null : archive,
    paid: record.date(42, 47, 'payment date', true),
    payer: /^0*$/.test(payer) ? null : payer,
  };
}

/** Record 32: free text, with types 20 and 21. */
export function readPaymentText(record: OcrRecord): string | null {
  return record.at(16, 55).trim() || null;
}
