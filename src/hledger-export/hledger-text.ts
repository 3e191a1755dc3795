import type { AccountType } from '../reports/index.ts';

/**
 * Makes a text safe for a journal of hledger: two spaces end an account's name, a colon divides it, a semicolon begins
 * a comment, a comma ends a tag's value, and a line ends everything (hledger manual, "Journal"). Control signs become
 * spaces.
 */
function plain(text: string, refused: RegExp): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(refused, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `1500 Kundefordringer`. The code comes first, so that names sort and select as an accountant expects. */
export function accountName(code: string, name: string): string {
  return `${plain(code, /[:;()[\]*!"]/g)} ${plain(name, /[:;]/g)}`.trim();
}

export function description(text: string): string {
  return plain(text, /[;|]/g);
}

/** `  ; vat:3, partner:Kari`; empty if no tag has a value. */
export function tags(values: Record<string, string | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `  ; ${given.map(([name, value]) => `${name}:${plain(value!, /[,;]/g)}`).join(', ')}`;
}

/**
 * hledger's type letters. Appropriation belongs to equity, so that its income statement ends with the result for the
 * year.
 */
export const ACCOUNT_TYPES: Record<AccountType, string> = {
  asset: 'A',
  liability: 'L',
  equity: 'E',
  appropriation: 'E',
  revenue: 'R',
  expense: 'X',
};
