import { ownValue } from '../../../kernel/own-value.ts';
import { endOfMonth, isLocalDate, type LocalDate, yearOf } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import { readShortDate } from '../read-value.ts';
import type { FieldFault } from './balance-field.ts';
import { readSwiftAmount } from './swift-amount.ts';

/** `:61:` value date, entry date, mark, funds code, amount, type, customer reference `//` bank reference, more. */
export interface StatementLine {
  valueDate: LocalDate;
  /** The bank counts February as thirty days: the value date becomes the last day of February. */
  valueDateMoved: boolean;
  bookingDate: LocalDate;
  /** Signed: RC, the reversal of a credit, is negative. */
  amount: Ore;
  isReversal: boolean;
  transactionCode: string;
  customerReference: string | null;
  bankReference: string | null;
  more: string | null;
}

/** Some banks write four blanks if the entry date equals the value date. */
const FORM = /^(\d{6})(\d{4}| {4})?(RC|RD|[A-Z])([A-Z])?(\d{1,15},\d*)([A-Z][A-Z0-9]{3})(.*)$/;
const MARKS: Record<string, { credit: boolean; reversal: boolean }> = {
  C: { credit: true, reversal: false },
  D: { credit: false, reversal: false },
  RC: { credit: false, reversal: true },
  RD: { credit: true, reversal: true },
};

export function readStatementLine(lines: readonly string[]): StatementLine | FieldFault {
  const text = lines[0]!.trim();
  const match = FORM.exec(text);
  if (!match) return { code: 'value-unexpected', found: text, expected: '2601310131C1234,50NTRFREFERENCE//BANKREF' };
  const [, valueText, entryText, markText, , amountText, type, references] = match;
  const mark = ownValue(MARKS, markText!);
  if (!mark) return { code: 'mark-unknown', found: markText!, expected: 'C | D | RC | RD' };
  const exact = readShortDate(valueText!, 'YYMMDD');
  const valueDate = exact ?? thirtyDayFebruary(valueText!);
  if (valueDate === null) return { code: 'date-malformed', found: valueText!, expected: 'YYMMDD' };
  const bookingDate = !entryText?.trim() ? valueDate : nearest(valueDate, entryText);
  if (bookingDate === null) return { code: 'date-malformed', found: entryText!, expected: 'MMDD' };
  const amount = readSwiftAmount(amountText!);
  if (typeof amount !== 'bigint') return { code: amount, found: amountText!, expected: '1234,50' };
  const [customer, bank] = splitReferences(references!);
  return {
    valueDate,
    valueDateMoved: exact === null,
    bookingDate,
    amount: mark.credit ? amount : -amount,
    isReversal: mark.reversal,
    transactionCode: type!,
    customerReference: customer === 'NONREF' || customer === '' ? null : customer,
    bankReference: bank === 'NONREF' || bank === '' ? null : bank,
    more: lines.slice(1).join(' ').trim() || null,
  };
}

function splitReferences(text: string): [string, string] {
  const at = text.indexOf('//');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 2).trim()];
}

/** 29 and 30 February mean its last day if interest is computed with months of thirty days. */
function thirtyDayFebruary(text: string): LocalDate | null {
  if (!/^\d{2}02(?:29|30)$/.test(text)) return null;
  const first = readShortDate(text.slice(0, 4) + '01', 'YYMMDD');
  return first && endOfMonth(first);
}

/** The entry date has no year: the year nearest to the value date is used, also across the turn of the year. */
function nearest(valueDate: LocalDate, monthDay: string): LocalDate | null {
  const dates = [-1, 0, 1]
    .map(
      (years) => `${String(yearOf(valueDate) + years).padStart(4, '0')}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`,
    )
    .filter(isLocalDate);
  const distance = (date: LocalDate) => Math.abs(Date.parse(date) - Date.parse(valueDate));
  return dates.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}
