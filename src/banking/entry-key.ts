import { hash as digest } from 'node:crypto';
import { formatAmount } from '../kernel/money.ts';
import type { BankEntry } from './formats/bank-file.ts';

/** Keys that identify an entry of one account in any file. Strong and weak keys have 32 hexadecimal digits. */
export interface EntryKeys {
  /** From the bank's own reference; null without one. Banks repeat references: equal ones are counted. */
  strong: string | null;
  /** From the content. Equal entries are counted: three equal coffees are three entries. */
  weak: string;
  /** From date and amount alone: enough to ask a person, never to decide. */
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

/** The keys of an entry of the account `account` (any text that identifies it in the books, such as its id). */
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

/** Each part is prefixed with its length, so that different lists of parts give different texts. */
function hash(...parts: (string | boolean | null)[]): string {
  const text = parts.map((part) => (part === null ? '-' : `${String(part).length}:${part}`)).join('');
  return digest('sha256', text, 'hex').slice(0, 32);
}

/**
 * Normalised text for comparison: upper case, whitespace collapsed, letters beyond A-Z as `?`, because some banks replace
 * them so.
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
