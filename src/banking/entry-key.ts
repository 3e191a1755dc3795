import { hash as digest } from 'node:crypto';
import { formatAmount } from '../kernel/money.ts';
import type { BankEntry } from './formats/bank-file.ts';

/** What recognises an entry of one account again, in whatever file it comes. Strong and weak: 32 hexadecimal digits. */
export interface EntryKeys {
  /** By the bank's own reference; null where it gave none. Banks repeat one reference: equal ones are counted. */
  strong: string | null;
  /** By what it says. Equal entries are counted: three equal coffees are three. */
  weak: string;
  /** By date and amount alone: enough to ask a person, never to decide. */
  loose: string;
}

type KeyFields = Pick<
  BankEntry,
  | 'bookingDate'
  | 'valueDate'
  | 'amount'
  | 'currency'
  | 'isReversal'
  | 'bankReference'
  | 'text'
  | 'counterparty'
  | 'structuredReference'
  | 'endToEndId'
>;

/** The keys of an entry of the account `account` (any text that names it in the books, as its id). */
export function entryKeys(account: string, entry: KeyFields): EntryKeys {
  const { bookingDate, valueDate, currency, isReversal, bankReference } = entry;
  const amount = formatAmount(entry.amount);
  const what = [account, bookingDate, amount, currency];
  return {
    strong: bankReference === null ? null : hash('strong', ...what, bankReference, isReversal),
    weak: hash(
      'weak',
      ...what,
      valueDate,
      isReversal,
      foldText(entry.text),
      entry.counterparty.account,
      entry.structuredReference,
      entry.endToEndId,
    ),
    loose: what.join(' '),
  };
}

/** Every part with its length before it, so that no two lists of parts make one text. */
function hash(...parts: (string | boolean | null)[]): string {
  const text = parts.map((part) => (part === null ? '-' : `${String(part).length}:${part}`)).join('');
  return digest('sha256', text, 'hex').slice(0, 32);
}

/**
 * Text as it is compared: upper case, blanks collapsed, and letters beyond A-Z as `?`, for that is what becomes of them
 * on the way through some banks.
 */
export function foldText(text: string | null): string {
  if (text === null) return '';
  if (/^[\x21-\x3e\x40-\x7e]+(?: [\x21-\x3e\x40-\x7e]+)*$/.test(text)) return text.toUpperCase();
  return text
    .normalize('NFC')
    .toUpperCase()
    .replace(/Ã.|Â./g, '?')
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/\?+/g, '?')
    .replace(/\s+/g, ' ')
    .trim();
}
