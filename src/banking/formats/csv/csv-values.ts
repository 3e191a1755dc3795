import { isLocalDate, type LocalDate } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import { readUnsigned } from '../read-value.ts';

const BLANKS = /[\s\u00a0\u202f]/g;

/** `1 234 567,89`, `-249,90`; thousands apart by blanks of any kind, or by a point where the comma is the decimal. */
export function readCsvAmount(text: string, decimal: ',' | '.'): Ore | BankFaultCode {
  const negative = /^[-\u2212]/.test(text);
  let digits = text.replace(/^[-+\u2212]/, '');
  const grouped = /[\s\u00a0\u202f]/.test(digits.trim());
  if (grouped && !/^\d{1,3}(?:[\s\u00a0\u202f]\d{3})*(?:[.,]\d*)?$/.test(digits.trim())) return 'amount-malformed';
  digits = digits.replace(BLANKS, '');
  if (decimal === ',') {
    if (/^\d{1,3}(?:\.\d{3})+(?:,\d*)?$/.test(digits)) digits = digits.replaceAll('.', '');
    if (!/^\d+(?:,\d+)?$/.test(digits)) return 'amount-malformed';
    digits = digits.replace(',', '.');
  } else if (!/^\d+(?:\.\d+)?$/.test(digits)) return 'amount-malformed';
  const value = readUnsigned(digits);
  return typeof value === 'bigint' && negative ? -value : value;
}

/** dd.mm.yyyy, yyyy/mm/dd or yyyy-mm-dd. */
export function readCsvDate(text: string): LocalDate | null {
  const day = /^(\d{2})[.](\d{2})[.](\d{4})$/.exec(text);
  const year = /^(\d{4})[/-](\d{2})[/-](\d{2})$/.exec(text);
  const date = day ? `${day[3]}-${day[2]}-${day[1]}` : year ? `${year[1]}-${year[2]}-${year[3]}` : null;
  return date !== null && isLocalDate(date) ? date : null;
}
