import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import { readShortDate } from '../read-value.ts';
import { readSwiftAmount } from './swift-amount.ts';

/** `:60F:` `:60M:` `:62F:` `:62M:`: `C110101EUR100,00`. */
export interface BalanceField {
  amount: Ore;
  date: LocalDate;
  currency: string;
}

export interface FieldFault {
  code: BankFaultCode;
  found: string;
  expected: string;
}

export function readBalanceField(text: string): BalanceField | FieldFault {
  const match = /^([A-Z])(\d{6})([A-Z]{3})(.*)$/.exec(text.trim());
  if (!match) return { code: 'value-unexpected', found: text, expected: 'C260131NOK1234,50' };
  if (match[1] !== 'C' && match[1] !== 'D') return { code: 'mark-unknown', found: match[1]!, expected: 'C | D' };
  const date = readShortDate(match[2]!, 'YYMMDD');
  if (date === null) return { code: 'date-malformed', found: match[2]!, expected: 'YYMMDD' };
  const amount = readSwiftAmount(match[4]!);
  if (typeof amount !== 'bigint') return { code: amount, found: match[4]!, expected: '1234,50' };
  return { amount: match[1] === 'C' ? amount : -amount, date, currency: match[3]! };
}
